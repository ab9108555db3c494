/** Callbacks: what a fit does on its way besides training. @module */
export { type CsvLoggerOptions, csvLogger } from "./csv-logger.ts";
export { type EarlyStoppingOptions, earlyStopping } from "./early-stopping.ts";
export { jsonlLogger } from "./jsonl-logger.ts";
export { learningRateScheduler } from "./learning-rate-scheduler.ts";
export { type ModelCheckpointOptions, modelCheckpoint } from "./model-checkpoint.ts";
export type { MonitorMode } from "./monitor.ts";
export { type ProgressStream, progressBar } from "./progress-bar.ts";
export { type ReduceLROnPlateauOptions, reduceLROnPlateau } from "./reduce-lr-on-plateau.ts";
export type { RowLoggerOptions } from "./row-logger.ts";
export { type TensorBoardOptions, tensorBoard } from "./tensor-board.ts";
export { terminateOnNaN } from "./terminate-on-nan.ts";
