/**
 * gradiente: train neural networks on the CPU from TypeScript.
 * @module
 */
export * from "./callbacks/index.ts";
export { type Constraint, maxNorm, type NormOptions, nonNegative, unitNorm } from "./constraints/index.ts";
export * from "./errors.ts";
export type { Tensor } from "./graph/graph.ts";
export * as ops from "./graph/ops/index.ts";
export * from "./initializers/index.ts";
export * from "./layers/index.ts";
export {
  type BinaryCrossentropyOptions,
  binaryCrossentropy,
  type CategoricalCrossentropyOptions,
  categoricalCrossentropy,
  type HuberOptions,
  hinge,
  huber,
  klDivergence,
  type Loss,
  type LossFunction,
  type LossMaker,
  logCosh,
  meanAbsoluteError,
  meanSquaredError,
  poisson,
  sparseCategoricalCrossentropy,
} from "./losses/index.ts";
export {
  type Accumulator,
  type Average,
  type AverageOptions,
  accuracy,
  type BinaryAccuracyOptions,
  binaryAccuracy,
  type CalibrationErrorOptions,
  type ClassificationReport,
  type ClassScores,
  type ConfusionMatrixOptions,
  calibrationError,
  classificationReport,
  confusionMatrix,
  f1,
  type MaseOptions,
  type Measured,
  type Metric,
  type MetricInputs,
  type MetricMaker,
  mae,
  mase,
  measure,
  mse,
  naiveError,
  prAuc,
  precision,
  r2,
  recall,
  rocAuc,
  type SampleMetric,
  type StreamedMetric,
  type TopKAccuracyOptions,
  topKAccuracy,
} from "./metrics/index.ts";
export type { CheckpointOptions } from "./model/checkpoints/checkpoint-writer.ts";
export type { Evaluation } from "./model/evaluate/evaluator.ts";
export type { Callback, FitContext } from "./model/fit/callback.ts";
export { type FitControl, fitControl } from "./model/fit/fit-control.ts";
export type { FitOptions } from "./model/fit/fit-options.ts";
export type { ClassWeight } from "./model/fit/row-weights.ts";
export type { EpochReport, History, RateChange, Resumption, StepReport } from "./model/history.ts";
export { type ModelOptions, model } from "./model/making/functional.ts";
export { type SequentialOptions, sequential } from "./model/making/sequential.ts";
export { call, type InputOptions, input, type SymbolicTensor } from "./model/making/symbolic.ts";
export type { CompileOptions, Model } from "./model/model.ts";
export type { NamedArray } from "./model/parameters/parameters.ts";
export { forecast, predictTable, type TablePrediction } from "./model/predict-table.ts";
export type { Samples } from "./model/running/samples.ts";
export type { ModelJSON } from "./model/saved/config.ts";
export { modelFromJSON } from "./model/saved/json.ts";
export { decodeModel, encodeModel, type LoadOptions, loadModel } from "./model/saved/save.ts";
export {
  type AdadeltaOptions,
  type AdagradOptions,
  type AdamaxOptions,
  type AdamOptions,
  type AdamwOptions,
  adadelta,
  adagrad,
  adam,
  adamax,
  adamw,
  type Clip,
  type CommonOptions,
  type LionOptions,
  lion,
  type NadamOptions,
  nadam,
  type Optimizer,
  type RmspropOptions,
  rmsprop,
  type SgdOptions,
  sgd,
} from "./optimizers/index.ts";
export type { Program } from "./program/program.ts";
export * from "./regularizers/index.ts";
export { createRuntime, type Mode, type Runtime, type RuntimeOptions } from "./runtime/runtime.ts";
export {
  type CosineDecayOptions,
  type CosineDecayRestartsOptions,
  type CyclicalMode,
  type CyclicalOptions,
  constantRate,
  cosineDecay,
  cosineDecayRestarts,
  customSchedule,
  cyclical,
  type ExponentialDecayOptions,
  exponentialDecay,
  type InverseTimeDecayOptions,
  inverseTimeDecay,
  type OneCycleOptions,
  oneCycle,
  type PiecewiseConstantDecayOptions,
  type PolynomialDecayOptions,
  piecewiseConstantDecay,
  polynomialDecay,
  type Schedule,
  type ScheduleFunction,
  type StepDecayOptions,
  scheduleFromConfig,
  stepDecay,
  type WarmUpOptions,
  warmUp,
} from "./schedules/index.ts";
export { BATCH, type Dim, type Shape } from "./shape.ts";
