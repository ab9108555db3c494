import { describe, expect, it } from "vitest";
import { ConfigError, describeRegularizer, l1, l1l2, l2, regularizerFromConfig, regularizerOf } from "../../src/index.ts";

describe("regularizers", () => {
  it("have Keras's defaults", () => {
    expect(l1()).toMatchObject({ name: "l1", l1: 0.01, l2: 0 });
    expect(l2()).toMatchObject({ name: "l2", l1: 0, l2: 0.01 });
    expect(l1l2()).toMatchObject({ name: "l1l2", l1: 0, l2: 0 });
  });

  it.each([l1({ l1: 0.3 }), l2({ l2: 0 }), l1l2({ l1: 0.1, l2: 0.2 })])("round-trip through JSON: $name", (regularizer) => {
    const again = regularizerFromConfig(JSON.parse(JSON.stringify(describeRegularizer(regularizer))));
    expect(again).toMatchObject({ name: regularizer.name, l1: regularizer.l1, l2: regularizer.l2 });
  });

  it("come by name", () => {
    expect(regularizerOf("dense", "l2")).toMatchObject({ l2: 0.01 });
    expect(regularizerOf("dense", undefined)).toBeUndefined();
    expect(describeRegularizer(undefined)).toBeNull();
    const own = l1();
    expect(regularizerOf("dense", own)).toBe(own);
  });

  it.each([
    ["a negative factor", () => l1({ l1: -1 })],
    ["NaN", () => l2({ l2: Number.NaN })],
    ["an infinity", () => l1l2({ l1: 1e39 })],
    ["no number", () => l1l2({ l2: "1" as unknown as number })],
    ["an unknown name", () => regularizerOf("dense", "l3")],
    ["an inherited name", () => regularizerFromConfig({ name: "constructor" })],
    ["a function", () => regularizerOf("dense", (() => 0) as never)],
    ["no object", () => regularizerFromConfig({ name: "l1", config: null as never })],
  ])("refuse %s", (_, make) => {
    expect(make).toThrow(ConfigError);
  });
});
