/** Datasets. Imports no `node:` module until a function that needs files is called. @module */
export type { InputColumn, PerColumn, TargetColumn } from "./columns.ts";
export { type CsvOptions, parseCsv, readCsv } from "./csv.ts";
export { Dataset, type DatasetParts, type SplitOptions } from "./dataset.ts";
export { decodeTarget, type EncodeTableOptions, encodeTable, kindsOf } from "./encode-table.ts";
export { type FashionMnistOptions, fashionMnist, fashionMnistClasses } from "./fashion-mnist.ts";
export { type FitTableOptions, fitTable, type MissingPolicy } from "./fit-table.ts";
export {
  Fold,
  groupKFold,
  type KFoldOptions,
  kFold,
  type RepeatedKFoldOptions,
  repeatedKFold,
  repeatedStratifiedKFold,
  stratifiedKFold,
  type TimeFoldOptions,
  timeFolds,
} from "./folds/index.ts";
export { decodeIdx, type IdxArray } from "./idx.ts";
export { type IdxOptions, idxDataset, type NamedBytes, type TrainAndTest } from "./idx-dataset.ts";
export { type ImageFolder, type ImageFolderOptions, imageFolder } from "./image-folder.ts";
export type { NumberArray } from "./make-columns.ts";
export { type DatasetOptions, dataset } from "./make-dataset.ts";
export { type TableOptions, type TableValue, table } from "./make-table.ts";
export { type DownloadProgress, idxDirectory, type MnistOptions, mnist } from "./mnist.ts";
export type { Nested } from "./nested.ts";
export type { Normalization, NormalizationKind } from "./normalization.ts";
export { type DecodedImage, decodePng, type PngOptions } from "./png.ts";
export type {
  FeatureEncoding,
  ImagePreprocessing,
  Preprocessing,
  ScalerKind,
  Scaling,
  SeriesPreprocessing,
  TablePreprocessing,
  TargetEncoding,
} from "./preprocessing.ts";
export { type FitSeriesOptions, fitSeries, lastWindow, type WindowsOptions, windows } from "./series.ts";
export { type Batch, type Batches, type BatchesOptions, type BatchStream, batches } from "./stream.ts";
export type { CategoryColumn, ColumnKind, NumberColumn, Table, TableColumn } from "./table.ts";
export { dropMissing, type SplitRowsOptions, selectColumns, splitRows, takeRows } from "./table-rows.ts";
