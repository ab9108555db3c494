import type { StudyDefinition } from "../definition/study.ts";
import { penalties } from "./printed.ts";

const levels = [0, 1e-6, 1e-5, 1e-4, 1e-3];

/** The report does not print the axes of its grid: these hold its levels, with neighbours on both sides. */
export const l1l2: StudyDefinition = {
  name: "l1-l2",
  title: "L1 and L2 penalties",
  question: "Is there a best pair of penalties for RMSprop, and is it L1 1e-5 with L2 1e-4?",
  base: { optimizer: "rmsprop" },
  factors: { l1: levels, l2: levels },
  analyses: ["optimum"],
  printed: penalties,
  printedNote: "The report prints L1 1e-4 with L2 1e-4 twice, with .9730 and .9721; the first is shown.",
};
