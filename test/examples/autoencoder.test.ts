import { expect, it } from "vitest";
import { runExample } from "./run.ts";

it("an autoencoder draws digits from their codes after a few batches", () => {
  const text = runExample("autoencoder", 3200, 2);
  const [, before, after] = (/test loss ([\d.]+) before, ([\d.]+) after/.exec(text) ?? []).map(Number);
  expect(before).toBeGreaterThan(0.65);
  expect(after).toBeLessThan(0.3);
  const drawn = text.split("each:\n")[1].split("\n").slice(0, 14).join("");
  expect(drawn.match(/[*#%@]/g)?.length).toBeGreaterThan(50);
}, 120_000);
