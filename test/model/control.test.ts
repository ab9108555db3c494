/** Steering a fit while it runs. */
import { describe, expect, it } from "vitest";
import { adam, type Callback, ConfigError, fitControl, type StepReport, sgd } from "../../src/index.ts";
import { lines, smallModel } from "./support.ts";

const data = lines(240);
const settings = { epochs: 3, batchSize: 24 };
const model = () => smallModel({ optimizer: adam({ learningRate: 0.01 }) });

async function undisturbed(): Promise<string> {
  const m = model();
  await m.fit(data, settings);
  return m.weightsSha256();
}

describe("a paused fit", () => {
  it("waits, takes single steps, and goes on with the same bits", async () => {
    const control = fitControl();
    const m = model();
    let steps = 0;
    expect(control.status).toBe("idle");
    await control.pause();
    const done = m.fit(data, { ...settings, control, onStep: () => void steps++ });
    expect(control.status).toBe("running");
    await control.pause();
    expect(control.status).toBe("paused");
    expect(steps).toBe(0);
    await control.step();
    expect(steps).toBe(1);
    // Over the end of an epoch.
    await control.step(13);
    expect([steps, control.status]).toEqual([14, "paused"]);
    // The weights can be looked at, at leisure.
    const before = await m.weightsSha256();
    await new Promise((resolve) => setImmediate(resolve));
    expect(await m.weightsSha256()).toBe(before);
    control.resume();
    const history = await done;
    expect(steps).toBe(30);
    expect(history).toMatchObject({ stopped: false, stopReason: null, learningRateChanges: [] });
    expect(history.epochs).toHaveLength(3);
    expect(control.status).toBe("idle");
    expect(await m.weightsSha256()).toBe(await undisturbed());
  });

  it("pauses after the step in which a listener asks", async () => {
    const control = fitControl();
    let at = -1;
    let asked: (paused: Promise<void>) => void = () => undefined;
    const paused = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const done = model().fit(data, {
      ...settings,
      control,
      onStep({ step }) {
        at = step;
        if (step === 4) asked(control.pause());
      },
    });
    await paused;
    expect([at, control.status]).toEqual([4, "paused"]);
    control.resume();
    expect((await done).epochs.map(({ steps }) => steps)).toEqual([10, 10, 10]);
  });

  it("can be stopped, and counts no epoch that had no step", async () => {
    const control = fitControl();
    await control.pause();
    const done = model().fit(data, { ...settings, control });
    await control.pause();
    const stepping = control.step(10);
    await stepping;
    const waiting = control.pause();
    control.stop();
    const history = await done;
    await waiting;
    expect(history).toMatchObject({ stopped: true, stopReason: "control" });
    expect(history.epochs.map(({ epoch, steps }) => [epoch, steps])).toEqual([[1, 10]]);
  });
});

describe("a paused fit that is aborted, or fails", () => {
  it("ends at once by an AbortSignal", async () => {
    const [control, abort] = [fitControl(), new AbortController()];
    await control.pause();
    const done = model().fit(data, { ...settings, control, signal: abort.signal });
    await control.step(3);
    abort.abort();
    expect(await done).toMatchObject({ stopReason: "signal", epochs: [{ steps: 3 }] });
  });

  it("gives its handle back as new", async () => {
    const control = fitControl();
    await control.pause();
    const late: Callback = { name: "late", onStepEnd: (_, context) => context.defer(Promise.reject(new Error("no space"))) };
    const failing = model().fit(data, { ...settings, control, callbacks: [late] });
    failing.catch(() => undefined);
    await control.step();
    await expect(failing).rejects.toThrow("no space");
    const done = model().fit(data, { ...settings, control });
    expect(control.status).toBe("running");
    await done;
  });
});

describe("stop", () => {
  it("ends the fit after the running step", async () => {
    const control = fitControl();
    const history = await model().fit(data, { ...settings, control, onStep: ({ step }) => void (step === 12 && control.stop()) });
    expect(history.epochs.map(({ epoch, steps }) => [epoch, steps])).toEqual([
      [1, 10],
      [2, 3],
    ]);
    expect(history).toMatchObject({ stopped: true, stopReason: "control" });
  });

  it("the handle can be used again", async () => {
    const control = fitControl();
    const m = model();
    await m.fit(data, { ...settings, control, onStep: () => control.stop() });
    expect((await m.fit(data, { ...settings, control })).epochs).toHaveLength(3);
  });
});

