import type { StudyDefinition } from "../definition/study.ts";
import { byLearningRate } from "./printed.ts";

const rates = { adam: [0.0001, 0.0003, 0.001, 0.003, 0.006], nesterov: [0.003, 0.01, 0.03, 0.06, 0.09] };

/** The printed rates, and two below: the best of the report are the least that it tried. */
export const learningRate: StudyDefinition = {
  name: "learning-rate",
  title: "Learning rates",
  question: "How much do the report's three learning rates differ, and would a lower one have been better?",
  cells: Object.entries(rates).flatMap(([optimizer, list]) => list.map((learningRate) => ({ optimizer, learningRate }))),
  printed: byLearningRate,
};
