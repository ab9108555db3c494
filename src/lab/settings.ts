/** What a trial is set to: each field is a factor that a study may vary. @module */
import type { NormalizationKind } from "../data/normalization.ts";
import type { InitializerConfig } from "../initializers/index.ts";
import type { ActivationName } from "../layers/index.ts";
import type { ModelJSON } from "../model/config.ts";

/** All there is to say about how one network is made and trained. Plain data. */
export interface Settings {
  /** `softmax`, `mlp`, `cnn` (the report's), `rnn`, `lstm`, `gru`, or a configuration as `model.toJSON()` gives it. */
  readonly model: string | ModelJSON;
  /** Hidden units of `mlp` and the recurrent models. */
  readonly hidden: number;
  /** Of the hidden layers. */
  readonly activation: ActivationName;
  /** Part of the values before the output layer that training drops. */
  readonly dropout: number;
  /** Factor of the sum of absolute weights, on kernels. */
  readonly l1: number;
  /** Factor of the sum of squared weights, on kernels. */
  readonly l2: number;
  /** Of the kernels, by name or with its options. */
  readonly initializer: string | InitializerConfig;
  /** Behind hidden layers, before their activation. */
  readonly normalization: "none" | "batch" | "layer";
  /** What is done to the inputs. */
  readonly scaling: NormalizationKind;
  /** As `--optimizer` names it: `momentum` and `nesterov` are SGD with .9. */
  readonly optimizer: string;
  /** Null: the optimizer's default, or what a protocol chooses. */
  readonly learningRate: number | null;
  /** As `--schedule` takes it: `constant`, `cosine`, `step:0.5@5` ... */
  readonly schedule: string;
  /** A loss by name. */
  readonly loss: string;
  readonly batchSize: number | "full";
  /** A new order each epoch; false: the file's. */
  readonly shuffle: boolean;
  readonly epochs: number;
}

/** A setting that a study varies. */
export type Factor = keyof Settings;
