/** How the streamed metrics of this folder are made. @module */
import { ConfigError } from "../errors.ts";
import type { Accumulator, MetricInputs, StreamedMetric } from "./metric.ts";

/** What every metric can be told. */
export interface NamedOptions {
  /** What the metric is reported as, where a model has two of a kind. Default: its own name. */
  name?: string;
}

/** A metric with its defaults, `f1`, that gives it with options when it is called: `f1({ average: "macro" })`. */
export type MetricMaker<O extends NamedOptions> = StreamedMetric & ((options?: O) => StreamedMetric);

/** @param make validates the options and gives what begins to measure */
export function metricMaker<O extends NamedOptions>(kind: string, make: (options: O) => (inputs: MetricInputs) => Accumulator): MetricMaker<O> {
  const withOptions = (options: O = {} as O): StreamedMetric => namedMetric(kind, options, make(options));
  const plain = withOptions();
  // The properties of a metric, over the function's own.
  return Object.defineProperties(withOptions, {
    name: { value: kind },
    start: { value: plain.start },
    config: { value: plain.config },
  }) as unknown as MetricMaker<O>;
}

/** A metric of ours with these options. @throws ConfigError for an empty name */
export function namedMetric(kind: string, options: NamedOptions, start: (inputs: MetricInputs) => Accumulator): StreamedMetric {
  const { name = kind } = options;
  if (typeof name !== "string" || name === "")
    throw new ConfigError({ where: `${kind}, name`, got: JSON.stringify(name), expected: "a text that is not empty" });
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { name, start, config: () => ({ name: kind, config: { ...given } }) };
}
