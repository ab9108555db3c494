import type { StudyDefinition } from "../definition/study.ts";
import { optimizerNames, winner } from "./printed.ts";

export const verdict: StudyDefinition = {
  name: "verdict",
  title: "The report's winner",
  question: "Is RMSprop with ReLU, L1 1e-5 and L2 1e-4 better than the other optimizers, with these penalties or without?",
  cells: [
    { l1: 1e-5, l2: 1e-4 },
    { l1: 0, l2: 0 },
  ],
  factors: { optimizer: optimizerNames },
  printed: winner,
};
