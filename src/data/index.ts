/** Datasets. Imports no `node:` module until a function that needs files is called. @module */
export { Dataset, type DatasetParts, type SplitOptions } from "./dataset.ts";
export { decodeIdx, type IdxArray } from "./idx.ts";
export { type IdxOptions, idxDataset, type NamedBytes, type TrainAndTest } from "./idx-dataset.ts";
export { type DatasetOptions, dataset, type NumberArray } from "./make-dataset.ts";
export { type DownloadProgress, idxDirectory, type MnistOptions, mnist } from "./mnist.ts";
export type { Nested } from "./nested.ts";
export type { Normalization, NormalizationKind } from "./normalization.ts";
export { decodePng, type GreyImage } from "./png.ts";
