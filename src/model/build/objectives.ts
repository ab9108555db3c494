/** What training makes small: a loss for each output that has one, its weight in the sum and its metrics. @module */
import { isRecord } from "../../data/dataset/by-name.ts";
import { ConfigError } from "../../errors.ts";
import { describeLoss, type Loss, type LossConfig, type LossFunction, lossFromConfig, lossOf } from "../../losses/index.ts";
import { accuracy, describeMetric, isStreamed, type Metric, type MetricConfig, metricFromConfig, metricOf, type StreamedMetric } from "../../metrics/index.ts";

/** A loss by name, itself, or a function (yTrue, yPred) => loss per sample [N]. */
export type LossChoice = string | LossFunction | Loss;
/** A metric by name, or itself. */
export type MetricChoice = string | Metric;

/** What {@link Model.compile} is told of losses. */
export interface ObjectiveOptions {
  /**
   * A name, `"huber"`; a loss with options, `huber({ delta: 2 })`; or a function (yTrue, yPred) => loss per sample [N]. For several outputs: one for all
   * of them, a list in their order, or an object by their names. Outputs without one are not trained for, and need no targets.
   */
  loss: LossChoice | readonly (LossChoice | null)[] | Readonly<Record<string, LossChoice>>;
  /** What each output's loss is multiplied by in the sum that training makes small: a list in the order of outputs, or an object by their names. Finite, 0 or more. Default: all 1. */
  lossWeights?: readonly number[] | Readonly<Record<string, number>>;
  /** A list, for every output with a loss; or an object of lists by names of outputs. Default `["accuracy"]` for sparseCategoricalCrossentropy, else none. */
  metrics?: readonly MetricChoice[] | Readonly<Record<string, MetricChoice | readonly MetricChoice[]>>;
}

/** The loss of one output with what belongs to it. */
export interface Objective {
  /** Number and name of the output. */
  readonly output: number;
  readonly name: string;
  readonly loss: Loss;
  /** What it is reported as: `loss` where the model has one output, else `digit_loss`. */
  readonly lossName: string;
  /** Its share in the sum. */
  readonly weight: number;
  readonly metrics: readonly Metric[];
  /** What they are reported as: `accuracy`, or `digit_accuracy`. */
  readonly metricNames: readonly string[];
}

/** Name of the sum of all losses. */
export const LOSS = "loss";
/** Name of the sum of the penalties on weights; in training Programs of models that have some. */
export const PENALTY = "penalty";
/** Name of the sum of what layers add by addPenalty; in training Programs of models with such layers. */
export const ACTIVITY_PENALTY = "activityPenalty";
/** Name of the sum of losses and what layers add. */
export const OBJECTIVE = "objective";

/** The losses of a model with these outputs, in their order. @throws ConfigError for an unknown loss, metric or output */
export function objectivesOf(outputs: readonly string[], options: ObjectiveOptions): Objective[] {
  const losses = perOutput("loss", options.loss as LossChoice | null, outputs, isLoss);
  const weights = perOutput("lossWeights", options.lossWeights as number | undefined, outputs, (given) => given === undefined);
  const metrics = perOutput("metrics", options.metrics as MetricChoice | readonly MetricChoice[] | undefined, outputs, (given) => !isRecord(given));
  const objectives = outputs.flatMap((name, output): Objective[] => {
    const choice = losses[output];
    const prefix = outputs.length === 1 ? "" : `${name}_`;
    if (choice === undefined || choice === null) {
      // A list of metrics is for those with a loss.
      if (isRecord(options.metrics) && metrics[output] !== undefined)
        throw new ConfigError({ where: "compile, metrics", got: `metrics for the output "${name}"`, expected: "outputs with a loss" });
      return [];
    }
    const loss = lossOf(choice);
    const own = defaultMetrics(loss, metrics[output], isRecord(options.metrics)).map(metricOf);
    return [
      {
        output,
        name,
        loss,
        lossName: `${prefix}${LOSS}`,
        weight: checkWeight(name, weights[output] ?? 1),
        metrics: own,
        metricNames: own.map((metric) => `${prefix}${metric.name}`),
      },
    ];
  });
  if (objectives.length === 0) throw new ConfigError({ where: "compile", got: "no loss", expected: `a loss for at least one output: ${quoted(outputs)}` });
  checkNames(objectives);
  return objectives;
}

/** @throws ConfigError where a metric would be reported under a name that is taken */
function checkNames(objectives: readonly Objective[]): void {
  const taken = new Set([LOSS, PENALTY, ACTIVITY_PENALTY, OBJECTIVE, ...objectives.map(({ lossName }) => lossName)]);
  for (const name of objectives.flatMap(({ metricNames }) => metricNames)) {
    if (taken.has(name)) throw new ConfigError({ where: "compile, metrics", got: `two quantities named ${JSON.stringify(name)}`, expected: "distinct names" });
    taken.add(name);
  }
}

/** Everything that is reported, in order: `loss`, the losses of outputs, their metrics. */
export function reportNames(objectives: readonly Objective[]): string[] {
  return [...new Set([LOSS, ...objectives.map(({ lossName }) => lossName), ...objectives.flatMap(({ metricNames }) => metricNames)])];
}

