import type { StudyDefinition } from "../definition/study.ts";
import { scratch, standardNormal } from "./printed.ts";

/** What lifts the report's network of its own making (.3969) to its CNN (.99): each difference between the two is a factor here. */
export const scratchMlp: StudyDefinition = {
  name: "scratch-mlp",
  title: "From .40 to .99: what did it",
  question: "Was it the convolutions that lifted the report from .3969 to .99, or how the weights began, the learning rate, and steps over batches?",
  base: { optimizer: "sgd", dropout: 0, epochs: 10 },
  cells: [{ model: "mlp", hidden: 128 }, { model: "mlp", hidden: 256 }, { model: "cnn" }],
  factors: { initializer: [standardNormal, "glorotUniform"], learningRate: [0.01, 0.1], batchSize: ["full", 32] },
  quickForm: { epochs: 5 },
  analyses: ["gain-shares"],
  printed: scratch,
  printedNote: "The printed runs have steps over the whole training set, in file order, from weights drawn from N(0, 1).",
};
