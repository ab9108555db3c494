import { expect, it } from "vitest";
import { runExample } from "./run.ts";

it("the encoder learns what not and but do from a few sentences", () => {
  const text = runExample("encoder", 2000, 4);
  expect(Number(/new sentences: ([\d.]+) % right/.exec(text)?.[1])).toBeGreaterThan(95);
  expect([...text.matchAll(/^([\d.]+) kind: /gm)].map(([, answer]) => Math.round(Number(answer)))).toEqual([1, 0, 1, 0]);
}, 120_000);
