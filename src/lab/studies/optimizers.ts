import type { StudyDefinition } from "../study.ts";
import { byActivation, lines, optimizers } from "./printed.ts";

export const optimizersStudy: StudyDefinition = {
  name: "optimizers",
  title: "Seven optimizers",
  question: "Does one of seven optimizers train the report's network best, when each has the learning rate that suits it?",
  factors: { optimizer: optimizers },
  target: 0.97,
  analyses: ["carried-weights"],
  printed: lines(byActivation.relu, {}),
  printedNote: "The report prints one seed at learning rates it does not name, without labels: its first table is taken for ReLU.",
};
