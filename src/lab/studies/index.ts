/** The studies that are built in: one for each experiment or claim of the report. @module */
import type { StudyDefinition } from "../study.ts";
import { dropoutStudy } from "./dropout.ts";
import { optimizersStudy } from "./optimizers.ts";

/** By name, in the order in which `all` runs them. */
export const studies: Readonly<Record<string, StudyDefinition>> = Object.fromEntries([optimizersStudy, dropoutStudy].map((study) => [study.name, study]));
