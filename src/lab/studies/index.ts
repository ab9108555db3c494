/** The studies that are built in: one for each experiment or claim of the report. @module */
import type { StudyDefinition } from "../definition/study.ts";
import { activations } from "./activations.ts";
import { cnn } from "./cnn.ts";
import { dropout } from "./dropout.ts";
import { initializers } from "./initializers.ts";
import { l1l2 } from "./l1-l2.ts";
import { learningRate } from "./learning-rate.ts";
import { losses } from "./losses.ts";
import { normalisation } from "./normalisation.ts";
import { optimizers } from "./optimizers.ts";
import { schedules } from "./schedules.ts";
import { scratchMlp } from "./scratch-mlp.ts";
import { softmax } from "./softmax.ts";
import { verdict } from "./verdict.ts";

/** In the order in which `all` runs them. */
const all: readonly StudyDefinition[] = [
  scratchMlp,
  cnn,
  softmax,
  optimizers,
  activations,
  learningRate,
  dropout,
  l1l2,
  verdict,
  normalisation,
  schedules,
  losses,
  initializers,
];

/** By name. */
export const studies: Readonly<Record<string, StudyDefinition>> = Object.fromEntries(all.map((study) => [study.name, study]));
