/** 100,000 steps of every optimizer that keeps something, at its defaults: nothing grows, and no value decays into slow denormals. */
import { it } from "vitest";
import { adam, type Optimizer, rmsprop } from "../../src/index.ts";
import { optimizerNames, optimizerOf } from "../../src/optimizers/index.ts";
import { endure } from "../model/endure.ts";
import { length } from "./length.ts";

const optimizers: [string, Optimizer][] = [
  ...optimizerNames.filter((name) => name !== "sgd").map((name): [string, Optimizer] => [name, optimizerOf(name)]),
  ["adam, amsgrad", adam({ amsgrad: true })],
  ["rmsprop, centered, momentum", rmsprop({ centered: true, momentum: 0.9 })],
];

it.each(optimizers)("%s", async (name, optimizer) => {
  const [first, rest] = await endure(optimizer, length(1000, 20));
  console.log(`${name}: ${first.toFixed(1)} us a step at the start, ${rest.toFixed(1)} us after 100,000`);
});
