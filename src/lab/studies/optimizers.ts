import type { StudyDefinition } from "../definition/study.ts";
import { byActivation, lines, optimizerNames } from "./printed.ts";

export const optimizers: StudyDefinition = {
  name: "optimizers",
  title: "Seven optimizers",
  question: "Which of seven optimizers trains the report's network best, when each has a learning rate that suits it?",
  factors: { optimizer: optimizerNames },
  target: 0.97,
  quickForm: { target: 0.9 },
  analyses: ["carried-weights"],
  printed: lines(byActivation.relu, {}),
  printedNote: "The report names neither learning rates nor seeds. Its first table has no label: it is taken for ReLU.",
};