describe("the learning rate", () => {
  it("changes at the next step, and is recorded with it", async () => {
    const control = fitControl();
    const rates: number[] = [];
    const onStep = ({ step, learningRate }: StepReport): void => {
      rates.push(learningRate);
      if (step === 3) control.setLearningRate(0.5);
      // The last word counts.
      if (step === 5) control.setLearningRate(7);
      if (step === 5) control.setLearningRate(0.25);
      if (step === 6) control.setLearningRate(0.25);
    };
    const m = smallModel({ optimizer: sgd({ learningRate: 1 }) });
    const history = await m.fit(data, { batchSize: 24, control, onStep });
    expect(rates).toEqual([1, 1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25]);
    expect(history.learningRateChanges).toEqual([
      { step: 4, learningRate: 0.5 },
      { step: 6, learningRate: 0.25 },
    ]);
    expect(history.epochs[0].learningRate).toBe(0.25);
  });

  it("is what a schedule starts from", async () => {
    const control = fitControl();
    const rates: number[] = [];
    const schedule = { name: "halves", at: (step: number, _: number, rate: number) => rate / (step + 1), config: () => ({}) };
    await smallModel({ optimizer: sgd({ learningRate: 1 }) }).fit(data, {
      batchSize: 60,
      schedule,
      control,
      onStep({ step, learningRate }) {
        rates.push(learningRate);
        if (step === 1) control.setLearningRate(12);
      },
    });
    expect(rates).toEqual([1, 1 / 2, 12 / 3, 12 / 4]);
  });

  it("really is the one that trains: two halves are a fit with each rate", async () => {
    const control = fitControl();
    const [a, b] = [smallModel(), smallModel()];
    await a.fit(data, { epochs: 2, batchSize: 24, learningRate: 0.5, control, onEpoch: () => control.setLearningRate(0.125) });
    await b.fit(data, { batchSize: 24, learningRate: 0.5 });
    await b.fit(data, { batchSize: 24, learningRate: 0.125 });
    expect(await a.weightsSha256()).toBe(await b.weightsSha256());
  });
});

describe("bad use", () => {
  it("of the handle", async () => {
    const control = fitControl();
    expect(() => control.step(0)).toThrow(ConfigError);
    expect(() => control.setLearningRate(-1)).toThrow(/control.setLearningRate: got -1, expected a finite number, 0 or more/);
    const first = model().fit(data, { ...settings, control });
    await expect(model().fit(data, { ...settings, control })).rejects.toThrow(/a fit that is running/);
    await first;
  });

  it("a fit that failed gives it back", async () => {
    const control = fitControl();
    const schedule = { name: "bad", at: () => Number.NaN, config: () => ({}) };
    await expect(model().fit(data, { ...settings, control, schedule })).rejects.toThrow(ConfigError);
    expect(control.status).toBe("idle");
  });
});

