/** What `--model lstm` reaches as it is, the rows of MNIST as steps. */
import { expect, it } from "vitest";
import { buildModel } from "../../src/cli/model-options.ts";
import { mnist } from "../../src/data/index.ts";
import { length } from "./length.ts";

it("lstm: at least 98.5 % on the test set after 5 epochs, each of three seeds", async () => {
  const { train, test } = await mnist();
  for (const seed of length([1, 2, 3], [1])) {
    const limit = length(undefined, "12800");
    const { model, training, runtime } = await buildModel({ model: "lstm", seed: String(seed), epochs: length("5", "2"), limit });
    const history = await model.fit(limit === undefined ? train : train.take(Number(limit)), { ...training });
    const { accuracy } = await model.evaluate(test);
    console.log(`lstm, seed ${seed}: ${(100 * (accuracy as number)).toFixed(2)} % in ${history.seconds?.toFixed(1)} s of training`);
    await runtime.dispose();
    expect(accuracy).toBeGreaterThanOrEqual(length(0.985, 0.9));
  }
});
