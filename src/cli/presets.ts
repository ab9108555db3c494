/** Named settings: the report's rows, and the shortest road to 99 %. Other options override them. @module */
import type { InitializerConfig } from "../initializers/index.ts";

/** What a preset sets. Plain data. */
export interface Preset {
  readonly model: "softmax" | "mlp" | "cnn";
  readonly hidden?: number;
  readonly kernelInitializer?: InitializerConfig;
  readonly optimizer: string;
  readonly lr: number;
  readonly epochs: number;
  readonly batchSize: number | "full";
  readonly shuffle: boolean;
  readonly schedule?: { readonly name: string; readonly options: Record<string, unknown> };
  /** Pixels that training images are moved by at most, at random. */
  readonly shift?: number;
  /** As in the report: the test set is the validation set, and each epoch ends with the accuracy on the training set. */
  readonly validation?: "test";
}

/** The report's from-scratch network: N(0, 1) weights, not scaled by the layer's width. */
const unscaled: InitializerConfig = { name: "randomNormal", config: { mean: 0, stddev: 1 } };

export const presets: Readonly<Record<string, Preset>> = {
  "report-numpy-mlp-128": {
    model: "mlp",
    hidden: 128,
    kernelInitializer: unscaled,
    optimizer: "sgd",
    lr: 0.001,
    epochs: 10,
    batchSize: "full",
    shuffle: false,
    validation: "test",
  },
  "report-numpy-mlp-256": {
    model: "mlp",
    hidden: 256,
    kernelInitializer: unscaled,
    optimizer: "sgd",
    lr: 0.01,
    epochs: 50,
    batchSize: "full",
    shuffle: false,
    validation: "test",
  },
  // Chosen on 55,000 / 5,000 images of the training set: with a short rise the first of two epochs already ends near the best.
  "fast-99": {
    model: "cnn",
    optimizer: "adam",
    lr: 0.002,
    schedule: { name: "one-cycle", options: { warmUp: 0.05 } },
    shift: 1,
    epochs: 2,
    batchSize: 32,
    shuffle: true,
  },
  "report-cnn": { model: "cnn", optimizer: "adam", lr: 0.001, epochs: 29, batchSize: 32, shuffle: true, validation: "test" },
  "report-softmax": { model: "softmax", optimizer: "sgd", lr: 0.1, epochs: 10, batchSize: 32, shuffle: false, validation: "test" },
};
