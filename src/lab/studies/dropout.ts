import type { StudyDefinition } from "../study.ts";
import { byDropout, lines, optimizers } from "./printed.ts";

export const dropoutStudy: StudyDefinition = {
  name: "dropout",
  title: "Dropout before the output",
  question: "How much dropout does each optimizer stand, and does the report's collapse at 0.95 belong to dropout or to the optimizers?",
  factors: { dropout: byDropout.map(([rate]) => rate), optimizer: optimizers },
  carry: "optimizer",
  analyses: ["carried-weights"],
  printed: byDropout.flatMap(([dropout, column]) => lines(column, { dropout })),
};
