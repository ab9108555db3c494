import type { StudyDefinition } from "../definition/study.ts";
import { byDropout, lines, optimizerNames } from "./printed.ts";

export const dropout: StudyDefinition = {
  name: "dropout",
  title: "Dropout before the output",
  question: "How much dropout does the network stand, and do some optimizers collapse at .95 as printed?",
  factors: { dropout: byDropout.map(([rate]) => rate), optimizer: optimizerNames },
  analyses: ["carried-weights"],
  printed: byDropout.flatMap(([dropout, column]) => lines(column, { dropout })),
};
