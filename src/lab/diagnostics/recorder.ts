/** Records what is asked for while a fit runs. @module */
import { savedState } from "../../callbacks/saved-state.ts";
import type { Dataset } from "../../data/dataset/dataset.ts";
import { CheckpointError, ConfigError } from "../../errors.ts";
import { isListOf, isObject, isText } from "../../formats/plain-data.ts";
import type { Callback } from "../../model/fit/callback.ts";
import type { Model } from "../../model/model.ts";
import { type ActivationsOptions, activations } from "./activations.ts";
import { type DeadUnitsOptions, deadUnits } from "./dead-units.ts";
import { type GradientNoiseOptions, gradientNoise } from "./gradient-noise.ts";
import { type LandscapeOptions, landscape } from "./landscape.ts";
import type { Measure, Run } from "./measure.ts";
import { type Diagnostics, type MeasureName, measureNames } from "./names.ts";
import { type NormsOptions, norms } from "./norms.ts";
import { Probe } from "./probe.ts";
import { type SharpnessOptions, sharpness } from "./sharpness.ts";
import { type TrajectoryOptions, trajectory } from "./trajectory.ts";

/** Options of {@link diagnosticsRecorder}, by measure. */
export interface DiagnosticsOptions {
  norms?: NormsOptions;
  activations?: ActivationsOptions;
  "dead-relu"?: DeadUnitsOptions;
  "gradient-noise"?: GradientNoiseOptions;
  sharpness?: SharpnessOptions;
  landscape?: LandscapeOptions;
  trajectory?: TrajectoryOptions;
  /** Chooses samples and directions, the same for every model that is trained on the same data. Default 0. */
  seed?: number;
}

/** A recorder: for one fit at a time. */
export interface DiagnosticsRecorder {
  /** To be among the callbacks of the fit. */
  readonly callback: Callback;
  /**
   * What was recorded; measures the rest, and gives the memory back.
   * @param model the one that was trained @param data what it was trained on
   * @throws ConfigError unless a fit of this model ran with the callback
   */
  finish(model: Model, data: Dataset): Promise<Diagnostics>;
}

/** Epochs at which is measured what is measured by epochs, at most; beside the first. */
const MOST_EPOCHS = 32;

const makers: { readonly [M in MeasureName]: (options: DiagnosticsOptions[M]) => Measure<NonNullable<Diagnostics[M]>> } = {
  norms,
  activations,
  "dead-relu": deadUnits,
  "gradient-noise": gradientNoise,
  sharpness,
  landscape,
  trajectory,
};

/** The options of each. */
const optionNames: { readonly [M in MeasureName]: readonly (keyof NonNullable<DiagnosticsOptions[M]>)[] } = {
  norms: ["every"],
  activations: ["samples", "bins"],
  "dead-relu": ["samples"],
  "gradient-noise": ["batchSize", "batches"],
  sharpness: ["samples", "epsilon", "tolerance", "iterations"],
  landscape: ["samples", "range", "points", "side"],
  trajectory: ["snapshots"],
};

/**
 * Records measures during a fit without changing it: the same weights come of it, bit for bit. All is measured on a copy of the model, from a snapshot of its
 * weights and states.
 * @throws ConfigError for an unknown measure or option, or one out of range
 * @example
 * const recorder = diagnosticsRecorder(["norms", "sharpness"]);
 * await model.fit(train, { epochs: 3, callbacks: [recorder.callback] });
 * const { sharpness } = await recorder.finish(model, train);
 */
