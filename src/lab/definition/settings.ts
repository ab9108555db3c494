/** What a trial is set to: each field is a factor that a study may vary. @module */
import type { NormalizationKind } from "../../data/dataset/normalization.ts";
import { ConfigError } from "../../errors.ts";
import { describeInitializer, type InitializerConfig, initializerFromConfig } from "../../initializers/index.ts";
import { type ActivationName, activationNames } from "../../layers/index.ts";
import { lossNames } from "../../losses/index.ts";
import type { ModelJSON } from "../../model/saved/config.ts";
import { optimizerNames } from "../../optimizers/index.ts";
import { canonicalJson } from "../written/canonical.ts";
import { checkConfiguration } from "../written/configuration.ts";
import { number, text } from "../written/fields.ts";
import { oneOf, quoted } from "../written/nearest.ts";
import { parseSchedule } from "../written/schedule-text.ts";
import { type LayerNormalizationName, layerNormalizationNames, MODELS, RECURRENT } from "./models.ts";

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
  readonly normalization: LayerNormalizationName;
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

/** What a configuration of a model says itself. */
export const OF_LAYERS: readonly Factor[] = ["hidden", "activation", "dropout", "l1", "l2", "initializer", "normalization"];

/** What there is to know about one setting. */
export interface SettingKind<T> {
  /** In headings and sentences. */
  readonly title: string;
  /** Where nothing is said of it. */
  readonly default: T;
  /** The same, where it depends on the model. */
  readonly defaultOf?: (model: Settings["model"]) => T;
  /** The value, if it is one. @throws ConfigError */
  readonly check: (where: string, value: unknown) => T;
  /** A level as text, for axes and tables. */
  readonly level: (value: T) => string;
  /** Written before a level where it stands beside levels of other settings, to tell `L1 0.001` from `L2 0.001`. */
  readonly prefix?: string;
}

const LARGEST = { hidden: 1_000_000, batchSize: 2 ** 31 - 1 };
export const MOST_EPOCHS = 1_000_000;

const count = (where: string, value: unknown, most: number, or = ""): number =>
  number(where, value, (n) => Number.isInteger(n) && n >= 1 && n <= most, `an integer from 1 to ${most}${or}`);
const penalty = (where: string, value: unknown): number => number(where, value, (factor) => factor >= 0, "a number, 0 or more");
const asIs = (value: string): string => value;

/** 0.001, and powers of ten below it: 3e-4. */
function short(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential().replace("e-0", "e-") : String(value);
}

const modelName = (model: Settings["model"]): string => (typeof model === "string" ? model : (model.name ?? `${model.layers.length} layers`));

/** With the options that are not the usual ones. */
function initializerLabel(initializer: string | InitializerConfig): string {
  if (typeof initializer === "string") return initializer;
  const usual = usualOptions(initializer.name);
  const own = Object.entries(initializer.config ?? {}).filter(([name, value]) => canonicalJson(usual[name] ?? null) !== canonicalJson(value));
  const options = own.map(([name, value]) => `${name} ${quoted(value)}`);
  return options.length === 0 ? initializer.name : `${initializer.name}(${options.join(", ")})`;
}

/** By its name alone where its options are the usual ones. */
function checkInitializer(where: string, value: unknown): string | InitializerConfig {
  if (typeof value !== "string" && (typeof value !== "object" || value === null))
    throw new ConfigError({ where, got: quoted(value), expected: "the name of an initializer, or { name, config }" });
  try {
    const described = describeInitializer(initializerFromConfig(typeof value === "string" ? { name: value } : (value as InitializerConfig)));
    return hasUsualOptions(described) ? described.name : described;
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError({ ...error.complaint, where });
    throw error;
  }
}

/** None of `constant`, whose value has no default. */
const usualOptions = (name: string): Readonly<Record<string, unknown>> => (name === "constant" ? {} : initializerFromConfig({ name }).config());

const hasUsualOptions = ({ name, config }: InitializerConfig): boolean => name !== "constant" && canonicalJson(usualOptions(name)) === canonicalJson(config);

