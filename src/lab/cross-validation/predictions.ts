/** Predictions of samples by networks that were not trained on them. @module */
import type { Fold } from "../../data/folds/index.ts";
import type { Prediction } from "../../model/evaluate/evaluator.ts";

/** Collects what each fold predicts, in the order of the data. */
export class OutOfFold {
  private readonly sums = new Map<string, Float64Array>();
  /** How often each sample was tested. */
  readonly counts: Int32Array;

  /** @param length samples of the data */
  constructor(length: number) {
    this.counts = new Int32Array(length);
  }

  add({ test }: Fold, predictions: Prediction): void {
    for (const position of test) this.counts[position]++;
    for (const [name, values] of Object.entries(predictions instanceof Float32Array ? { "": predictions } : predictions)) {
      const width = values.length / test.length;
      const sums = this.sums.get(name) ?? new Float64Array(this.counts.length * width);
      this.sums.set(name, sums);
      test.forEach((position, i) => {
        for (let j = 0; j < width; j++) sums[position * width + j] += values[i * width + j];
      });
    }
  }

  /** Means over the folds that tested a sample; NaN where none did. */
  means(): Prediction {
    const { counts } = this;
    const means = [...this.sums].map(([name, sums]) => {
      const width = sums.length / counts.length;
      return [name, Float32Array.from(sums, (sum, i) => sum / counts[Math.floor(i / width)])] as const;
    });
    return means.length === 1 && means[0][0] === "" ? means[0][1] : Object.fromEntries(means);
  }
}
