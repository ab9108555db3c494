/** Rows 1 and 2 of the report, held against NumPy. */
import { expect } from "vitest";
import { mnist } from "../../src/data/index.ts";
import { dense, flatten, randomNormal, sequential, sgd } from "../../src/index.ts";
import { golden, relativeDistance } from "./golden.ts";

/** One row of report.json: an MLP under full-batch gradient descent. */
export interface ReportRow {
  id: string;
  hidden: number;
  learningRate: number;
  epochs: number;
  /** Float64, one per seed. Losses and numbers of correct answers of each epoch are those of its forward pass, before its update. */
  runs: {
    seed: number;
    weightsSha256: string;
    losses: number[];
    correct: number[];
    trainLoss: number;
    trainAccuracy: number;
    testLoss: number;
    testAccuracy: number;
    /** How far float32 went from float64 in NumPy. */
    float32: { maxRelativeLossDistance: number; maxCorrectDistance: number; trainAccuracy: number; testAccuracy: number };
  }[];
}

/** The rows of report.json. */
export const reportRows = golden<{ rows: ReportRow[] }>("report.json").rows;

/** Trains a row from a seed: every epoch's loss and accuracy, and those at the end, are NumPy's. */
export async function expectReportRun(row: ReportRow, seed: number): Promise<void> {
  const expected = row.runs.find((run) => run.seed === seed)!;
  const { train, test } = await mnist();
  const kernelInitializer = randomNormal({ mean: 0, stddev: 1 });
  const model = sequential({ inputShape: [28, 28, 1], seed }, [
    flatten(),
    dense(row.hidden, { activation: "relu", kernelInitializer }),
    dense(10, { activation: "softmax", kernelInitializer }),
  ]);
  model.compile({ optimizer: sgd({ learningRate: row.learningRate }), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  expect(await model.weightsSha256()).toBe(expected.weightsSha256);

  const { epochs } = await model.fit(train, { epochs: row.epochs, batchSize: "full", shuffle: false });
  const final = [await model.evaluate(train), await model.evaluate(test)];
  model.dispose();

  // Ten times the largest distance of NumPy's own pair over the seeds; of answers, at least one may be a tie that rounding decides.
  const pairs = row.runs.map(({ float32 }) => float32);
  const lossLimit = Math.min(1e-6, 10 * Math.max(...pairs.map((pair) => pair.maxRelativeLossDistance)));
  const answersLimit = Math.max(1, 10 * Math.max(...pairs.map((pair) => pair.maxCorrectDistance)));
  const losses = [...epochs, ...final].map(({ loss }) => loss);
  expect(relativeDistance(losses, [...expected.losses, expected.trainLoss, expected.testLoss])).toBeLessThan(lossLimit);
  const answers = epochs.map(({ accuracy }, i) => Math.abs(accuracy! * train.length - expected.correct[i]));
  answers.push(Math.abs(final[0].accuracy! - expected.trainAccuracy) * train.length, Math.abs(final[1].accuracy! - expected.testAccuracy) * test.length);
  expect(Math.round(Math.max(...answers))).toBeLessThanOrEqual(answersLimit);
}
