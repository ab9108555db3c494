/**
 * What augmentation costs: a step of the report's CNN plain, and with each of the layers in front. All in one process, a few steps of each in turn; medians
 * of rounds, as ratios to the plain one of the same round. All have the same weights, trained a little on plain images, and rates that hardly move them, as
 * in overhead.bench.ts. Moved and smoothed images have more pixels that are not 0 than those of the data set, which counts too.
 * `npx tsx bench/augmentation.bench.ts [rounds] [threads]`; on Node 20 `node --experimental-wasm-relaxed-simd --import tsx bench/augmentation.bench.ts`.
 */
import { timingOf } from "../src/bench/timing.ts";
import { mnist } from "../src/data/index.ts";
import {
  adam,
  conv2d,
  createRuntime,
  dense,
  flatten,
  type Layer,
  maxPool2d,
  randomAffine,
  randomElastic,
  randomFlip,
  randomShift,
  sequential,
} from "../src/index.ts";
import { Trainer } from "../src/model/fit/trainer.ts";
import { permutation } from "../src/random.ts";

const rounds = Number(process.argv[2] ?? 240);
const threads = process.argv[3] === undefined ? undefined : Number(process.argv[3]);
const STEPS = 5;
const BATCH = 32;
const TRAINED = 400;
const STANDSTILL = 1e-9;

const { train } = await mnist();
const order = permutation(train.length, [1, 1]);
const stepsPerEpoch = Math.floor(train.length / BATCH);
const runtime = await createRuntime({ threads });

const affine = (): Layer => randomAffine({ rotation: 0.04, zoom: 0.1, shift: 0.08 });
const variants: readonly { name: string; layers: Layer[] }[] = [
  { name: "plain", layers: [] },
  { name: "plain again", layers: [] },
  { name: "randomShift", layers: [randomShift(2)] },
  { name: "randomFlip", layers: [randomFlip("horizontal")] },
  { name: "randomAffine", layers: [affine()] },
  { name: "randomElastic", layers: [randomElastic()] },
  { name: "both", layers: [affine(), randomElastic()] },
];

const cnn = (layers: readonly Layer[]) =>
  sequential({ inputShape: [28, 28, 1], seed: 1, runtime }, [
    ...layers,
    conv2d(32, 3, { activation: "relu" }),
    maxPool2d(2),
    conv2d(64, 3, { activation: "relu" }),
    maxPool2d(2),
    flatten(),
    dense(64, { activation: "relu" }),
    dense(10, { activation: "softmax" }),
  ]).compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy" });

const first = cnn([]);
await first.fit(train.subset(order.slice(0, TRAINED * BATCH)), { batchSize: BATCH });
const weights = (await first.getWeights()).map(({ data }) => data);

/** Images differ while training, and only then. @throws Error */
async function check(): Promise<void> {
  const few = train.take(BATCH);
  let plain: { readonly predictions: string; readonly gradient: string } | undefined;
  for (const { name, layers } of variants) {
    const model = cnn(layers);
    await model.setWeights(weights);
    const { loss, gradients } = await model.gradients(few);
    const own = { predictions: String(await model.predict(few)), gradient: String(gradients[0].data) };
    plain ??= own;
    if (!Number.isFinite(loss)) throw new Error(`${name}: the loss is ${loss}`);
    if (own.predictions !== plain.predictions) throw new Error(`${name}: predictions are not those of the plain network`);
    if ((own.gradient === plain.gradient) !== (layers.length === 0))
      throw new Error(`${name}: gradients are ${layers.length ? "" : "not "}those of the plain network`);
  }
}
await check();

const contestants = await Promise.all(
  variants.map(async ({ name, layers }) => {
    const model = cnn(layers);
    await model.setWeights(weights);
    const { optimizer } = model.needCompiled("bench");
    const trainer = new Trainer(await model.load("train", train, BATCH, 1), optimizer, model.optimizerState, ["loss"], [1, 2], model.architecture.parameters);
    trainer.refresh();
    return { name, trainer, step: 0, ratios: [] as number[], times: [] as number[] };
  }),
);

for (let round = 0; round < rounds; round++) {
  let plain = 0;
  for (const c of contestants) {
    const times: number[] = [];
    for (let k = 0; k < STEPS; k++) {
      const from = (c.step % stepsPerEpoch) * BATCH;
      const before = performance.now();
      c.trainer.step(order, from, from + BATCH, STANDSTILL, c.step++);
      times.push(performance.now() - before);
    }
    const { median } = timingOf(times);
    if (c === contestants[0]) plain = median;
    // The first rounds warm up.
    if (round < 5) continue;
    c.times.push(median);
    c.ratios.push(median / plain);
  }
  await new Promise((resolve) => setTimeout(resolve, 1));
}
console.log(`${runtime.kernels}, ${runtime.threads} threads, batch ${BATCH}`);
for (const { name, times, ratios } of contestants) {
  const ratio = timingOf(ratios);
  console.log(
    `${name.padEnd(14)} ${timingOf(times).median.toFixed(3)} ms   ${ratio.median.toFixed(3)} x plain (${ratio.p10.toFixed(3)} to ${ratio.p90.toFixed(3)})`,
  );
}
await runtime.dispose();
