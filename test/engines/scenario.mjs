/**
 * What every engine runs: small networks on data made by integer arithmetic, once in mode `deterministic` and twice in `fast`; where
 * memory can be shared, on 2 to 4 threads too. And a study's trial, with diagnostics, and a report.
 * @param gradiente the built package and its `data` and `lab` entries, as one namespace
 * @param runtimeOf makes a runtime of a mode and a number of threads
 */
export async function scenario(gradiente, runtimeOf) {
  const result = {
    lab: await studied(gradiente, await runtimeOf("deterministic", 1)),
    deterministic: await train(gradiente, await runtimeOf("deterministic", 1)),
    fast: await train(gradiente, await runtimeOf("fast", 1)),
    again: await train(gradiente, await runtimeOf("fast", 1)),
    rates: rates(gradiente),
    threads: [],
  };
  if ((await runtimeOf("fast", undefined)).threads === 1) return result;
  for (const threads of [2, 3, 4]) {
    for (const mode of ["deterministic", "fast"]) {
      const runtime = await runtimeOf(mode, threads);
      result.threads.push({ threads, mode, ...(await train(gradiente, runtime)), started: runtime.team !== null });
      await runtime.dispose();
    }
  }
  return result;
}

const SAMPLES = 400;
const WIDTH = 64;
const CLASSES = 10;

async function train({ sequential, dense, conv2d, flatten, randomAffine, randomElastic, adam, sgd, dataset }, runtime) {
  const { bytes, labels } = samples();
  const shape = { y: labels, sampleShape: [WIDTH], classes: CLASSES };
  const asFloats = dataset({ x: Float32Array.from(bytes, (byte) => byte / 256), ...shape });
  const asBytes = dataset({ x: bytes, ...shape });
  const softmax = dense(CLASSES, { activation: "softmax" });
  const networks = {
    mlp: { layers: [dense(32, { activation: "relu" }), softmax], optimizer: adam(), data: asFloats },
    // Everything that has an exponential or a logarithm in it.
    smooth: {
      layers: [
        dense(24, { activation: "softplus" }),
        dense(20, { activation: "sigmoid" }),
        dense(18, { activation: "elu" }),
        dense(16, { activation: "tanh" }),
        softmax,
      ],
      optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
      data: asFloats,
    },
    // Enough work for threads.
    wide: { layers: [dense(256, { activation: "relu" }), dense(256, { activation: "relu" }), softmax], optimizer: adam(), data: asFloats },
    // Mostly zeros, kept as bytes: the first product goes by lists of what is not zero.
    bytes: { layers: [dense(32, { activation: "leakyRelu" }), softmax], optimizer: adam(), data: asBytes },
    // Places that are drawn: sines, cosines and splines decide about bits.
    images: {
      inputShape: [8, 8, 1],
      layers: [
        randomAffine({ rotation: 0.01, zoom: 0.05, shift: 0.03 }),
        randomElastic({ alpha: 2, sigma: 2, fillMode: "nearest" }),
        conv2d(8, 3, { activation: "relu" }),
        flatten(),
        softmax,
      ],
      optimizer: adam({ learningRate: 0.01 }),
      data: dataset({ x: bytes, ...shape, sampleShape: [8, 8, 1] }),
    },
  };
  const trained = {};
  for (const [name, { inputShape = [WIDTH], layers, optimizer, data }] of Object.entries(networks)) {
    const model = sequential({ inputShape, seed: 7, runtime }, layers);
    model.compile({ optimizer, loss: "sparseCategoricalCrossentropy" });
    const { epochs } = await model.fit(data, { epochs: 3, batchSize: 32 });
    const { loss, accuracy } = await model.evaluate(data);
    trained[name] = { sha256: await model.weightsSha256(), losses: epochs.map((epoch) => epoch.loss), loss, accuracy };
  }
  return { kernels: runtime.kernels, trained };
}

/** A trial of a study, and a report that has a figure. */
async function studied({ defineStudy, runTrial, trialId, renderHtml, dataset }, runtime) {
  const study = defineStudy({
    name: "engines",
    title: "Engines",
    question: "Are they alike?",
    base: { hidden: 16, epochs: 2 },
    factors: { dropout: [0, 0.5] },
    measures: ["norms", "dead-relu"],
  });
  const { bytes, labels } = samples();
  const all = dataset({ x: bytes, y: labels, sampleShape: [WIDTH], classes: CLASSES });
  const trial = {
    settings: { ...study.cells[1].settings, learningRate: 0.01 },
    seed: 1,
    role: "report",
    data: { name: "engines", limit: null, validation: 0.1 },
    start: null,
    keepsWeights: false,
    validations: 2,
    measures: study.measures,
  };
  const { result } = await runTrial(trial, { data: { train: all, test: all }, runtime, start: null });
  const { weightsSha256, correct, test, diagnostics } = result;
  const intervals = {
    kind: "intervals",
    title: "Accuracy",
    caption: "Of one.",
    x: { label: "accuracy" },
    rows: [{ name: "one", value: 0.5, low: 0.25, high: 0.75 }],
  };
  const report = { title: study.title, question: study.question, quick: false, verdict: [], conditions: [], rows: [] };
  const html = await renderHtml({ ...report, sections: [{ heading: "Result", text: [], items: [intervals] }] });
  return {
    digest: study.digest,
    result: { id: result.id, known: result.id === trialId(trial), weightsSha256, correct, test, diagnostics },
    whole: html.startsWith("<!doctype html>") && html.trimEnd().endsWith("</html>"),
  };
}

/** Rates of every schedule, as JSON writes them: with all their digits. */
function rates(gradiente) {
  const schedules = [
    gradiente.stepDecay({ gamma: 0.7, decaySteps: 3 }),
    gradiente.exponentialDecay({ decayRate: 0.93, decaySteps: 7 }),
    gradiente.inverseTimeDecay({ decayRate: 0.3, decaySteps: 7 }),
    gradiente.polynomialDecay({ power: 1.7 }),
    gradiente.cosineDecay({ alpha: 0.01 }),
    gradiente.cosineDecayRestarts({ firstDecaySteps: 9, tMul: 1.5, mMul: 0.9 }),
    gradiente.oneCycle(),
    gradiente.cyclical({ mode: "triangular2", upSteps: 7 }),
    gradiente.cyclical({ mode: "exp-range", gamma: 0.991, upSteps: 7 }),
    gradiente.warmUp(gradiente.cosineDecay(), { warmupSteps: 11 }),
  ];
  return schedules.map((schedule) => Array.from({ length: 100 }, (_, step) => schedule.at(step, 100, 0.003, 10)));
}

/** Samples of ten classes: faint noise in a quarter of the places, and a bright tenth that tells the class. */
function samples() {
  let state = 1;
  const next = (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 16) % below;
  };
  const bytes = new Uint8Array(SAMPLES * WIDTH);
  const labels = new Uint8Array(SAMPLES);
  for (let s = 0; s < SAMPLES; s++) {
    labels[s] = next(CLASSES);
    for (let i = 0; i < WIDTH; i++) {
      const noise = next(4) === 0 ? next(128) : 0;
      bytes[s * WIDTH + i] = i % CLASSES === labels[s] ? 255 - noise : noise;
    }
  }
  return { bytes, labels };
}
