/** Datasets. Imports no `node:` module until a function that needs files is called. @module */
export { type CsvOptions, parseCsv, readCsv } from "./csv/csv.ts";
export type { PerColumn } from "./dataset/by-name.ts";
export type { InputColumn, TargetColumn } from "./dataset/columns.ts";
export { Dataset, type DatasetParts, type SplitOptions } from "./dataset/dataset.ts";
export type { NumberArray } from "./dataset/make-columns.ts";
export { type DatasetOptions, dataset } from "./dataset/make-dataset.ts";
export type { Nested } from "./dataset/nested.ts";
export type { Normalization, NormalizationKind } from "./dataset/normalization.ts";
export { type Batch, type Batches, type BatchesOptions, type BatchStream, batches } from "./dataset/stream.ts";
export type { TrainAndTest } from "./dataset/train-and-test.ts";
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
export { type FashionMnistOptions, fashionMnist, fashionMnistClasses } from "./idx/fashion-mnist.ts";
export { decodeIdx, type IdxArray } from "./idx/idx.ts";
export { type IdxOptions, idxDataset, type NamedBytes } from "./idx/idx-dataset.ts";
export { idxDirectory } from "./idx/idx-directory.ts";
export { type DownloadProgress, type MnistOptions, mnist } from "./idx/mnist.ts";
export { type ImageFolder, type ImageFolderOptions, imageFolder } from "./images/image-folder.ts";
export { type DecodedImage, decodePng, type PngOptions } from "./images/png.ts";
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
export { decodeTarget, type EncodeTableOptions, encodeTable, kindsOf } from "./tables/encode-table.ts";
export { type FitTableOptions, fitTable, type MissingPolicy } from "./tables/fit-table.ts";
export { type TableOptions, type TableValue, table } from "./tables/make-table.ts";
export { type FitSeriesOptions, fitSeries, lastWindow, type WindowsOptions, windows } from "./tables/series.ts";
export type { CategoryColumn, ColumnKind, NumberColumn, Table, TableColumn } from "./tables/table.ts";
export { dropMissing, type SplitRowsOptions, selectColumns, splitRows, takeRows } from "./tables/table-rows.ts";