describe("callbacks", () => {
  const recorder = (log: string[]): Callback => ({
    name: "recorder",
    onTrainBegin: ({ epochs, stepsPerEpoch, resumed }) => void log.push(`begin ${epochs} ${stepsPerEpoch} ${resumed}`),
    async onEpochBegin(epoch) {
      await new Promise((resolve) => setImmediate(resolve));
      log.push(`epoch ${epoch}`);
    },
    onStepEnd: ({ step, stepInEpoch }) => void log.push(`step ${step} ${stepInEpoch}`),
    async onEpochEnd({ epoch }, { history }) {
      await new Promise((resolve) => setImmediate(resolve));
      log.push(`end of ${epoch}, ${history.epochs.length} in history`);
    },
    onTrainEnd: ({ epochs, stopReason }) => void log.push(`end ${epochs.length} ${stopReason}`),
  });

  it("are called in order, and awaited", async () => {
    const log: string[] = [];
    await model().fit(data, { epochs: 2, batchSize: 120, callbacks: [recorder(log)] });
    expect(log).toEqual([
      "begin 2 2 null",
      "epoch 1",
      "step 0 1",
      "step 1 2",
      "end of 1, 1 in history",
      "epoch 2",
      "step 2 1",
      "step 3 2",
      "end of 2, 2 in history",
      "end 2 null",
    ]);
  });

  it("stop the fit; an epoch cut short does not end for them", async () => {
    const log: string[] = [];
    const stopper: Callback = { name: "stopper", onStepEnd: ({ step }, context) => void (step === 2 && context.stop("enough")) };
    const history = await model().fit(data, { epochs: 9, batchSize: 120, callbacks: [recorder(log), stopper] });
    expect(history).toMatchObject({ stopped: true, stopReason: "enough" });
    expect(history.epochs.map(({ steps }) => steps)).toEqual([2, 1]);
    expect(log.slice(-3)).toEqual(["epoch 2", "step 2 1", "end 2 enough"]);
  });

  it("deferred work is waited for, and its failure is the fit's", async () => {
    let finished = 0;
    const slow: Callback = {
      name: "slow",
      onStepEnd: (_, context) =>
        context.defer(
          new Promise((resolve) => setImmediate(resolve)).then(() => {
            finished++;
          }),
        ),
      onEpochEnd: () => void expect(finished % 10).toBe(0),
    };
    await model().fit(data, { ...settings, callbacks: [slow] });
    expect(finished).toBe(30);
    const failing: Callback = { name: "failing", onStepEnd: (_, context) => context.defer(Promise.reject(new Error("no space"))) };
    await expect(model().fit(data, { ...settings, callbacks: [failing] })).rejects.toThrow("no space");
  });

  it("a promise of onStepEnd, onStep or onNonFinite is waited for, and its failure is the fit's", async () => {
    const late = (): Promise<never> => new Promise((resolve) => setImmediate(resolve)).then(() => Promise.reject(new Error("too late")));
    await expect(model().fit(data, { ...settings, onStep: late })).rejects.toThrow("too late");
    await expect(model().fit(data, { ...settings, callbacks: [{ name: "late", onStepEnd: late }] })).rejects.toThrow("too late");
    const m = smallModel({ optimizer: sgd({ learningRate: 1e30 }) });
    await expect(m.fit(data, { ...settings, callbacks: [{ name: "late", onNonFinite: late }] })).rejects.toThrow("too late");
  });

  it("see the samples of each step, also where they are shuffled and some are held out", async () => {
    const rate = 0.25;
    const m = smallModel({ optimizer: sgd({ learningRate: rate }) });
    const other = smallModel();
    let before = (await m.getWeights()).map((w) => w.data);
    let last = 0;
    const seen: number[][] = [];
    const watch: Callback = {
      name: "watch",
      onStepEnd({ stepInEpoch }, context) {
        const batch = context.lastBatch();
        seen.push([...(batch.rows ?? [])]);
        last = batch.length;
        expect(batch.length).toBe(stepInEpoch === 10 ? 8 : context.rowsPerStep);
        const now = context.getWeights().map((w) => w.data);
        const start = before;
        before = now;
        context.defer(
          (async () => {
            await other.setWeights(start);
            const { gradients } = await other.gradients(batch);
            gradients.forEach(({ data: g }, p) => {
              for (let i = 0; i < g.length; i++) expect(Math.abs(now[p][i] - (start[p][i] - rate * g[i]))).toBeLessThan(1e-6);
            });
          })(),
        );
        context.endSlice();
      },
      onEpochEnd(_, context) {
        expect(last).toBe(8);
        expect(context.lastBatch().length).toBe(0);
        expect(context.data.length).toBe(224);
      },
    };
    await m.fit(lines(240), { epochs: 2, batchSize: 24, validationSplit: 1 / 15, callbacks: [watch] });
    const epochs = [seen.slice(0, 10), seen.slice(10)].map((steps) => steps.flat());
    expect(epochs[0]).not.toEqual(epochs[1]);
    expect(epochs.map((rows) => [...rows].sort((a, b) => a - b))).toEqual([epochs[0], epochs[0]].map((rows) => [...rows].sort((a, b) => a - b)));
    expect(new Set(epochs[0]).size).toBe(224);
  });

  it("end the slice, so that what a step deferred is done before the next", async () => {
    let pending = 0;
    const slow: Callback = {
      name: "slow",
      onStepEnd(_, context) {
        expect(pending).toBe(0);
        pending++;
        context.defer(new Promise((resolve) => setImmediate(resolve)).then(() => void pending--));
        context.endSlice();
      },
    };
    const m = model();
    await m.fit(data, { ...settings, callbacks: [slow] });
    expect(await m.weightsSha256()).toBe(await undisturbed());
  });

  it("read and replace weights where the model itself refuses", async () => {
    const m = model();
    const first = (await m.getWeights()).map((w) => w.data);
    const undo: Callback = {
      name: "undo",
      async onEpochEnd(_, context) {
        await expect(context.model.setWeights(first)).rejects.toThrow(ConfigError);
        context.setWeights(first);
        expect(context.getWeights().map((w) => w.data)).toEqual(first);
        expect(await context.evaluate(data)).toMatchObject({ accuracy: expect.any(Number) });
      },
    };
    const before = await m.weightsSha256();
    await m.fit(data, { ...settings, callbacks: [undo] });
    expect(await m.weightsSha256()).toBe(before);
  });

  it.each([
    ["valLoss", /^watch, monitor: got "valLoss", expected loss, accuracy, penalty\nHint: give fit validationData/],
    ["val_loss", /expected loss, accuracy, penalty\nHint/],
    ["acc", /^watch, monitor: got "acc", expected loss, accuracy, penalty$/],
  ])("a monitor %s that does not exist fails before training", async (monitor, message) => {
    const m = model();
    let begun = false;
    const watch: Callback = { name: "watch", monitor, onTrainBegin: () => void (begun = true) };
    await expect(m.fit(data, { callbacks: [watch] })).rejects.toThrow(message);
    expect([begun, m.stepsTrained]).toEqual([false, 0]);
  });
});
