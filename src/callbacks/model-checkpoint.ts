/** Saving the model as it trains. @module */
import { ConfigError } from "../errors.ts";
import { isListOf, isNumber, isText } from "../formats/plain-data.ts";
import { type Callback, type FitContext, monitored } from "../model/fit/callback.ts";
import type { EpochReport } from "../model/history.ts";
import { encodeModel } from "../model/saved/save.ts";
import { directionOf, integers, isBetter, type MonitorMode, worst } from "./monitor.ts";
import { savedState } from "./saved-state.ts";

/** Options of {@link modelCheckpoint}. */
export interface ModelCheckpointOptions {
  /**
   * A file, whose name may hold `{epoch}` (from 1), `{step}` (steps done), and with `saveFreq: "epoch"` the epoch's quantities, formatted as in Python:
   * `models/{epoch:03d}-{valLoss:.4f}.safetensors`.
   */
  path: string;
  /** With saveBestOnly. Default `valLoss`. */
  monitor?: string;
  /** Default `auto`. */
  mode?: MonitorMode;
  /** Saves only when the monitored quantity is better than ever. Default false. */
  saveBestOnly?: boolean;
  /** After each epoch, or after every so many steps. Default `"epoch"`. */
  saveFreq?: "epoch" | number;
  /** How many files to keep: older ones are removed. Default all. */
  keep?: number;
  /** With saveBestOnly: what the first value has to beat. Default none. */
  initialValueThreshold?: number;
}

interface State {
  best: number;
  /** Oldest first. */
  files: string[];
}

/** `{name}`, `{name:03d}`, `{name:.4f}`. */
const FIELD = /\{(\w+)(?::(?:0?(\d+)d|\.(\d+)f))?\}/g;

/** What numbers look like in a name. */
const NUMBER = "0*-?(?:\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?|NaN|Infinity)";

/** The names that a template makes. */
function pattern(path: string): RegExp {
  // Between two of them stand the three parts of a field.
  const literals = path.split(FIELD).filter((_, i) => i % 4 === 0);
  return new RegExp(`^${literals.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(NUMBER)}$`);
}

/**
 * Saves the model as `model.save` does, whole or not at all; Keras's ModelCheckpoint. To go on with training use fit's own `checkpoint`, which keeps
 * the optimizer too. Node, Deno, Bun.
 * @throws ConfigError for contradictory options; FileError, when the fit starts, if the folder cannot be written
 */
export function modelCheckpoint(options: ModelCheckpointOptions): Callback {
  const where = "modelCheckpoint";
  const {
    path,
    monitor = "valLoss",
    mode = "auto",
    saveBestOnly = false,
    saveFreq = "epoch",
    keep = Number.POSITIVE_INFINITY,
    initialValueThreshold,
  } = options;
  if (saveFreq !== "epoch") integers(where, 1, { saveFreq });
  if (keep !== Number.POSITIVE_INFINITY) integers(where, 1, { keep });
  if (saveBestOnly && saveFreq !== "epoch") {
    throw new ConfigError({ where, got: `saveBestOnly with saveFreq = ${saveFreq}`, expected: 'saveFreq "epoch": quantities are those of an epoch' });
  }
  const direction = saveBestOnly ? directionOf(where, monitor, mode) : "min";
  const fields = [...path.matchAll(FIELD)].map(([, name]) => name);
  const start = (): State => ({ best: initialValueThreshold ?? worst(direction), files: [] });
  let state = start();
  const ours = pattern(path);
  let last: Promise<unknown> = Promise.resolve();

  /** The model's bytes are taken at once; writing them is for later, in order. */
  const save = (context: FitContext, values: Record<string, number>): Promise<unknown> => {
    const file = path.replace(FIELD, (_, name: string, width?: string, digits?: string) => {
      if (digits !== undefined) return values[name].toFixed(Number(digits));
      return String(values[name]).padStart(Number(width ?? 0), "0");
    });
    state.files = [...state.files.filter((known) => known !== file), file];
    const old = state.files.splice(0, Math.max(0, state.files.length - keep));
    last = Promise.all([encodeModel(context.model), last]).then(async ([bytes]) => {
      const { removeFile, writeFileAtomic } = await import("../formats/atomic-file.node.ts");
      await writeFileAtomic(file, bytes);
      for (const name of old) await removeFile(name);
    });
    return last;
  };
  const quantities = (report: EpochReport, { monitors }: FitContext): Record<string, number> =>
    Object.fromEntries(monitors.map((name) => [name, monitored(report, name)]));

  return {
    name: where,
    monitor: saveBestOnly ? monitor : undefined,
    async onTrainBegin(context) {
      const known = ["epoch", "step", ...(saveFreq === "epoch" ? context.monitors : [])];
      const unknown = fields.find((name) => !known.includes(name));
      if (unknown !== undefined) throw new ConfigError({ where: `${where}, path`, got: `{${unknown}}`, expected: known.map((name) => `{${name}}`).join(", ") });
      const { prepareFolder } = await import("../formats/atomic-file.node.ts");
      await prepareFolder(/^(.*)[\\/][^\\/]*$/.exec(path)?.[1] ?? ".");
      if (context.resumed?.file == null) state = start();
      last = Promise.resolve();
    },
    onStepEnd:
      saveFreq === "epoch"
        ? undefined
        : ({ step, epoch }, context) => {
            if ((step + 1) % saveFreq === 0) context.defer(save(context, { epoch, step: step + 1 }));
          },
    async onEpochEnd(report, context) {
      if (saveFreq !== "epoch") return;
      const values = quantities(report, context);
      if (saveBestOnly) {
        if (!isBetter(direction, values[monitor], state.best, 0)) return;
        state.best = values[monitor];
      }
      await save(context, { ...values, epoch: report.epoch, step: context.history.epochs.reduce((sum, { steps }) => sum + steps, 0) });
    },
    state: () => state,
    restore(saved) {
      const { best, files } = savedState<State>(where, saved, { best: isNumber, files: isListOf(isText) });
      // Only files of ours are ever removed, whatever a checkpoint says.
      state = { best, files: files.filter((file) => ours.test(file)) };
    },
  };
}
