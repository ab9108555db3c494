import type { StudyDefinition } from "../definition/study.ts";
import { standardNormal } from "./printed.ts";

export const initializers: StudyDefinition = {
  name: "initializers",
  title: "Initial weights",
  question: "How much does it matter how the weights begin?",
  factors: {
    initializer: [standardNormal, { name: "randomNormal", config: { stddev: 0.05 } }, "glorotUniform", "heNormal", "lecunNormal", "orthogonal"],
  },
};
