import { describe, expect, it } from "vitest";
import { Tuner } from "../../src/program/tuner.ts";

/** Runs of `ms(threads)` each, until `total` ms have passed; returns the share of the time that each number of threads had. */
function run(tuner: Tuner, ms: (threads: number) => number, total: number): Map<number, number> {
  const spent = new Map<number, number>();
  for (let sum = 0; sum < total; ) {
    const { threads } = tuner;
    const took = ms(threads);
    spent.set(threads, (spent.get(threads) ?? 0) + took / total);
    sum += took;
    tuner.record(took);
  }
  return spent;
}

describe("the number of threads", () => {
  it("stays at all of them where that is fastest, and others are rarely tried", () => {
    const tuner = new Tuner(2);
    expect(tuner.threads).toBe(2);
    expect(run(tuner, (threads) => 3 / threads, 20_000).get(2)).toBeGreaterThan(0.95);
  });

  it("falls to one where more are slower", () => {
    expect(run(new Tuner(2), (threads) => (threads === 1 ? 3 : 5), 20_000).get(1)).toBeGreaterThan(0.95);
  });

  it("finds the best of many", () => {
    expect(run(new Tuner(8), (threads) => Math.abs(threads - 4) + 2, 20_000).get(4)).toBeGreaterThan(0.9);
    expect(run(new Tuner(3), (threads) => 4 - threads, 20_000).get(3)).toBeGreaterThan(0.9);
  });

  it("follows a machine that becomes busy, and free again", () => {
    const tuner = new Tuner(2);
    run(tuner, (threads) => 3 / threads, 10_000);
    expect(run(tuner, (threads) => (threads === 1 ? 3.2 : 4.2), 5000).get(1)).toBeGreaterThan(0.9);
    expect(run(tuner, (threads) => 3 / threads, 10_000).get(2)).toBeGreaterThan(0.7);
  });

  it("judges by the mean: a run that was interrupted counts", () => {
    let runs = 0;
    const bursts = (threads: number): number => (threads === 1 ? 3 : ++runs % 10 === 0 ? 30 : 1.7);
    expect(run(new Tuner(2), bursts, 20_000).get(1)).toBeGreaterThan(0.8);
  });
});
