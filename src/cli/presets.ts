/** Named settings: the report's rows. Other options override them. @module */

/** What a preset sets. */
export interface Preset {
  readonly model: "softmax" | "mlp";
  readonly hidden?: number;
  readonly optimizer: string;
  readonly lr: number;
  readonly epochs: number;
  readonly batchSize: number | "full";
  readonly shuffle: boolean;
  /** Standard normal weights, unscaled, instead of Glorot's. */
  readonly unscaledNormal?: boolean;
}

export const presets: Readonly<Record<string, Preset>> = {
  "report-numpy-mlp-128": { model: "mlp", hidden: 128, optimizer: "sgd", lr: 0.001, epochs: 10, batchSize: "full", shuffle: true, unscaledNormal: true },
  "report-numpy-mlp-256": { model: "mlp", hidden: 256, optimizer: "sgd", lr: 0.01, epochs: 50, batchSize: "full", shuffle: true, unscaledNormal: true },
  "report-softmax": { model: "softmax", optimizer: "sgd", lr: 0.1, epochs: 10, batchSize: 32, shuffle: false },
};
