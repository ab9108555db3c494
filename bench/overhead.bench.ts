/**
 * What regularization costs: a step of the report's CNN plain, and with dropout, L2, one-cycle, averaged weights and clipping; see steps-in-turn.ts.
 * `npx tsx bench/overhead.bench.ts [rounds] [threads]`; on Node 20 `node --experimental-wasm-relaxed-simd --import tsx bench/overhead.bench.ts`.
 */
import { mnist } from "../src/data/index.ts";
import { type AdamOptions, adam, createRuntime, dropout, l2, oneCycle, type Regularizer } from "../src/index.ts";
import { BATCH, cnn, STANDSTILL, stepsInTurn, trainedWeights } from "./steps-in-turn.ts";

const rounds = Number(process.argv[2] ?? 60);
const threads = process.argv[3] === undefined ? undefined : Number(process.argv[3]);

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

const { train } = await mnist();
const stepsPerEpoch = Math.floor(train.length / BATCH);
const runtime = await createRuntime({ threads });
const weights = await trainedWeights(cnn(runtime, { optimizer: adam() }), train);

const contestants = await Promise.all(
  variants.map(async ({ name, penalty, optimizer, cycle = false, rate }) => {
    const beforeLast = rate === undefined ? [] : [dropout(rate)];
    const model = cnn(runtime, { optimizer: adam(optimizer), kernelRegularizer: penalty, beforeLast });
    await model.setWeights(weights);
    const schedule = oneCycle();
    return { name, model, ...(cycle && { rate: (step: number) => schedule.at(step, 3 * stepsPerEpoch, STANDSTILL, stepsPerEpoch) }) };
  }),
);
await stepsInTurn(contestants, train, { rounds, steps: 20 });
await runtime.dispose();
