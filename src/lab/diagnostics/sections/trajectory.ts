/** The weights' way in a report. @module */
import type { ScatterFigure, Section } from "../../reports/report.ts";
import { type At, type Competitor, firstSeed, having, mean, meanOver, overSeeds, type Records } from "./competitors.ts";

/** Names at so many points of the way. */
const NAMED = 5;
/** Components in the table. */
const SHOWN = 3;

function way({ label, runs: [{ steps, coordinates }] }: Records<"trajectory">, seed: string): ScatterFigure {
  const [along = [], across = []] = coordinates;
  const every = Math.max(1, Math.round((steps.length - 1) / (NAMED - 1)));
  return {
    kind: "scatter",
    title: `The way of the weights of ${label}`,
    caption: `Snapshots in their first two principal components, named by the step.${seed}`,
    x: { label: "first component" },
    y: { label: "second component" },
    series: [
      {
        name: label,
        points: steps.flatMap((step, i) => {
          const [x, y] = [along[i], across[i]];
          if (x === null || x === undefined || y === null || y === undefined) return [];
          return [{ x, y, ...(i % every === 0 || i === steps.length - 1 ? { label: String(step) } : {}) }];
        }),
      },
    ],
  };
}

export function trajectorySection(competitors: readonly Competitor[]): Section[] {
  const all = having(competitors, "trajectory");
  if (all.length === 0) return [];
  const seed = firstSeed(all);
  return [
    {
      heading: "The way of the weights",
      text: [
        "Principal components of snapshots of all trained weights. Mind that a random walk in many dimensions explains 61 %, 15 % and 7 % by its first three, and draws smooth curves (Antognini & Sohl-Dickstein 2018); a first component far above that says that the weights went nearly straight.",
      ],
      items: [
        {
          kind: "lines",
          title: "Distance from the first weights",
          caption: `L2 norm of all that changed since the first step.${overSeeds(all)}`,
          x: { label: "step" },
          y: { label: "distance" },
          series: all.map(({ label, runs }) => ({
            name: label,
            points: meanOver(
              runs.map(({ steps, distance }) => steps.map((x, i): At => ({ x, y: distance[i] }))),
              "number",
            ),
          })),
        },
        ...(all.length > 1 ? [] : [way(all[0], seed)]),
        {
          kind: "table",
          title: "Variance explained by the first components",
          columns: [{ name: "competitor" }, ...Array.from({ length: SHOWN }, (_, k) => ({ name: `component ${k + 1}`, digits: 1, percent: true }))],
          rows: all.map(({ label, runs }) => [label, ...Array.from({ length: SHOWN }, (_, k) => mean(runs.map(({ explained }) => explained[k] ?? null)))]),
        },
      ],
    },
  ];
}
