/** Every layer passes every check of check-layer.ts. */
import { describe, expect, it, vi } from "vitest";
import { layerFromConfig } from "../../src/layers/index.ts";
import { cases } from "./cases.ts";
import { checkConfig, checkGradients, checkIndependence, checkOwnership, checkRows, checkShape, checkTraining } from "./check-layer.ts";

vi.setConfig({ testTimeout: 60_000 });

describe.each(cases.map((c) => [c.name, c] as const))("%s", (_, c) => {
  it("has its shape and its parameters", () => checkShape(c));
  it("comes back from its configuration", () => checkConfig(c));
  it("keeps its options whatever happens to arrays that it was given, or gave", () => checkOwnership(c));
  it("has the gradients of its function", () => checkGradients(c));
  it("gives in inference for each sample what it gives for that sample alone", () => checkIndependence(c));
  it("takes any number of rows", () => checkRows(c));
  it("trains to the same bits on 1, 2 and 3 threads, in the memory of the first epoch", () => checkTraining(c));
});

it("every class of layer has a case", () => {
  const classes = cases.map(({ layer }) => layer().className);
  let known = "";
  try {
    layerFromConfig({ className: "?", name: "x", config: {} });
  } catch (error) {
    known = /expected (.*)/.exec((error as Error).message)?.[1] ?? "";
  }
  expect(known).toContain("Dense, Conv2D");
  expect(known.split(", ").filter((name) => !classes.includes(name))).toEqual([]);
});
