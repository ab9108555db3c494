/** Gradient noise, sharpness and landscape in a report. @module */
import type { HeatFigure, Section, Table } from "../../reports/report.ts";
import type { Recorded } from "../numbers.ts";
import { type At, type Competitor, firstSeed, having, meanOver, median, numberColumns, overSeeds, type Records } from "./competitors.ts";

/** A logarithmic axis where the greatest of the values is so much more than the least. */
const WIDE = 30;

export function gradientNoiseSection(competitors: readonly Competitor[]): Section[] {
  const all = having(competitors, "gradient-noise");
  if (all.length === 0) return [];
  const one = all.every(({ runs }) => runs.length === 1);
  const [{ batchSize, batches }] = all[0].runs;
  return [
    {
      heading: "Gradient noise",
      text: [
        `The simple noise scale tr(S) / |G|^2 is about the batch size from which on larger batches stop to pay (McCandlish et al. 2018). Estimated from ${batches} batches of ${batchSize} and all of them together, the same training samples each time, without dropout and by moving statistics. It has no value where |G|^2 could not be told from 0.`,
      ],
      items: [
        {
          kind: "lines",
          title: "Noise scale",
          caption: `In samples; 0 is before the first step.${one ? " The band is the 95 % interval of the estimate." : overSeeds(all)}`,
          x: { label: "epoch" },
          y: { label: "noise scale, samples", scale: "log" },
          series: all.map(({ label, runs }) => ({
            name: label,
            points: one
              ? runs[0].points.map(({ epoch, scale, low, high }) => ({ x: epoch, y: scale, ...(low === null || high === null ? {} : { low, high }) }))
              : meanOver(
                  runs.map(({ points }) => points.map(({ epoch, scale }): At => ({ x: epoch, y: scale }))),
                  "log",
                ),
          })),
        },
      ],
    },
  ];
}

export function sharpnessSection(competitors: readonly Competitor[]): Section[] {
  const all = having(competitors, "sharpness");
  if (all.length === 0) return [];
  const [{ samples, epsilon }] = all[0].runs;
  return [
    {
      heading: "Sharpness",
      text: [
        `The largest eigenvalue of the Hessian of the mean loss over the same ${samples} training samples, without dropout, by moving statistics and without penalties. By Lanczos iterations on Hv = (g(w + εv) - g(w - εv)) / 2ε with ε = ${epsilon} and |v| = 1. Plain gradient descent on this loss is stable while it is below 2 / learning rate.`,
      ],
      items: [
        {
          kind: "lines",
          title: "Largest eigenvalue of the Hessian",
          caption: `ε = ${epsilon}; 0 is before the first step.${overSeeds(all)}`,
          x: { label: "epoch" },
          y: { label: "largest eigenvalue" },
          series: all.map(({ label, runs }) => ({
            name: label,
            points: meanOver(
              runs.map(({ points }) => points.map(({ epoch, value }): At => ({ x: epoch, y: value }))),
              "number",
            ),
          })),
        },
        sharpnessTable(all, epsilon),
      ],
    },
  ];
}

function sharpnessTable(all: readonly Records<"sharpness">[], epsilon: number): Table {
  const rows = all.map(({ label, runs }) => {
    const points = runs.flatMap((run) => run.points);
    const last = runs.flatMap((run) => run.points.at(-1) ?? []);
    const values = [runs.map((run) => run.points[0]?.value ?? null), last.map(({ value }) => value), last.map(({ residual }) => residual)];
    return {
      label,
      numbers: values.map(median),
      products: median(points.map(({ iterations }) => iterations)),
      failed: points.filter(({ converged }) => !converged).length,
    };
  });
  return {
    kind: "table",
    title: `Sharpness at the end, ε = ${epsilon}`,
    columns: [
      { name: "competitor" },
      ...numberColumns(
        ["before the first step", "at the end", "residual at the end"],
        rows.map(({ numbers }) => numbers),
      ),
      { name: "products, median", digits: 0 },
      { name: "points that did not converge", digits: 0 },
    ],
    rows: rows.map(({ label, numbers, products, failed }) => [label, ...numbers, products, failed]),
    note: "Residual: |Hx - value x|; an eigenvalue lies within so much. It is large where the loss has kinks, as with rectifiers. Medians over seeds.",
  };
}

/** The plane of the first competitor. */
function plane({ label, runs: [{ plane: slice }] }: Records<"landscape">, seed: string): HeatFigure {
  // Every other point, from the middle on: more numbers cannot be read.
  const middle = (slice.at.length - 1) / 2;
  const shown = <T>(values: readonly T[]): T[] => values.filter((_, i) => slice.at.length < 12 || (i - middle) % 2 === 0);
  const names = shown(slice.at).map((at) => String(Number(at.toPrecision(3))));
  return {
    kind: "heat",
    title: `Loss over a plane around the weights of ${label}`,
    caption: `Along two filter-normalised random directions; 0, 0 are the weights at the end.${seed}`,
    xLabel: "along the first direction",
    yLabel: "along the second",
    x: names,
    y: names,
    values: shown(slice.loss).map(shown),
    digits: 2,
  };
}

export function landscapeSection(competitors: readonly Competitor[]): Section[] {
  const all = having(competitors, "landscape");
  if (all.length === 0) return [];
  const seed = firstSeed(all);
  const losses: Recorded[] = all.flatMap(({ runs }) => runs[0].line.loss);
  const finite = losses.filter((value): value is number => value !== null && value > 0);
  const log = finite.length > 0 && Math.max(...finite) > WIDE * Math.min(...finite);
  return [
    {
      heading: "Around the trained weights",
      text: [
        `Mean loss over the same ${all[0].runs[0].samples} training samples, without dropout, along random directions that are scaled filter by filter to the length of the weights there; biases and normalizations stay where they are (Li et al. 2018). At 1 a direction is as long as the weights.`,
      ],
      items: [
        {
          kind: "lines",
          title: "Loss along a random direction",
          caption: `0 are the weights at the end.${seed}`,
          x: { label: "part of a filter-normalised direction" },
          y: { label: "loss", ...(log ? { scale: "log" as const } : {}) },
          series: all.map(({ label, runs: [{ line }] }) => ({ name: label, points: line.at.map((x, i) => ({ x, y: line.loss[i] })) })),
        },
        plane(all[0], seed),
      ],
    },
  ];
}
