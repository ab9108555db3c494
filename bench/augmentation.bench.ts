/**
 * What augmentation costs: a step of the report's CNN plain, and with each of the layers in front; see steps-in-turn.ts. Moved and smoothed images have more
 * pixels that are not 0 than those of the data set, which counts too.
 * `npx tsx bench/augmentation.bench.ts [rounds] [threads]`; on Node 20 `node --experimental-wasm-relaxed-simd --import tsx bench/augmentation.bench.ts`.
 */
import { mnist } from "../src/data/index.ts";
import { adam, createRuntime, type Layer, randomAffine, randomElastic, randomFlip, randomShift } from "../src/index.ts";
import { BATCH, cnn, stepsInTurn, trainedWeights } from "./steps-in-turn.ts";

const rounds = Number(process.argv[2] ?? 240);
const threads = process.argv[3] === undefined ? undefined : Number(process.argv[3]);

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

const { train } = await mnist();
const runtime = await createRuntime({ threads });
const augmented = (first: readonly Layer[]) => cnn(runtime, { optimizer: adam(), first });
const weights = await trainedWeights(augmented([]), train);

/** Images differ while training, and only then. @throws Error */
async function check(): Promise<void> {
  const few = train.take(BATCH);
  let plain: { readonly predictions: string; readonly gradient: string } | undefined;
  for (const { name, layers } of variants) {
    const model = augmented(layers);
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
    const model = augmented(layers);
    await model.setWeights(weights);
    return { name, model };
  }),
);
await stepsInTurn(contestants, train, { rounds, steps: 5 });
await runtime.dispose();