/** Every setting. One that is added here can be a factor of studies, once `run-trial.ts` does something with it. */
export const settingKinds: { readonly [F in Factor]: SettingKind<Settings[F]> } = {
  model: {
    title: "model",
    default: "mlp",
    check: (where, value) =>
      typeof value === "object" && value !== null
        ? checkConfiguration(where, value)
        : oneOf(where, value, MODELS, "a configuration as model.toJSON() gives it"),
    level: modelName,
  },
  hidden: { title: "hidden units", default: 128, check: (where, value) => count(where, value, LARGEST.hidden), level: String, prefix: "hidden " },
  activation: {
    title: "activation",
    default: "relu",
    defaultOf: (model) => (isRecurrent(model) ? "tanh" : "relu"),
    check: (where, value) => oneOf(where, value, activationNames),
    level: asIs,
  },
  dropout: {
    title: "dropout",
    default: 0.2,
    // There is no layer before the output, or a configuration has its own.
    defaultOf: (model) => (model === "softmax" || typeof model !== "string" ? 0 : 0.2),
    check: (where, value) => number(where, value, (rate) => rate >= 0 && rate < 1, "a number, 0 or more, below 1"),
    level: short,
    prefix: "dropout ",
  },
  l1: { title: "L1", default: 0, check: penalty, level: short, prefix: "L1 " },
  l2: { title: "L2", default: 0, check: penalty, level: short, prefix: "L2 " },
  initializer: { title: "initializer", default: "glorotUniform", check: checkInitializer, level: initializerLabel },
  normalization: {
    title: "normalization",
    default: "none",
    check: (where, value) => oneOf(where, value, layerNormalizationNames),
    level: asIs,
    prefix: "normalization ",
  },
  scaling: {
    title: "scaling of inputs",
    default: "unit",
    check: (where, value) => oneOf(where, value, ["unit", "standardize", "none"]),
    level: asIs,
    prefix: "scaling ",
  },
  optimizer: { title: "optimizer", default: "adam", check: (where, value) => oneOf(where, value, optimizerNames), level: asIs },
  learningRate: {
    title: "learning rate",
    default: null,
    check: (where, value) => (value === null ? null : number(where, value, (rate) => rate > 0, "a number, more than 0, or null: the optimizer's default")),
    level: (value) => (value === null ? "default" : short(value)),
    prefix: "rate ",
  },
  schedule: {
    title: "schedule",
    default: "constant",
    check(where, value) {
      const schedule = text(where, value, "a schedule as text, such as cosine or step:0.5@5");
      parseSchedule(schedule, where);
      return schedule;
    },
    level: asIs,
  },
  loss: { title: "loss", default: "sparseCategoricalCrossentropy", check: (where, value) => oneOf(where, value, lossNames), level: asIs },
  batchSize: {
    title: "batch size",
    default: 32,
    check: (where, value) => (value === "full" ? value : count(where, value, LARGEST.batchSize, ', or "full"')),
    level: String,
    prefix: "batch ",
  },
  shuffle: {
    title: "shuffle",
    default: true,
    check(where, value) {
      if (typeof value !== "boolean") throw new ConfigError({ where, got: quoted(value), expected: "true or false" });
      return value;
    },
    level: (value) => (value ? "shuffled batches" : "batches in file order"),
  },
  epochs: { title: "epochs", default: 5, check: (where, value) => count(where, value, MOST_EPOCHS), level: String, prefix: "epochs " },
};

/** The settings by name, in the order in which they are told. */
export const settingNames = Object.keys(settingKinds) as readonly Factor[];

/** Settings that change the shapes of weights. */
export const ofShapes: readonly Factor[] = ["model", "hidden", "normalization"];

export const isRecurrent = (model: Settings["model"]): boolean => typeof model === "string" && RECURRENT.includes(model);

/** Whether `hidden` says something of a model. */
export const hasUnits = (model: Settings["model"]): boolean => model === "mlp" || isRecurrent(model);

/** A level of a setting as text: `adam`, `0.001`, `full`. */
export function levelOf(settings: Settings, factor: Factor): string {
  return (settingKinds[factor] as SettingKind<unknown>).level(settings[factor]);
}

/** Settings with the defaults of what is not among them. */
export function completeSettings(given: Partial<Settings>): Settings {
  const model = given.model ?? settingKinds.model.default;
  const defaults = settingNames.map((name) => [name, settingKinds[name].defaultOf?.(model) ?? settingKinds[name].default]);
  return { ...Object.fromEntries(defaults), ...given } as unknown as Settings;
}
