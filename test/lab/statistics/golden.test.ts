/** Every statistic against SciPy: `golden/generate/scipy_statistics.py` makes the file. */
import { readFileSync } from "node:fs";
import { expect, it, describe as suite } from "vitest";
import * as distributions from "../../../src/lab/statistics/distributions.ts";
import {
  bootstrapMean,
  describe,
  friedman,
  kendall,
  nemenyi,
  nemenyiCritical,
  pairedT,
  quantile,
  signFlipTest,
  spearman,
  twoLevelBootstrap,
  wilcoxonSignedRank,
} from "../../../src/lab/statistics/index.ts";
import { signTest } from "../../../src/lab/statistics/mcnemar.ts";

interface Golden {
  distributions: Record<string, number[][]>;
  descriptions: { values: number[]; mean: number; median: number; sd: number | null; min: number; max: number; quantiles: [number, number][] }[];
  paired: {
    differences: number[];
    t: number;
    tP: number;
    low: number;
    high: number;
    wilcoxonN: number;
    wilcoxon: number;
    wilcoxonP: number;
    signFlipP: number;
  }[];
  largeWilcoxon: { differences: number[]; n: number; statistic: number; p: number }[];
  mcnemar: [a: number, b: number, exact: number, mid: number][];
  friedman: {
    matrix: number[][];
    averageRanks: number[];
    chiSquared: number | null;
    p: number | null;
    f: number | null;
    fP: number | null;
    criticalDifference: number;
  }[];
  correlations: { a: number[]; b: number[]; spearman: number; kendall: number; spearmanP: number; kendallP: number }[];
  bootstrap: { values: number[]; mean: number; low: number; high: number }[];
  twoLevel: {
    a: string[];
    b: string[] | null;
    mean: number;
    low: number;
    high: number;
    standardError: number;
    degreesOfFreedom: number;
    components: [number, number, number] | null;
  }[];
}

const golden: Golden = JSON.parse(readFileSync(new URL("golden.json", import.meta.url), "utf8"));

/** As close as SciPy's own figures are, with room for its quantiles. */
const near = (actual: number | null | undefined, expected: number | null, relative = 1e-9): void => {
  if (actual === null || actual === undefined || expected === null) throw new Error(`got ${actual}, expected ${expected}`);
  expect(Math.abs(actual - expected), `${actual} for ${expected}`).toBeLessThanOrEqual(relative * Math.abs(expected) + 1e-300);
};

suite("distributions", () => {
  const functions: Record<string, (...args: number[]) => number> = { ...distributions, nemenyiCritical };
  // The far tail of a range is what is left of 1, in SciPy as here.
  const allowed: Record<string, [relative: number, absolute: number]> = { rangeAbove: [1e-9, 1e-10], nemenyiCritical: [1e-8, 0] };
  it.each(Object.keys(golden.distributions))("%s", (name) => {
    expect(golden.distributions[name].length).toBeGreaterThan(3);
    for (const row of golden.distributions[name]) {
      const expected = row[row.length - 1];
      const actual = functions[name](...row.slice(0, -1));
      const [relative, absolute] = allowed[name] ?? [1e-10, 0];
      expect(Math.abs(actual - expected), `${name}(${row.slice(0, -1)}) is ${actual}, not ${expected}`).toBeLessThanOrEqual(
        relative * Math.abs(expected) + absolute,
      );
    }
  });
});

it("describe and quantile", () => {
  for (const { values, quantiles, ...expected } of golden.descriptions) {
    const actual = describe(values);
    expect(actual.n).toBe(values.length);
    for (const key of ["mean", "median", "min", "max"] as const) near(actual[key], expected[key]);
    if (expected.sd === null) expect(actual.sd).toBeNull();
    else near(actual.sd, expected.sd);
    for (const [p, q] of quantiles) near(quantile(values, p), q);
  }
});

