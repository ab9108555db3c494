import type { StudyDefinition } from "../definition/study.ts";
import { keras } from "./printed.ts";

export const cnn: StudyDefinition = {
  name: "cnn",
  title: "The report's CNN",
  question: "Does the CNN overfit in 29 epochs, and what would early stopping have kept?",
  base: { model: "cnn", dropout: 0, epochs: 29 },
  tune: false,
  target: 0.99,
  quickForm: { epochs: 12, target: 0.95 },
  analyses: ["overfitting"],
  printed: keras,
  printedNote: "The report planned 50 epochs and shows the 29th; it used the test set for validation.",
};
