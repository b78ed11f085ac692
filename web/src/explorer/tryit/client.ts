/** Asking the service to try a change. What a person must be told when it does not go well is a `Refusal`, never a bare error. */
import type { Draft, Entry } from "./draft.ts";
import type { CommuneChange, Compared, Fault, FlowsChange, Job, Options, Result, Stored, Thing, Tried, Words } from "./types.ts";
import type { Named } from "../types.ts";

export type Trouble = "faults" | "edition" | "busy" | "large" | "unknown" | "offline" | "broken";

export class Refusal extends Error {
  constructor(
    readonly trouble: Trouble,
    readonly detail: Words | null = null,
    readonly faults: Fault[] = [],
    readonly waitSeconds: number | null = null,
  ) {
    super(trouble);
  }
}

const TROUBLE: Record<number, Trouble> = { 404: "unknown", 409: "edition", 413: "large", 422: "faults", 429: "busy", 503: "busy" };
/** Between two questions where the server had no room to let us wait. */
const PAUSE_MS = 100;
const AT_ONCE_MS = 60;
const PATIENCE = 4;

export class Client {
  private kept = new Map<string, Promise<unknown>>();

  constructor(private root: string) {}

  options = () => this.keep<Options>("options");
  things = (entry: Entry | "commune") => this.keep<Thing[]>(`objects/${entry}?limit=1000`);
  stored = (change: string) => this.ask<Stored>(change);
  result = (change: string, indicator = "") => this.keep<Result>(`${change}/result${indicator && `?indicator=${indicator}`}`);
  communes = (change: string, indicator: string) => this.keep<CommuneChange>(`${change}/communes?indicator=${indicator}`);
  flows = (change: string, year: number) => this.keep<FlowsChange>(`${change}/flows?year=${year}`);
  assumed = (change: string, area: string) =>
    this.keep<{ area: string; rows: { indicator: string; name: Named; low: number | null; high: number | null; change: number | null; within: boolean }[] }>(
      `${change}/assumed?area=${area}`,
    );
  compare = (changes: readonly string[], year: number) =>
    this.keep<Compared>(`compare?${changes.map((change) => `change=${change}`).join("&")}&year=${year}`);
  tomlAddress = (change: string) => `${this.root}${change}/toml`;

  forgetOptions(): void {
    this.kept.clear();
  }

  tryOut = (draft: Draft, on: readonly string[], edition: string, title: string) =>
    this.ask<Tried>("", { edition, edits: draft, ...(on.length ? { on } : {}), ...(title ? { title } : {}) });
  again = (change: string) => this.ask<Tried>(`${change}/run`, {});
  cancel = (job: string) => this.ask<Job>(`jobs/${job}/cancel`, {});

  /** Follows a job to its end and tells each step on the way. A line that breaks is tried again a few times. */
  async follow(job: Job, tell: (job: Job) => void, signal: AbortSignal): Promise<Job> {
    let now = job;
    let failures = 0;
    while (now.state === "queued" || now.state === "running") {
      tell(now);
      const asked = performance.now();
      try {
        now = await this.ask<Job>(`jobs/${job.id}?after=${now.version}`, undefined, signal);
        failures = 0;
      } catch (error) {
        if (signal.aborted || !(error instanceof Refusal) || (error.trouble !== "offline" && error.trouble !== "busy")) throw error;
        failures += 1;
        if (failures > PATIENCE) throw error;
        await pause(1000 * Math.max(failures, error.waitSeconds ?? 0));
      }
      if (performance.now() - asked < AT_ONCE_MS) await pause(PAUSE_MS);
    }
    tell(now);
    return now;
  }

  private keep<T>(path: string): Promise<T> {
    const kept = this.kept.get(path) as Promise<T> | undefined;
    if (kept) return kept;
    const asked = this.ask<T>(path);
    this.kept.set(path, asked);
    asked.catch(() => this.kept.delete(path));
    return asked;
  }

  private async ask<T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    const sent = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    let answer: Response;
    try {
      answer = await fetch(path ? `${this.root}${path}` : this.root.replace(/\/$/, ""), { ...sent, signal: signal ?? null });
    } catch {
      throw new Refusal("offline");
    }
    const said: unknown = await answer.json().catch(() => null);
    if (answer.ok && said !== null) return said as T;
    const { detail, faults, retry_after_s } = (said ?? {}) as { detail?: Words; faults?: Fault[]; retry_after_s?: number };
    const wait = retry_after_s ?? Number(answer.headers.get("Retry-After") ?? NaN);
    throw new Refusal(TROUBLE[answer.status] ?? "broken", isWords(detail) ? detail : null, faults ?? [], Number.isFinite(wait) ? wait : null);
  }
}

const isWords = (said: unknown): said is Words => typeof said === "object" && said !== null && "vi" in said;
const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));
