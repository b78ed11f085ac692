/** Asking the service; each address is asked once and its answer kept for as long as the page is open. */
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

export class Api {
  private kept = new Map<string, Promise<unknown>>();

  constructor(private root: string) {}

  overview = () => this.ask<Overview>("explorer");
  areas = () => this.ask<Areas>("areas.geojson");
  projects = () => this.ask<Projects>("map/projects.geojson");
  network = () => this.ask<Network>("map/network.geojson");
  terminals = () => this.ask<Terminals>("map/terminals.geojson");
  rivers = () => this.ask<FeatureCollection>("map/rivers.geojson");
  places = () => this.ask<FeatureCollection>("map/places.geojson");
  layer = (id: string) => this.ask<Zones>(`layers/${id}.geojson`);
  communeValues = (id: string) => this.ask<CommuneValues>(`indicators/${id}/communes`);
  series = (id: string, area: string) => this.ask<Series>(`indicators/${id}/series?area=${area}`);
  area = (id: string) => this.ask<AreaPlan>(`areas/${id}`);

  flows = (year: number) => this.ask<Flows>(`flows?year=${year}`);
  land = (year: number) => this.ask<LandUse>(`land?year=${year}`);
  pyramid = (area: string, year: number) => this.ask<Pyramid>(`areas/${area}/pyramid?year=${year}`);
  growth = (area: string) => this.ask<Growth>(`areas/${area}/growth`);
  runs = () => this.ask<RunInfo[]>("runs");
  ofRun = (run: string, indicator: string) => this.ask<OfRun>(`runs/${run}/indicators/${indicator}`);
  compare = (run: string, other: string) => this.ask<Comparison>(`compare?run=${run}&other=${other}`);

  async search(query: string, signal: AbortSignal): Promise<Found[]> {
    const answer = await fetch(`${this.root}search?q=${encodeURIComponent(query)}`, { signal });
    if (!answer.ok) return [];
    const body: unknown = await answer.json();
    return (Array.isArray(body) ? body : (body as { results?: Found[] }).results ?? []) as Found[];
  }

  private ask<T>(path: string): Promise<T> {
    const kept = this.kept.get(path);
    if (kept) return kept as Promise<T>;
    const asked = fetch(this.root + path).then((answer) => {
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      return answer.json() as Promise<T>;
    });
    this.kept.set(path, asked);
    asked.catch(() => this.kept.delete(path));
    return asked;
  }
}
