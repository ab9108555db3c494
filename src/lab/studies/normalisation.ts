import type { StudyDefinition } from "../definition/study.ts";

export const normalisation: StudyDefinition = {
  name: "normalisation",
  title: "Normalisation of inputs and of hidden values",
  question: "Does it help to scale the inputs, and to normalise what a hidden layer gives before its activation?",
  factors: { normalization: ["none", "batch", "layer"], scaling: ["none", "unit", "standardize"] },
};
