/** What was recorded, as sections of a report. @module */
import type { Section, Table } from "../../reports/report.ts";
import type { Diagnostics } from "../names.ts";
import type { Recorded } from "../numbers.ts";
import { activationsSection, deadAtEnd, deadUnitsSection } from "./activations.ts";
import { type Competitor, mean, numberColumns } from "./competitors.ts";
import { gradientNoiseSection, landscapeSection, sharpnessSection } from "./curvature.ts";
import { normsSection, usualRatio } from "./norms.ts";
import { trajectorySection } from "./trajectory.ts";

export type { Competitor } from "./competitors.ts";

/** Figures that sum up a run; those of measures that it has. */
export interface LastFigures {
  /** update / weight of all parameters together, median over steps. */
  readonly updateRatio?: Recorded;
  /** Part of the rectified units. */
  readonly deadUnits?: Recorded;
  /** Simple noise scale, in samples. */
  readonly noiseScale?: Recorded;
  /** Largest eigenvalue of the Hessian. */
  readonly sharpness?: Recorded;
  /** Variance along the first principal component of the weights' way. */
  readonly firstComponent?: Recorded;
}

/** The figures of a run at the end of training. */
export function lastFigures(run: Diagnostics): LastFigures {
  const { norms, sharpness, trajectory, "dead-relu": dead, "gradient-noise": noise } = run;
  return {
    ...(norms && { updateRatio: usualRatio(norms) }),
    ...(dead && { deadUnits: deadAtEnd(dead) }),
    ...(noise && { noiseScale: noise.points.at(-1)?.scale ?? null }),
    ...(sharpness && { sharpness: sharpness.points.at(-1)?.value ?? null }),
    ...(trajectory && { firstComponent: trajectory.explained[0] ?? null }),
  };
}

const TITLES: { readonly [F in keyof LastFigures]-?: { readonly name: string; readonly percent?: true } } = {
  updateRatio: { name: "update / weight, median" },
  deadUnits: { name: "dead units", percent: true },
  noiseScale: { name: "noise scale, samples" },
  sharpness: { name: "largest eigenvalue" },
  firstComponent: { name: "on the first component", percent: true },
};

/** Competitors side by side. */
function overview(competitors: readonly Competitor[]): Section[] {
  const found = competitors.map(({ label, runs }) => ({ label, figures: runs.map(lastFigures) }));
  const kinds = (Object.keys(TITLES) as (keyof LastFigures)[]).filter((kind) => found.some(({ figures }) => figures.some((one) => one[kind] !== undefined)));
  if (kinds.length === 0 || competitors.length < 2) return [];
  const rows = found.map(({ label, figures }) => ({ label, numbers: kinds.map((kind) => mean(figures.map((one) => one[kind] ?? null))) }));
  const plain = numberColumns(
    kinds.map((kind) => TITLES[kind].name),
    rows.map(({ numbers }) => numbers),
  );
  const table: Table = {
    kind: "table",
    title: "Diagnostics at the end of training",
    columns: [{ name: "competitor" }, ...plain.map((column, k) => (TITLES[kinds[k]].percent ? { ...column, digits: 1, percent: true } : column))],
    rows: rows.map(({ label, numbers }) => [label, ...numbers]),
    ...(competitors.some(({ runs }) => runs.length > 1) ? { note: "Means over seeds." } : {}),
  };
  return [{ heading: "Diagnostics", text: ["What was recorded while the reported runs trained, at their end; by measure below."], items: [table] }];
}

/**
 * What was recorded, as sections: of one competitor layer by layer, of several side by side. Means over seeds where there are several, else the first seed's;
 * what a section shows of which seed is said in it.
 */
export function diagnosticSections(competitors: readonly Competitor[]): Section[] {
  return [
    ...overview(competitors),
    ...normsSection(competitors),
    ...activationsSection(competitors),
    ...deadUnitsSection(competitors),
    ...gradientNoiseSection(competitors),
    ...sharpnessSection(competitors),
    ...landscapeSection(competitors),
    ...trajectorySection(competitors),
  ];
}