export function diagnosticsRecorder(names: readonly MeasureName[], options: DiagnosticsOptions = {}): DiagnosticsRecorder {
  check(names, options);
  const make = (): [MeasureName, Measure<unknown>][] => names.map((name) => [name, (makers[name] as (given: unknown) => Measure<unknown>)(options[name])]);
  let measures = make();
  let run: (Run & { steps: number }) | null = null;

  const wanting = (step: number): Measure<unknown>[] => measures.flatMap(([, measure]) => (measure.wants?.(step) === true ? [measure] : []));
  const prepareStep = (step: number, running: Run): void => {
    for (const measure of wanting(step)) measure.beforeStep?.(step, running);
  };
  const measureEpoch = async (epoch: number, running: Run): Promise<void> => {
    for (const [, measure] of measures) await measure.atEpoch?.(epoch, running);
  };
  const close = (): void => {
    run?.probe.dispose();
    run = null;
  };

  const callback: Callback = {
    name: "diagnostics",
    async onTrainBegin(context) {
      close();
      if (context.isStream)
        throw new ConfigError({ where: "diagnostics", got: "a fit on a stream of batches", expected: "a fit on a dataset, whose samples can be read again" });
      const { resumed } = context;
      // The same object may serve another fit; a resumed one has its records already.
      if (resumed?.file == null) measures = make();
      const steps = resumed?.step ?? 0;
      run = { context, probe: new Probe(context.model), seed: options.seed ?? 0, steps };
      for (const [, measure] of measures) await measure.begin?.(run);
      if (resumed?.file == null) await measureEpoch(0, run);
      // The midst of an epoch does not begin.
      else if (resumed.stepInEpoch > 0) prepareStep(steps, run);
    },
    onEpochBegin(epoch, { stepsPerEpoch }) {
      prepareStep((epoch - 1) * stepsPerEpoch, run as Run);
    },
    onStepEnd({ step, stepInEpoch }, context) {
      const running = run as Run & { steps: number };
      running.steps = step + 1;
      const [done, next] = [wanting(step), stepInEpoch < context.stepsPerEpoch ? wanting(step + 1) : []];
      if (done.length + next.length === 0) return;
      const look = async (): Promise<void> => {
        // Not before the slice has ended, where training's clock stands.
        await null;
        for (const measure of done) await measure.afterStep?.(step, running);
        for (const measure of next) measure.beforeStep?.(step + 1, running);
      };
      context.defer(look());
      context.endSlice();
    },
    async onEpochEnd({ epoch }, { epochs }) {
      if (epoch % Math.ceil(epochs / MOST_EPOCHS) === 0 || epoch === epochs) await measureEpoch(epoch, run as Run);
    },
    state: () => ({ names, records: measures.map(([, measure]) => measure.records()) }),
    restore(saved) {
      const state = savedState<{ names: readonly string[]; records: readonly unknown[] }>("diagnostics", saved, {
        names: isListOf(isText),
        records: Array.isArray,
      });
      if (state.names.join() !== names.join()) {
        throw new CheckpointError({
          where: "diagnostics",
          got: `a run that records ${state.names.join(", ")}`,
          expected: `one that records ${names.join(", ")}`,
          hint: "ask for the same measures in the same order",
        });
      }
      measures = make();
      measures.forEach(([, measure], k) => {
        measure.restore(state.records[k]);
      });
    },
  };

  return {
    callback,
    async finish(model, data) {
      if (run === null || run.context.model !== model) {
        throw new ConfigError({
          where: "diagnostics, finish",
          got: run === null ? "no fit" : "another model than the one that was trained",
          expected: "a fit of this model with the recorder's callback",
          hint: "callbacks: [recorder.callback]; once per fit",
        });
      }
      const found: [MeasureName, unknown][] = [];
      for (const [name, measure] of measures) found.push([name, await measure.finish(run, data)]);
      close();
      return Object.fromEntries(found);
    },
  };
}

/** @throws ConfigError for names that there are not */
function check(names: readonly MeasureName[], options: DiagnosticsOptions): void {
  const odd = names.find((name, i) => !measureNames.includes(name) || names.indexOf(name) !== i);
  if (odd !== undefined || names.length === 0) {
    throw new ConfigError({
      where: "diagnosticsRecorder, measures",
      got: odd === undefined ? "none" : JSON.stringify(odd),
      expected: `some of ${measureNames.join(", ")}, each once`,
    });
  }
  if (!isObject(options)) throw new ConfigError({ where: "diagnosticsRecorder, options", got: String(options), expected: "an object" });
  const unknown = Object.keys(options).find((key) => key !== "seed" && !names.includes(key as MeasureName));
  if (unknown !== undefined) {
    throw new ConfigError({
      where: "diagnosticsRecorder, options",
      got: JSON.stringify(unknown),
      expected: `seed, or a measure that is asked for: ${names.join(", ")}`,
    });
  }
  for (const name of names) {
    const known: readonly string[] = optionNames[name];
    const wrong = Object.keys(options[name] ?? {}).find((key) => !known.includes(key));
    if (wrong !== undefined) throw new ConfigError({ where: `${name}, options`, got: JSON.stringify(wrong), expected: known.join(", ") });
  }
  const { seed = 0 } = options;
  if (!Number.isSafeInteger(seed)) throw new ConfigError({ where: "diagnosticsRecorder, seed", got: String(seed), expected: "an integer" });
}
