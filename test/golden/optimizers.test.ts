/**
 * Every optimizer with each of its options takes the weights where another framework takes them, over 1,000 steps on gradients from 1 down to 2e-13: in
 * preset "torch" where PyTorch does, in Keras's form where TensorFlow.js does (test/optimizers/keras.test.ts has the rest by hand).
 */
import { describe, expect, it } from "vitest";
import { optimizerOf } from "../../src/optimizers/index.ts";
import { everyRuntime } from "./golden.ts";
import { excess, optimizerGolden } from "./optimizers.ts";

const runtimes = await everyRuntime();

describe.each(["optimizers.json", "keras-optimizers.json"])("%s", (file) => {
  const { cases, steps } = optimizerGolden(file);
  describe.each(runtimes)("%s", (_, runtime) => {
    it.each(Object.entries(cases))("%s", async (_name, expected) => {
      expect(await excess(optimizerOf(expected.optimizer, expected.options), expected, steps, runtime)).toBeLessThan(1);
    });
  });
});
