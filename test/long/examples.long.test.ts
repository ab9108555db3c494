/** What the worked examples reach, each run as its user would. */
import { expect, it } from "vitest";
import { fashionMnistAt } from "../data/idx/fashion-mnist-here.ts";
import { runExample } from "../examples/run.ts";
import { length } from "./length.ts";

/** Test accuracies of an example over seeds, in per cent. */
function accuracies(name: string, images: number, epochs: number): number[] {
  return length([1, 2, 3], [1]).map((seed) => {
    const text = runExample(name, images, epochs, seed);
    const line = text.trim().split("\n").at(-1) as string;
    console.log(`${name}, seed ${seed}: ${line}`);
    return Number(/test: ([\d.]+) %/.exec(line)?.[1]);
  });
}

it("mnist-cnn: 99.2 % after 5 epochs, each of three seeds", () => {
  expect(Math.min(...accuracies("mnist-cnn", length(60_000, 6000), length(5, 1)))).toBeGreaterThanOrEqual(length(99.2, 85));
});

it.skipIf(fashionMnistAt === null)("fashion-mnist-cnn: 91 % after 10 epochs, each of three seeds", () => {
  expect(Math.min(...accuracies("fashion-mnist-cnn", length(60_000, 6000), length(10, 1)))).toBeGreaterThanOrEqual(length(91, 65));
});