/** The metrics of an output that read its predictions on the host, with their names. */
export function streamedMetrics({ metrics, metricNames }: Objective): { reported: string; metric: StreamedMetric }[] {
  return metrics.flatMap((metric, k) => (isStreamed(metric) ? [{ reported: metricNames[k], metric }] : []));
}

/** What the Program adds up of all that is reported: losses, and metrics that are means over samples. */
export function summedNames(objectives: readonly Objective[]): string[] {
  const streamed = new Set(objectives.flatMap(streamedMetrics).map(({ reported }) => reported));
  return reportNames(objectives).filter((name) => !streamed.has(name));
}

/** Losses, weights and metrics as JSON: by the names of outputs where there are several. */
export interface ObjectivesConfig {
  loss: LossConfig | Record<string, LossConfig>;
  lossWeights?: Record<string, number>;
  metrics: MetricConfig[] | Record<string, MetricConfig[]>;
}

const byName = <T>(objectives: readonly Objective[], value: (objective: Objective) => T): Record<string, T> =>
  Object.fromEntries(objectives.map((objective) => [objective.name, value(objective)]));

/** The configuration of the losses of a model with so many outputs. */
export function describeObjectives(objectives: readonly Objective[], outputs: number): ObjectivesConfig {
  const weighted = objectives.some(({ weight }) => weight !== 1) ? { lossWeights: byName(objectives, ({ weight }) => weight) } : {};
  const described = ({ metrics }: Objective): MetricConfig[] => metrics.map(describeMetric);
  if (outputs === 1) return { loss: describeLoss(objectives[0].loss), ...weighted, metrics: described(objectives[0]) };
  return { loss: byName(objectives, ({ loss }) => describeLoss(loss)), ...weighted, metrics: byName(objectives, described) };
}

/** The options that `describeObjectives` described; null if a loss is custom. @throws ConfigError for anything else */
export function optionsFromConfig({ loss, lossWeights, metrics }: ObjectivesConfig, outputs: number): ObjectiveOptions | null {
  if (outputs === 1) {
    const made = lossFromConfig(loss as LossConfig);
    return made && { loss: made, lossWeights, metrics: metricsFromConfig(metrics) };
  }
  if (!isRecord(loss)) throw new ConfigError({ where: "loss", got: JSON.stringify(loss) ?? "nothing", expected: "an object by the names of outputs" });
  const losses: Record<string, Loss> = {};
  for (const [name, description] of Object.entries(loss)) {
    const made = lossFromConfig(description as LossConfig);
    if (made === null) return null;
    losses[name] = made;
  }
  return { loss: losses, lossWeights, metrics: metricsFromConfig(metrics) };
}

function metricsFromConfig(metrics: ObjectivesConfig["metrics"]): ObjectiveOptions["metrics"] {
  if (Array.isArray(metrics)) return metrics.map(metricFromConfig);
  return Object.fromEntries(Object.entries(metrics).map(([name, list]) => [name, list.map(metricFromConfig)]));
}

/** The options that give these losses again. */
export function optionsOf(objectives: readonly Objective[]): ObjectiveOptions {
  return {
    loss: byName(objectives, ({ loss }) => loss),
    lossWeights: byName(objectives, ({ weight }) => weight),
    metrics: byName(objectives, ({ metrics }) => metrics),
  };
}

function defaultMetrics(loss: Loss, given: MetricChoice | readonly MetricChoice[] | undefined, byName: boolean): readonly MetricChoice[] {
  if (given === undefined) return !byName && loss.name === "sparseCategoricalCrossentropy" ? [accuracy] : [];
  return Array.isArray(given) ? given : [given as MetricChoice];
}

const isLoss = (given: unknown): boolean =>
  typeof given === "string" || typeof given === "function" || (isRecord(given) && typeof given.apply === "function") || given == null;

/** What an option says of each output: the one value, its place in a list, or what an object has under its name. */
function perOutput<T>(option: string, given: T, outputs: readonly string[], isOne: (given: unknown) => boolean): (T | undefined)[] {
  if (isOne(given)) return outputs.map(() => given);
  const where = `compile, ${option}`;
  if (Array.isArray(given)) {
    if (given.length === outputs.length) return given as T[];
    throw new ConfigError({ where, got: `a list of ${given.length}`, expected: `${outputs.length}, one per output: ${quoted(outputs)}` });
  }
  if (!isRecord(given)) throw new ConfigError({ where, got: String(given), expected: "a list in the order of outputs, or an object by their names" });
  const unknown = Object.keys(given).find((key) => !outputs.includes(key));
  if (unknown !== undefined) throw new ConfigError({ where, got: JSON.stringify(unknown), expected: `names of outputs: ${quoted(outputs)}` });
  return outputs.map((name) => (Object.hasOwn(given, name) ? (given[name] as T) : undefined));
}

function checkWeight(name: string, weight: number): number {
  if (typeof weight === "number" && Number.isFinite(Math.fround(weight)) && weight >= 0) return weight;
  throw new ConfigError({ where: `compile, lossWeights, output "${name}"`, got: String(weight), expected: "a finite number, 0 or more" });
}

const quoted = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(", ");
