import type { StudyDefinition } from "../definition/study.ts";

export const losses: StudyDefinition = {
  name: "losses",
  title: "Losses",
  question: "Which loss leads to the best accuracy, when each has a learning rate that suits it?",
  factors: { loss: ["sparseCategoricalCrossentropy", "binaryCrossentropy", "meanSquaredError", "meanAbsoluteError", "huber"] },
};
