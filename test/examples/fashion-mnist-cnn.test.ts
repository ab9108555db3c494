import { expect, it } from "vitest";
import { fashionMnistAt } from "../data/idx/fashion-mnist-here.ts";
import { runExample } from "./run.ts";

it.skipIf(fashionMnistAt === null)(
  "a network tells clothes apart after a few of them",
  () => {
    const text = runExample("fashion-mnist-cnn", 3000, 2);
    expect(text).toContain("random_affine");
    expect(Number(/test: ([\d.]+) %/.exec(text)?.[1])).toBeGreaterThan(65);
  },
  120_000,
);
