import type { StudyDefinition } from "../definition/study.ts";
import { softmaxRegression } from "./printed.ts";

export const softmax: StudyDefinition = {
  name: "softmax",
  title: "Softmax regression",
  question: "What does a network without hidden layers reach, and does it matter that the report never shuffled?",
  base: { model: "softmax", optimizer: "sgd", learningRate: 0.1, epochs: 10 },
  factors: { shuffle: [false, true] },
  printed: softmaxRegression,
};