it("paired t, sign flips and Wilcoxon, with ties and zeros", () => {
  for (const c of golden.paired) {
    const t = pairedT(c.differences);
    near(t.t, c.t);
    near(t.p, c.tP);
    // An end may be near zero: as far off as the width allows.
    expect(Math.abs(t.low - c.low)).toBeLessThan(1e-9 * (c.high - c.low));
    expect(Math.abs(t.high - c.high)).toBeLessThan(1e-9 * (c.high - c.low));
    near(signFlipTest(c.differences).p, c.signFlipP);
    const w = wilcoxonSignedRank(c.differences);
    expect(w.n).toBe(c.wilcoxonN);
    near(w.statistic, c.wilcoxon);
    near(w.p, c.wilcoxonP);
  }
});

it("Wilcoxon for many differences", () => {
  for (const { differences, n, statistic, p } of golden.largeWilcoxon) {
    const actual = wilcoxonSignedRank(differences);
    expect(actual.n).toBe(n);
    near(actual.statistic, statistic);
    near(actual.p, p);
  }
});

it("sign flips beyond twenty differences are drawn: near Wilcoxon's exact p of ranks", () => {
  // On ranks both tests count the same sums.
  const differences = Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? -(i + 1) : i + 1));
  const exact = wilcoxonSignedRank(differences).p;
  const drawn = signFlipTest(differences);
  expect(drawn.exact).toBe(false);
  expect(Math.abs(drawn.p - exact)).toBeLessThan(4 * Math.sqrt((exact * (1 - exact)) / 100_000));
});

it("McNemar", () => {
  for (const [a, b, exact, mid] of golden.mcnemar) {
    near(signTest(a, b).exactP, exact);
    near(signTest(a, b).midP, mid);
  }
});

it("Friedman and Nemenyi", () => {
  for (const { matrix, averageRanks, chiSquared, p, f, fP, criticalDifference } of golden.friedman) {
    const actual = friedman(matrix);
    averageRanks.forEach((rank, i) => {
      near(actual.averageRanks[i], rank);
    });
    near(nemenyi(matrix).criticalDifference, criticalDifference, 1e-8);
    if (chiSquared === null) continue;
    near(actual.chiSquared, chiSquared);
    near(actual.p, p);
    near(actual.f, f);
    near(actual.fP, fP, 1e-8);
  }
});

it("Spearman and Kendall, with ties", () => {
  for (const c of golden.correlations) {
    const [rho, tau] = [spearman(c.a, c.b), kendall(c.a, c.b)];
    near(rho.value, c.spearman);
    near(rho.p, c.spearmanP);
    near(tau.value, c.kendall);
    near(tau.p, c.kendallP);
  }
});

it("the bootstrap of a mean, as NumPy draws it", () => {
  for (const { values, mean, low, high } of golden.bootstrap) {
    const actual = bootstrapMean(values, { replicates: 100_000, seed: 5 });
    near(actual.mean, mean);
    expect(Math.abs((actual.low ?? Number.NaN) - low)).toBeLessThan(0.01 * (high - low));
    expect(Math.abs((actual.high ?? Number.NaN) - high)).toBeLessThan(0.01 * (high - low));
  }
});

it("the two-level bootstrap, as NumPy draws it, and its analysis of variance", () => {
  const bits = (rows: string[]): Uint8Array[] => rows.map((row) => Uint8Array.from(row, Number));
  for (const c of golden.twoLevel) {
    const actual = twoLevelBootstrap({ a: bits(c.a), b: c.b === null ? undefined : bits(c.b) }, { replicates: 40_000 });
    near(actual.mean, c.mean);
    near(actual.standardError, c.standardError);
    near(actual.degreesOfFreedom, c.degreesOfFreedom);
    if (c.components === null) expect(actual.components).toBeNull();
    else {
      const { seeds, images, rest } = actual.components ?? { seeds: -1, images: -1, rest: -1 };
      [seeds, images, rest].forEach((value, i) => {
        expect(Math.abs(value - c.components![i])).toBeLessThan(1e-12);
      });
    }
    expect(Math.abs(actual.low - c.low)).toBeLessThan(0.02 * (c.high - c.low));
    expect(Math.abs(actual.high - c.high)).toBeLessThan(0.02 * (c.high - c.low));
  }
});
