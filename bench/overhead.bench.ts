/**
 * What regularization costs: the report's CNN plain, and with dropout, L2, one-cycle, averaged weights and clipping. All in one process, a few steps of
 * each in turn; medians of rounds, as ratios to the plain one of the same round. All have the same weights, trained a little, and rates that hardly
 * move them: how much a rectifier lets through, which differs from run to run, decides more of a step's time than what is measured here.
 * `npx tsx bench/overhead.bench.ts [rounds] [threads]`; on Node 20 `node --experimental-wasm-relaxed-simd --import tsx bench/overhead.bench.ts`.
 */
import { timingOf } from "../src/bench/timing.ts";
import { mnist } from "../src/data/index.ts";
import { type AdamOptions, adam, conv2d, createRuntime, dense, dropout, flatten, l2, maxPool2d, oneCycle, type Regularizer, sequential } from "../src/index.ts";
import { Trainer } from "../src/model/fit/trainer.ts";
import { permutation } from "../src/random.ts";
import { constantRate } from "../src/schedules/index.ts";

const rounds = Number(process.argv[2] ?? 60);
const threads = process.argv[3] === undefined ? undefined : Number(process.argv[3]);
const STEPS = 20;
const BATCH = 32;
const TRAINED = 400;
const STANDSTILL = 1e-9;

const { train } = await mnist();
const order = permutation(train.length, [1, 1]);
const stepsPerEpoch = Math.floor(train.length / BATCH);

/** One more thing at a time. */
const variants: readonly { name: string; penalty?: Regularizer; optimizer?: AdamOptions; cycle?: boolean; rate?: number }[] = [
  { name: "plain" },
  { name: "one-cycle", cycle: true },
  { name: "dropout", rate: 0.5 },
  { name: "L2", penalty: l2() },
  { name: "average", optimizer: { ema: 0.999 } },
  { name: "global clip", optimizer: { globalClipNorm: 1 } },
  { name: "all but clip", penalty: l2(), optimizer: { ema: 0.999 }, cycle: true, rate: 0.5 },
  { name: "all", penalty: l2(), optimizer: { ema: 0.999, globalClipNorm: 1 }, cycle: true, rate: 0.5 },
];

const runtime = await createRuntime({ threads });
const cnn = (kernelRegularizer?: Regularizer, options: AdamOptions = {}, rate = 0) =>
  sequential({ inputShape: [28, 28, 1], seed: 1, runtime }, [
    conv2d(32, 3, { activation: "relu", kernelRegularizer }),
    maxPool2d(2),
    conv2d(64, 3, { activation: "relu", kernelRegularizer }),
    maxPool2d(2),
    flatten(),
    dense(64, { activation: "relu", kernelRegularizer }),
    ...(rate > 0 ? [dropout(rate)] : []),
    dense(10, { activation: "softmax", kernelRegularizer }),
  ]).compile({ optimizer: adam(options), loss: "sparseCategoricalCrossentropy" });

const first = cnn();
await first.fit(train.subset(order.slice(0, TRAINED * BATCH)), { batchSize: BATCH });
const weights = (await first.getWeights()).map(({ data }) => data);

const contestants = await Promise.all(
  variants.map(async ({ name, penalty, optimizer: options, cycle = false, rate }) => {
    const model = cnn(penalty, options, rate);
    await model.setWeights(weights);
    const { optimizer } = model.needCompiled("bench");
    const trainer = new Trainer(
      await model.load("train", train, BATCH, 1),
      optimizer,
      model.optimizerState,
      ["loss", "accuracy"],
      [1, 2],
      model.architecture.parameters,
    );
    trainer.refresh();
    return { name, trainer, schedule: cycle ? oneCycle() : constantRate(), step: 0, ratios: [] as number[], times: [] as number[] };
  }),
);

for (let round = 0; round < rounds; round++) {
  let plain = 0;
  for (const c of contestants) {
    const times: number[] = [];
    for (let k = 0; k < STEPS; k++) {
      const from = (c.step % stepsPerEpoch) * BATCH;
      const before = performance.now();
      c.trainer.step(order, from, from + BATCH, c.schedule.at(c.step, 3 * stepsPerEpoch, STANDSTILL, stepsPerEpoch), c.step++);
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
