/** Losses and metrics of a batch, as a graph. @module */
import type { Tensor } from "../../graph/graph.ts";
import * as ops from "../../graph/ops/index.ts";
import { sampleWeights, type TargetFormat, targets } from "../../graph/ops/leaf.ts";
import { isStreamed } from "../../metrics/index.ts";
import { LOSS, type Objective } from "./objectives.ts";
import { reduceToSamples } from "./per-sample.ts";

/** A loss with what it reads of a dataset. */
export interface BoundObjective {
  readonly objective: Objective;
  readonly target: TargetFormat;
  /** Name of the slot of what each sample counts, which multiplies its loss; null: all count alike. */
  readonly weights: string | null;
}

/** What the losses make of a model's outputs. */
export interface LossGraph {
  /** Values per sample by the names under which their means are reported, the sum of all losses first. */
  readonly reported: ReadonlyMap<string, Tensor>;
  /** In the order of the losses. */
  readonly targets: readonly Tensor[];
}

/** The losses of the outputs, their weighted sum and their metrics. @param rows the index list of the batch */
export function lossGraph(rows: Tensor, outputs: readonly Tensor[], bound: readonly BoundObjective[]): LossGraph {
  const { graph } = rows;
  const losses = new Map<string, Tensor>();
  const metrics = new Map<string, Tensor>();
  const parts: Tensor[] = [];
  const read: Tensor[] = [];
  for (const { objective, target, weights } of bound) {
    const { loss, lossName, weight } = objective;
    const predicted = outputs[objective.output];
    const within = (build: () => Tensor): Tensor => graph.within(lossName, "loss", build);
    const y = within(() => targets(rows, target));
    const perSample = within(() => reduceToSamples(loss.name, loss.apply(y, predicted)));
    const weighted = weights === null ? perSample : within(() => ops.mul(perSample, sampleWeights(rows, weights)));
    losses.set(lossName, weighted);
    parts.push(weight === 1 ? weighted : within(() => ops.mul(weighted, weight)));
    objective.metrics.forEach((metric, k) => {
      if (isStreamed(metric)) return;
      const name = objective.metricNames[k];
      metrics.set(
        name,
        graph.within(name, "metric", () => reduceToSamples(metric.name, metric.apply(y, predicted))),
      );
    });
    read.push(y);
  }
  const total = graph.within(LOSS, "loss", () => parts.reduce((a, b) => ops.add(a, b)));
  return { reported: new Map([[LOSS, total], ...[...losses].filter(([name]) => name !== LOSS), ...metrics]), targets: read };
}
