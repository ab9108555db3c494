/** The convergence lab: studies of how networks train, run fairly and repeatably. Imports no `node:` module until a study is run. @module */
export {
  type CrossValidation,
  type CrossValidationOptions,
  crossValidate,
  type FoldedData,
  type FoldedScore,
  type FoldResult,
  type NestedChoice,
  type NestedSelection,
  type NestedSelectionOptions,
  nestedSelection,
  type Recipe,
} from "./cross-validation/index.ts";
export { defineStudy, type StudyOptions } from "./definition/define-study.ts";
export type { Factor, Settings } from "./definition/settings.ts";
export type { Cell, Printed, Study, StudyDefinition } from "./definition/study.ts";
export {
  type Competitor,
  type Diagnostics,
  type DiagnosticsOptions,
  type DiagnosticsRecorder,
  diagnosticSections,
  diagnosticsRecorder,
  type LastFigures,
  lastFigures,
  type MeasureName,
  measureNames,
} from "./diagnostics/index.ts";
export {
  findLearningRate,
  type LearningRateOptions,
  type LearningRatePoint,
  type LearningRateProgress,
  type LearningRateResult,
  type Verdict,
} from "./lr-find/index.ts";
export { type Arm, type Protocol, type ProtocolName, protocolNames, protocols } from "./protocols/index.ts";
export { renderCsv, renderHtml, renderMarkdown, renderTerminal, type TerminalOptions } from "./reports/index.ts";
export type { Report } from "./reports/report.ts";
export { type RunStudyOptions, runStudy, type StudyRun } from "./run-study.ts";
export type { OnProgress, StudyEvent, StudyFiles } from "./runners/progress.ts";
export { type DefineSearchOptions, defineSearch } from "./search/define-search.ts";
export type { EpochRange, MethodChoice, Search, SearchDefinition } from "./search/definition.ts";
export {
  type Candidate,
  type CompletionOrder,
  checkSpace,
  type Dimension,
  type Evaluated,
  type Method,
  type MethodName,
  type MethodOptions,
  methodNames,
  methodOf,
  type Objective,
  type ObjectiveContext,
  type Point,
  type Range,
  type SearchOptions,
  type SearchResult,
  type SearchTrial,
  type Space,
  search,
  type Value,
} from "./search/index.ts";
export type { SearchSummary } from "./search/report/index.ts";
export { type RunSearchOptions, runSearch, type SearchEvent, type SearchRun } from "./search/run-search.ts";
export {
  type BootstrapOptions,
  bootstrapMean,
  type Interval,
  type LeastSquares,
  leastSquares,
  type PairedT,
  type PairedTOptions,
  pairedT,
} from "./statistics/index.ts";
export { studies } from "./studies/index.ts";
export { type Conditions, type Summary, summarize } from "./summary/index.ts";
export { runTrial, type TrialContext } from "./trials/run-trial.ts";
export type { CurvePoint, DataUse, Role, Score, Trial, TrialResult } from "./trials/trial.ts";
export { trialId } from "./trials/trial-id.ts";
