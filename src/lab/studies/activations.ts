import type { StudyDefinition } from "../definition/study.ts";
import { activationNames, byActivation, lines, optimizerNames } from "./printed.ts";

export const activations: StudyDefinition = {
  name: "activations",
  title: "Six activations, seven optimizers",
  question: "Does the activation of the hidden layer matter, and does the best one depend on the optimizer?",
  factors: { activation: activationNames, optimizer: optimizerNames },
  analyses: ["carried-weights"],
  printed: activationNames.flatMap((activation) => lines(byActivation[activation], { activation })),
  printedNote: "The report's tables have no labels: they are taken in the order in which its headings name the activations.",
};
