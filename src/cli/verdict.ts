/** A model's answers against the truth. @module */
import type { Dataset } from "../data/dataset/dataset.ts";
import { answered, type ClassificationReport, classificationReport, confusionMatrix, likeliest } from "../metrics/index.ts";
import type { Model } from "../model/model.ts";

/** A wrong answer. */
export interface Mistake {
  /** Position in the dataset. */
  readonly index: number;
  readonly truth: number;
  readonly said: number;
  /** Of the answer. */
  readonly probability: number;
  /** Of the truth: the smaller, the larger the loss. */
  readonly given: number;
}

/** Predictions against labels. */
export interface Verdict {
  /** [truth][said]. */
  readonly confusion: number[][];
  /** What it means for each class. */
  readonly report: ClassificationReport;
  /** Largest loss first. */
  readonly mistakes: Mistake[];
}

/** Predicts a dataset and compares. @throws NumericError for a sample of which the model says nothing, but NaN */
export async function judge(model: Model, data: Dataset): Promise<Verdict> {
  const output = await model.predict(data);
  const classes = output.length / data.length;
  const truths = new Int32Array(data.length);
  const answers = new Int32Array(data.length);
  const mistakes: Mistake[] = [];
  for (let i = 0; i < data.length; i++) {
    const truth = data.label(i);
    const said = answered(`test data, sample ${i}`, likeliest(output, i * classes, classes));
    truths[i] = truth;
    answers[i] = said;
    if (said !== truth) mistakes.push({ index: i, truth, said, probability: output[i * classes + said], given: output[i * classes + truth] });
  }
  // Many wrong answers may be given with all certainty: then the surer one is the worse.
  mistakes.sort((a, b) => a.given - b.given || b.probability - a.probability || a.index - b.index);
  const confusion = confusionMatrix(truths, answers, { classes });
  return { confusion, report: classificationReport(confusion), mistakes };
}
