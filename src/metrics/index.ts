/** Metrics: what a model reports beside its losses. @module */
export { accuracy } from "./accuracy.ts";
export type { Average, AverageOptions } from "./class-counts.ts";
export { f1 } from "./f1.ts";
export { mae } from "./mae.ts";
export { type MaseOptions, mase, naiveError } from "./mase.ts";
export { type Measured, measure } from "./measure.ts";
export { type Accumulator, isStreamed, type Metric, type MetricDescription, type MetricInputs, type SampleMetric, type StreamedMetric } from "./metric.ts";
export type { MetricMaker, NamedOptions } from "./metric-maker.ts";
export { mse } from "./mse.ts";
export { precision } from "./precision.ts";
export { r2 } from "./r2.ts";
export { recall } from "./recall.ts";
export { describeMetric, type MetricConfig, metricFromConfig, metricNames, metricOf } from "./registry.ts";
