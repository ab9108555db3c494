/**
 * Digits through a bottleneck: convolutions shrink an image to 24 numbers, transposed convolutions draw it from these again. Nobody says which digit it
 * is; the image is its own target.
 *
 *     npx tsx examples/autoencoder.ts [images] [epochs]
 */
import { adam, conv2d, conv2dTranspose, dense, flatten, progressBar, reshape, sequential } from "gradiente";
import { type Dataset, dataset, mnist } from "gradiente/data";

const [count = 10_000, epochs = 3] = process.argv.slice(2).map(Number);
const SIZE = 28;

/** Images whose targets are themselves. */
function toItself(images: Dataset): Dataset {
  const x = Float32Array.from(images.x.subarray(0, images.length * SIZE * SIZE), (byte) => byte / 255);
  return dataset({ x, y: x, sampleShape: [SIZE, SIZE, 1], targetShape: [SIZE, SIZE, 1] });
}

/** The first images side by side as text, two by two pixels in a character. */
function row(pixels: Float32Array, images: number): string {
  const shades = " .:-=+*#%@";
  const lines: string[] = [];
  for (let i = 0; i < SIZE; i += 2) {
    let line = "";
    for (let n = 0; n < images; n++) {
      for (let j = 0; j < SIZE; j += 2) {
        const at = (n * SIZE + i) * SIZE + j;
        const mean = (pixels[at] + pixels[at + 1] + pixels[at + SIZE] + pixels[at + SIZE + 1]) / 4;
        line += shades[Math.min(9, Math.floor(mean * 10))];
      }
    }
    lines.push(line.trimEnd());
  }
  return lines.join("\n");
}

const { train, test } = await mnist();
const images = toItself(train.take(count));
const held = toItself(test.take(1000));

const model = sequential({ inputShape: [SIZE, SIZE, 1], seed: 7 }, [
  conv2d(16, 3, { strides: 2, padding: "same", activation: "relu" }),
  conv2d(32, 3, { strides: 2, padding: "same", activation: "relu" }),
  flatten(),
  dense(24, { name: "code" }),
  dense(7 * 7 * 32, { activation: "relu" }),
  reshape([7, 7, 32]),
  conv2dTranspose(16, 3, { strides: 2, padding: "same", activation: "relu" }),
  conv2dTranspose(1, 3, { strides: 2, padding: "same", activation: "sigmoid" }),
]);
model.compile({ optimizer: adam({ learningRate: 0.002 }), loss: "binaryCrossentropy" });

const SHOWN = 5;
const before = await model.evaluate(held);
await model.fit(images, { epochs, batchSize: 32, callbacks: [progressBar()] });
const after = await model.evaluate(held);

console.log(`images it never saw:\n${row(held.x as Float32Array, SHOWN)}`);
console.log(`drawn from 24 numbers each:\n${row((await model.predict(held.take(SHOWN))) as Float32Array, SHOWN)}`);
console.log(`test loss ${before.loss.toFixed(4)} before, ${after.loss.toFixed(4)} after`);
