/** Activations and dead units in a report. @module */
import type { HeatFigure, LineFigure, Section, Table } from "../../reports/report.ts";
import type { Activations, Distribution } from "../activations.ts";
import type { DeadUnits } from "../dead-units.ts";
import type { Recorded } from "../numbers.ts";
import { type At, type Competitor, firstSeed, having, mean, meanOver, numberColumns, overSeeds, type Records, rounded } from "./competitors.ts";

/** Columns and rows of a map. */
const BINS = 12;
const EPOCHS = 9;
/** Layers with a map of their own. */
const MAPS = 4;

/** Some of a list, evenly, the first and last included. */
function evenly<T>(values: readonly T[], most: number): T[] {
  if (values.length <= most) return [...values];
  return Array.from({ length: most }, (_, i) => values[Math.round((i * (values.length - 1)) / (most - 1))]);
}

/** A histogram over other bins: the values of a bin are taken to lie evenly in it; those outside are left out. */
function rebinned({ low, high, shares }: Distribution, from: number, to: number): number[] {
  const made = new Array<number>(BINS).fill(0);
  if (low === null || high === null) return made;
  const [width, wanted] = [(high - low) / shares.length, (to - from) / BINS];
  if (shares.length === 0) {
    made[Math.min(BINS - 1, Math.floor((low - from) / wanted))] = 1;
    return made;
  }
  shares.forEach((share, k) => {
    const [begin, end] = [low + k * width, low + (k + 1) * width];
    for (let bin = 0; bin < BINS; bin++) {
      const common = Math.min(end, from + (bin + 1) * wanted) - Math.max(begin, from + bin * wanted);
      if (common > 0) made[bin] += (share * common) / width;
    }
  });
  return made;
}

function map({ name, activation, epochs }: Activations["layers"][number], seed: string): HeatFigure[] {
  const shown = evenly(epochs, EPOCHS);
  const [lows, highs] = [shown.flatMap(({ low }) => low ?? []), shown.flatMap(({ high }) => high ?? [])];
  const [from, to] = [Math.min(...lows), Math.max(...highs)];
  if (!(to > from)) return [];
  return [
    {
      kind: "heat",
      title: `What ${name} gives (${activation})`,
      caption: `Part of the values in each range, in percent, by epoch; 0 is before the first step.${seed}`,
      xLabel: "value, from",
      yLabel: "epoch",
      x: Array.from({ length: BINS }, (_, bin) => String(Number((from + (bin * (to - from)) / BINS).toPrecision(2)))),
      y: shown.map(({ epoch }) => String(epoch)),
      values: shown.map((one) => rebinned(one, from, to)),
      percent: true,
      digits: 0,
    },
  ];
}

function momentsTable(all: readonly Records<"activations">[], seed: string): Table {
  const rows = all.flatMap(({ label, runs: [{ layers }] }) =>
    layers.map(({ name, activation, epochs }) => {
      const [first, last] = [epochs[0], epochs.at(-1)];
      const numbers = [first?.mean, last?.mean, first?.sd, last?.sd, last?.high].map((value) => value ?? null);
      return { names: [label, name, activation], numbers };
    }),
  );
  return {
    kind: "table",
    title: "Mean and standard deviation of what layers give",
    columns: [
      { name: "competitor" },
      { name: "layer" },
      { name: "activation" },
      ...numberColumns(
        ["mean, first", "mean, last", "sd, first", "sd, last", "greatest, last"],
        rows.map(({ numbers }) => numbers),
      ),
    ],
    rows: rows.map(({ names, numbers }) => [...names, ...numbers]),
    ...(seed === "" ? {} : { note: seed.trim() }),
  };
}

export function activationsSection(competitors: readonly Competitor[]): Section[] {
  const all = having(competitors, "activations");
  if (all.length === 0) return [];
  const seed = firstSeed(all);
  const [{ runs }] = all;
  return [
    {
      heading: "What layers give",
      text: [`Outputs of layers with an activation, in inference, for the same ${runs[0].samples} training samples at each epoch.`],
      items: [...(all.length > 1 ? [] : runs[0].layers.slice(0, MAPS).flatMap((layer) => map(layer, seed))), momentsTable(all, seed)],
    },
  ];
}

/** Part of all rectified units that are dead at each epoch. */
function deadAt({ layers }: DeadUnits): At[] {
  const units = layers.reduce((sum, layer) => sum + layer.units, 0);
  return (layers[0]?.epochs ?? []).map(({ epoch }, i) => ({ x: epoch, y: layers.reduce((sum, layer) => sum + layer.epochs[i].dead * layer.units, 0) / units }));
}

/** The same at the end; null where nothing is rectified. */
export const deadAtEnd = (run: DeadUnits): Recorded => rounded(deadAt(run).at(-1)?.y ?? null);

export function deadUnitsSection(competitors: readonly Competitor[]): Section[] {
  const all = having(competitors, "dead-relu").filter(({ runs }) => runs[0].layers.length > 0);
  if (all.length === 0) return [];
  const [only] = all;
  const lines: LineFigure["series"] =
    all.length > 1
      ? all.map(({ label, runs }) => ({ name: label, points: meanOver(runs.map(deadAt), "share") }))
      : only.runs[0].layers.map(({ name }, k) => ({
          name,
          points: meanOver(
            only.runs.map(({ layers }) => layers[k].epochs.map(({ epoch, dead }): At => ({ x: epoch, y: dead }))),
            "share",
          ),
        }));
  return [
    {
      heading: "Dead units",
      text: [
        `Units (filters) with relu or relu6 that give 0 for all of the same ${only.runs[0].samples} training samples, at every position: no gradient reaches them from these.`,
      ],
      items: [
        {
          kind: "lines",
          title: "Dead units by epoch",
          caption: `Part of the units that are dead; 0 is before the first step.${overSeeds(all)}`,
          x: { label: "epoch" },
          y: { label: "dead units", percent: true },
          series: lines,
        },
        {
          kind: "table",
          title: "Rectified layers at the end",
          columns: [
            { name: "competitor" },
            { name: "layer" },
            { name: "units", digits: 0 },
            { name: "dead", digits: 1, percent: true },
            { name: "values that are 0", digits: 1, percent: true },
          ],
          rows: all.flatMap(({ label, runs }) =>
            runs[0].layers.map(({ name, units }, k) => {
              const last = runs.flatMap(({ layers }) => layers[k].epochs.at(-1) ?? []);
              return [label, name, units, mean(last.map(({ dead }) => dead)), mean(last.map(({ zeros }) => zeros))];
            }),
          ),
        },
      ],
    },
  ];
}
