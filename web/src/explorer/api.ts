/**
 * Asking the service; each address is asked once and its answer kept for as long as the page is open. A published edition has no
 * service: its answers lie in the folder `edition`, where those of one kind that are many and small share a file, each under its key.
 */
import type {
  AreaPlan,
  Areas,
  CommuneValues,
  Comparison,
  Flows,
  Found,
  Growth,
  LandUse,
  Network,
  OfRun,
  Overview,
  Projects,
  Pyramid,
  RunInfo,
  Series,
  Terminals,
  Zones,
} from "./types.ts";
import type { FeatureCollection } from "geojson";
import { bestFits } from "./fold.ts";
import { kept } from "./kept.ts";

const MOST_FOUND = 20;

export class Api {
  private known = new Map<string, Promise<unknown>>();

  constructor(
    private root: string,
    readonly edition: string | undefined = undefined,
  ) {}

  overview = () => this.ask<Overview>("explorer");
  areas = () => this.ask<Areas>("areas.geojson");
  projects = () => this.ask<Projects>("map/projects.geojson");
  network = () => this.ask<Network>("map/network.geojson");
  terminals = () => this.ask<Terminals>("map/terminals.geojson");
  rivers = () => this.ask<FeatureCollection>("map/rivers.geojson");
  places = () => this.ask<FeatureCollection>("map/places.geojson");
  layer = (id: string) => this.ask<Zones>(`layers/${id}.geojson`);
  communeValues = (id: string) => this.ask<CommuneValues>(`indicators/${id}/communes`);
  series = (id: string, area: string) => this.one<Series>(`indicators/${id}/series`, "area", area);
  area = (id: string) => this.ask<AreaPlan>(`areas/${id}`);

  flows = (year: number) => this.ask<Flows>(`flows?year=${year}`);
  land = (year: number) => this.ask<LandUse>(`land?year=${year}`);
  pyramid = (area: string, year: number) => this.one<Pyramid>(`areas/${area}/pyramid`, "year", `${year}`);
  growth = (area: string) => this.ask<Growth>(`areas/${area}/growth`);
  runs = () => this.ask<RunInfo[]>("runs");
  ofRun = (run: string, indicator: string) => this.ask<OfRun>(`runs/${run}/indicators/${indicator}`);
  compare = (run: string, other: string) => this.ask<Comparison>(`compare?run=${run}&other=${other}`);

  async search(query: string, signal: AbortSignal): Promise<Found[]> {
    if (this.edition !== undefined) return bestFits(query, await this.ask<Found[]>("search"), (found) => found.name.vi, MOST_FOUND);
    const answer = await fetch(`${this.root}search?q=${encodeURIComponent(query)}`, { signal });
    if (!answer.ok) return [];
    const body: unknown = await answer.json();
    return (Array.isArray(body) ? body : (body as { results?: Found[] }).results ?? []) as Found[];
  }

  private async one<T>(path: string, name: string, key: string): Promise<T> {
    if (this.edition === undefined) return this.ask<T>(`${path}?${name}=${key}`);
    const found = (await this.ask<Record<string, T>>(path))[key];
    if (found === undefined) throw new Error(`${path}: nothing for ${key} in this edition`);
    return found;
  }

  private ask<T>(path: string): Promise<T> {
    const known = this.known.get(path);
    if (known) return known as Promise<T>;
    const asked = this.edition === undefined ? this.fetched<T>(path) : kept<T>(this.edition, path);
    this.known.set(path, asked);
    asked.catch(() => this.known.delete(path));
    return asked;
  }

  private async fetched<T>(path: string): Promise<T> {
    const answer = await fetch(this.root + path);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json() as Promise<T>;
  }
}
