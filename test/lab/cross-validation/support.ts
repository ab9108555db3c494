/** Labels that are noise, and candidates that cannot do better than guess. */
import { type Dataset, dataset, stratifiedKFold } from "../../../src/data/index.ts";
import { dense, type Runtime, sequential, sgd } from "../../../src/index.ts";
import { crossValidate, nestedSelection, type Recipe } from "../../../src/lab/index.ts";
import { fillNormal, permutation } from "../../../src/random.ts";

/** Samples of random features, and labels of two equal classes that have nothing to do with them. */
export function noise(samples: number, features: number, seed: number): Dataset {
  const x = new Float32Array(samples * features);
  fillNormal(x, x.length, [seed, 1]);
  const y = Uint8Array.from(permutation(samples, [seed, 2]), (i) => i & 1);
  return dataset({ x, y, sampleShape: [features], classes: 2 });
}

/** Logistic regression on one of the features. */
function onFeature(feature: number, runtime: Runtime): Recipe {
  const pick = (part: Dataset): Dataset => {
    const samples = Array.from({ length: part.length }, (_, i) => i);
    return dataset({
      x: Float32Array.from(samples, (i) => part.sample(i)[feature]),
      y: Uint8Array.from(samples, (i) => part.label(i)),
      sampleShape: [1],
      classes: 2,
    });
  };
  return {
    make: (_, seed) =>
      sequential({ inputShape: [1], seed, runtime }, [dense(2, { activation: "softmax" })]).compile({
        optimizer: sgd({ learningRate: 1 }),
        loss: "sparseCategoricalCrossentropy",
      }),
    prepare: () => pick,
    fit: { epochs: 8, batchSize: "full" },
  };
}

/** On one set of noise: what the best of plain cross-validations scores, and what nested selection says. */
export async function bothEstimates({ samples, features, seed, runtime }: { samples: number; features: number; seed: number; runtime: Runtime }) {
  const data = noise(samples, features, seed);
  const outer = stratifiedKFold(data, { splits: 4, seed });
  const candidates = Object.fromEntries(Array.from({ length: features }, (_, j) => [`feature ${j}`, onFeature(j, runtime)]));
  const plain: number[] = [];
  for (const candidate of Object.values(candidates)) {
    const { scores } = await crossValidate({ ...candidate, data, folds: outer });
    plain.push(scores.accuracy.mean);
  }
  const { scores } = await nestedSelection({
    data,
    candidates,
    outer,
    inner: ({ train }) => stratifiedKFold(data.subset(train), { splits: 2, seed }),
    metric: "accuracy",
  });
  return { best: Math.max(...plain), nested: scores.accuracy.mean };
}
