/** What stands where in which year, as the plan says: the one place that turns dates into stages. */
import { byName } from "./words.ts";
import type { LinkProperties, ProjectProperties, ZoneProperties } from "./types.ts";

/** `late`: its date has passed and it is not in use. `unknown`: no date is given. */
export type Stage = "open" | "building" | "planned" | "late" | "unknown";

const IN_USE = ["done", "operating", "continuing"];
const BEING_BUILT = ["under construction", "partly operating"];

export function projectStage(project: ProjectProperties, year: number, today: number): Stage {
  if (IN_USE.includes(project.status)) return "open";
  if (project.opens !== null && project.opens < today) return "late";
  if (project.opens !== null && project.opens <= year) return "open";
  if (BEING_BUILT.includes(project.status)) return "building";
  return project.opens === null ? "unknown" : "planned";
}

export function zoneStage(zone: Pick<ZoneProperties, "from_year" | "to_year">, year: number): "here" | "later" | "gone" {
  if (zone.to_year !== null && zone.to_year < year) return "gone";
  return zone.from_year !== null && zone.from_year > year ? "later" : "here";
}

/** One line for all stretches of one name that open in a year. */
export interface OpeningLine {
  key: string;
  kind: "project" | "link";
  name: { vi: string; en: string };
  year: number;
  mode: string | null;
  project: ProjectProperties | null;
}

/** Everything that comes into use, by year: projects, and stretches of network that belong to no project. */
export function openings(projects: readonly ProjectProperties[], links: readonly LinkProperties[]): OpeningLine[] {
  const lines = new Map<string, OpeningLine>();
  for (const project of projects) {
    if (project.opens === null) continue;
    const key = `project:${project.id}`;
    lines.set(key, { key, kind: "project", name: project.name, year: project.opens, mode: project.mode, project });
  }
  for (const link of links) {
    if (link.opens === null || (link.project && lines.has(`project:${link.project}`))) continue;
    const key = `link:${link.opens}:${link.mode}:${link.name.vi}`;
    if (link.name.vi && !lines.has(key)) {
      lines.set(key, { key, kind: "link", name: link.name, year: link.opens, mode: link.mode, project: null });
    }
  }
  return [...lines.values()].sort((a, b) => a.year - b.year || byName(a.name.vi, b.name.vi));
}
