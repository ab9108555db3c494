/**
 * Two images, two questions: which digit is the left one, and are the two the same? One tower of layers looks at both images with the same weights, and
 * two losses train it.
 *
 *     npx tsx examples/two-inputs.ts [pairs] [epochs]
 */
import { adam, call, conv2d, defineLayer, dense, flatten, input, maxPool2d, model, ops, progressBar } from "gradiente";
import { type Dataset, dataset, mnist } from "gradiente/data";

const [count = 20_000, epochs = 4] = process.argv.slice(2).map(Number);

/** Each image beside another one, every second time of the same digit. */
function pairs(images: Dataset): Dataset {
  const size = 28 * 28;
  const [left, right] = [new Uint8Array(images.length * size), new Uint8Array(images.length * size)];
  const digit = new Uint8Array(images.length);
  const isSame = new Float32Array(images.length);
  const lastOf = new Map<number, number>();
  for (let i = 0; i < images.length; i++) {
    digit[i] = images.label(i);
    const other = (i % 2 === 0 ? lastOf.get(digit[i]) : undefined) ?? Math.max(0, i - 1);
    isSame[i] = digit[i] === images.label(other) ? 1 : 0;
    left.set(images.x.subarray(i * size, (i + 1) * size), i * size);
    right.set(images.x.subarray(other * size, (other + 1) * size), i * size);
    lastOf.set(digit[i], i);
  }
  return dataset({ x: { left, right }, y: { digit, same: isSame }, sampleShape: [28, 28, 1], classes: { digit: 10 } });
}

const { train, test } = await mnist();

const left = input([28, 28, 1], { name: "left" });
const right = input([28, 28, 1], { name: "right" });
// Called twice, with the same weights.
const tower = [
  conv2d(16, 3, { activation: "relu" }),
  maxPool2d(2),
  conv2d(32, 3, { activation: "relu" }),
  maxPool2d(2),
  flatten(),
  dense(64, { activation: "relu" }),
];
const seen = [call(tower, left), call(tower, right)];
const difference = defineLayer({ className: "Difference", apply: (_, { inputs: [a, b] }) => ops.abs(ops.sub(a, b)) });

const digit = call(dense(10, { activation: "softmax", name: "digit" }), seen[0]);
const same = call([difference, dense(32, { activation: "relu" }), dense(1, { activation: "sigmoid", name: "same" })], ...seen);

const pair = model({ inputs: [left, right], outputs: [digit, same], seed: 7 });
pair.compile({
  optimizer: adam(),
  loss: { digit: "sparseCategoricalCrossentropy", same: "binaryCrossentropy" },
  lossWeights: { digit: 0.5, same: 1 },
  metrics: ["accuracy"],
});
console.log(pair.summary());
await pair.fit(pairs(train.take(count)), { epochs, batchSize: 32, callbacks: [progressBar()] });

const held = pairs(test.take(count));
const { metrics } = await pair.evaluate(held);
console.log(`test: digit ${(100 * metrics.digit_accuracy).toFixed(1)} %, same ${(100 * metrics.same_accuracy).toFixed(1)} %`);

const answers = await pair.predict<{ digit: Float32Array; same: Float32Array }>(held.take(5));
for (let i = 0; i < 5; i++) {
  const row = answers.digit.subarray(10 * i, 10 * i + 10);
  console.log(`a ${held.label(i)} seen as ${row.indexOf(Math.max(...row))}, same with probability ${answers.same[i].toFixed(3)}`);
}
