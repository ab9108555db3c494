/** How much each stored sample of a dataset counts in training. @module */
import { product, type TargetColumn } from "../../data/dataset/columns.ts";
import { ConfigError } from "../../errors.ts";

/** Weights of classes: by label (absent: 1), or one for each class. */
export type ClassWeight = Readonly<Record<number, number>> | readonly number[];

/**
 * The product of sample weight and class weight for each stored sample; null where all are 1. Float targets name a class by their largest
 * value, single ones by 0 or 1.
 * @throws ConfigError for a weight that is negative or not finite, a class that is none, or targets that name no class
 */
export function rowWeights(targets: TargetColumn, classWeight: ClassWeight | undefined): Float32Array | null {
  const { sampleWeight } = targets;
  if (classWeight === undefined) return sampleWeight;
  const classOf = classes(targets);
  const weights = classWeights(classWeight, classOf.count);
  return Float32Array.from({ length: classOf.samples }, (_, i) => weights[classOf.at(i)] * (sampleWeight?.[i] ?? 1));
}

/** The classes of the stored samples. */
function classes({ values: y, shape, classes: known = 0 }: TargetColumn): { count: number; samples: number; at: (i: number) => number } {
  if (!(y instanceof Float32Array)) return { count: known, samples: y.length, at: (i) => y[i] };
  const width = product(shape);
  if (shape.length > 1)
    throw new ConfigError({ where: "classWeight", got: `targets of shape [${shape}]`, expected: "labels, or one row of numbers per sample" });
  if (width === 1) {
    const odd = y.findIndex((value) => value !== 0 && value !== 1);
    if (odd >= 0) throw new ConfigError({ where: `classWeight, sample ${odd}`, got: `target ${y[odd]}`, expected: "0 or 1, or labels" });
    return { count: 2, samples: y.length, at: (i) => y[i] };
  }
  return {
    count: width,
    samples: y.length / width,
    at(i) {
      let largest = 0;
      for (let j = 1; j < width; j++) if (y[i * width + j] > y[i * width + largest]) largest = j;
      return largest;
    },
  };
}

function classWeights(given: ClassWeight, count: number): Float64Array {
  if (Array.isArray(given) && given.length !== count)
    throw new ConfigError({ where: "classWeight", got: `${given.length} weights`, expected: `${count}, one per class` });
  const weights = new Float64Array(count).fill(1);
  for (const [key, value] of Object.entries(given)) {
    const label = Number(key);
    if (!(Number.isInteger(label) && label >= 0 && label < count))
      throw new ConfigError({ where: "classWeight", got: `class ${key}`, expected: `an integer from 0 to ${count - 1}` });
    if (!(typeof value === "number" && Number.isFinite(Math.fround(value)) && value >= 0))
      throw new ConfigError({ where: `classWeight, class ${key}`, got: String(value), expected: "a finite number, 0 or more" });
    weights[label] = value;
  }
  return weights;
}
