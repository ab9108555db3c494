import type { StudyDefinition } from "../definition/study.ts";

/** Plain gradient descent: what a schedule does is not hidden by an optimizer that adapts its steps. */
export const schedules: StudyDefinition = {
  name: "schedules",
  title: "Schedules of the learning rate",
  question: "Does a learning rate that changes train better than a fixed one, when both start from a rate that suits them?",
  base: { optimizer: "sgd" },
  factors: { schedule: ["constant", "step:0.5@1", "exponential:0.5", "inverse-time:1", "cosine", "one-cycle", "triangular@0.5", "warm-up@1+cosine"] },
  target: 0.97,
  quickForm: { target: 0.9 },
};
