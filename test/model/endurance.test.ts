/** 100,000 steps of Adam, 10,000 of the others with decay rates that reach denormals by then (all of them at their defaults: test/long). */
import { expect, it, vi } from "vitest";
import { adadelta, adagrad, adam, adamax, adamw, lion, nadam, type Optimizer, rmsprop, sgd } from "../../src/index.ts";
import { endure } from "./endure.ts";

vi.setConfig({ testTimeout: 120_000 });

it("adam: 100,000 steps", async () => {
  const [first, rest] = await endure(adam({ learningRate: 0.002 }), 1000);
  console.log(`adam: ${first.toFixed(1)} us a step at the start, ${rest.toFixed(1)} us after 100,000`);
});

const beta2 = 0.98;
const optimizers: Record<string, () => Optimizer> = {
  momentum: () => sgd({ learningRate: 0.05, momentum: 0.9 }),
  nesterov: () => sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true }),
  adagrad: () => adagrad(),
  adadelta: () => adadelta({ learningRate: 0.5 }),
  "rmsprop, centered, momentum": () => rmsprop({ centered: true, momentum: 0.9 }),
  "adam, amsgrad": () => adam({ amsgrad: true, beta2 }),
  adamw: () => adamw({ beta2 }),
  adamax: () => adamax({ beta2 }),
  nadam: () => nadam({ beta2 }),
  lion: () => lion({ learningRate: 0.0001, beta2 }),
};

it.each(Object.entries(optimizers))("%s: 10,000 steps", async (_, optimizer) => {
  const [first, rest] = await endure(optimizer(), 100);
  expect([first, rest].every(Number.isFinite)).toBe(true);
});
