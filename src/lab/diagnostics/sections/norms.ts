/** Norms in a report. @module */
import type { LineFigure, Section, Table } from "../../reports/report.ts";
import type { Norms } from "../norms.ts";
import type { Recorded } from "../numbers.ts";
import { type At, type Competitor, having, meanOver, median, numberColumns, overSeeds, type Records, rounded } from "./competitors.ts";

type Size = "weight" | "gradient" | "update";

/** Of some parameters together: the square root of the sum of squares. */
function together(parameters: Norms["parameters"], size: Size): Recorded[] {
  return (parameters[0]?.[size] ?? []).map((_, i) => {
    const values = parameters.map((parameter) => parameter[size][i]);
    return values.includes(null) ? null : Math.sqrt(values.reduce<number>((sum, value) => sum + (value as number) ** 2, 0));
  });
}

/** update / weight of some parameters together; null while the weights are 0. */
function ratios(parameters: Norms["parameters"]): Recorded[] {
  const weights = together(parameters, "weight");
  return together(parameters, "update").map((update, i) => {
    const weight = weights[i];
    return update === null || weight === null || weight === 0 ? null : update / weight;
  });
}

/** Parameters by layer: what stands before the slash. */
function byLayer({ parameters }: Norms): Map<string, Norms["parameters"]> {
  const names = parameters.map(({ name }) => name.slice(0, name.lastIndexOf("/")));
  return new Map([...new Set(names)].map((layer) => [layer, parameters.filter((_, i) => names[i] === layer)]));
}

/** update / weight of all parameters together at every step; the middle one of training. */
export const usualRatio = ({ parameters }: Norms): Recorded => rounded(median(ratios(parameters)));

/** Lines by layer for one competitor, else by competitor. */
function figure(all: readonly Records<"norms">[], title: string, caption: string, y: string, of: (parameters: Norms["parameters"]) => Recorded[]): LineFigure {
  const line = (name: string, runs: readonly Norms[], pick: (run: Norms) => Norms["parameters"]) => ({
    name,
    points: meanOver(
      runs.map((run) => of(pick(run)).map((value, i): At => ({ x: run.steps[i], y: value }))),
      "log",
    ),
  });
  const [only] = all;
  const series =
    all.length > 1
      ? all.map(({ label, runs }) => line(label, runs, ({ parameters }) => parameters))
      : [...byLayer(only.runs[0]).keys()].map((layer) => line(layer, only.runs, (run) => byLayer(run).get(layer) ?? []));
  return { kind: "lines", title, caption: `${caption}${overSeeds(all)}`, x: { label: "step" }, y: { label: y, scale: "log" }, series };
}

function table(all: readonly Records<"norms">[]): Table {
  const rows = all.flatMap(({ label, runs }) =>
    [...byLayer(runs[0])].map(([layer, parameters]) => {
      const weights = together(parameters, "weight");
      const medians = [median(together(parameters, "gradient")), median(together(parameters, "update")), median(ratios(parameters))];
      return { names: [label, layer], numbers: [weights[0] ?? null, weights.at(-1) ?? null, ...medians] };
    }),
  );
  return {
    kind: "table",
    title: "Norms by layer",
    columns: [
      { name: "competitor" },
      { name: "layer" },
      ...numberColumns(
        ["weights, first", "weights, last", "gradient, median", "update, median", "update / weight, median"],
        rows.map(({ numbers }) => numbers),
      ),
    ],
    rows: rows.map(({ names, numbers }) => [...names, ...numbers]),
    ...(all.some(({ runs }) => runs.length > 1) ? { note: "Of the first seed." } : {}),
  };
}

export function normsSection(competitors: readonly Competitor[]): Section[] {
  const all = having(competitors, "norms");
  if (all.length === 0) return [];
  const whose = all.length > 1 ? "All parameters together." : "Kernel and bias of a layer together.";
  return [
    {
      heading: "How large the steps are",
      text: [
        "L2 norms of the weights before a step, of the mean gradient of its batch (as backpropagation gives it, before penalties on weights and clipping) and of what the step changed. Update / weight says by what part of themselves weights move in a step; about 0.001 is usual for a rate that fits.",
      ],
      items: [
        figure(all, "Update / weight", `By what part of themselves the weights move in a step. ${whose}`, "norm of update / norm of weights", ratios),
        figure(all, "Gradient", `Norm of the gradient of a step's batch. ${whose}`, "norm of the gradient", (parameters) => together(parameters, "gradient")),
        table(all),
      ],
    },
  ];
}
