/** What curves say, and what they do not. */
import { describe, expect, it } from "vitest";
import { type Judgement, judge, suggest } from "../../../src/lab/lr-find/judge.ts";
import { smooth } from "../../../src/lab/lr-find/smoothing.ts";
import { Watch } from "../../../src/lab/lr-find/sweep.ts";
import { fillNormal } from "../../../src/random.ts";

const STEPS = 200;
const rates = Array.from({ length: STEPS }, (_, i) => 1e-5 * 1e6 ** (i / (STEPS - 1)));

/** A judgement of losses as they are told by the logarithm of the rate, with noise. */
function judged(lossAt: (logRate: number) => number, { noise = 0, seed = 1, until = STEPS, smoothing = 0.95 } = {}): Judgement {
  const random = new Float32Array(STEPS);
  fillNormal(random, STEPS, [seed, 0]);
  const losses = rates.slice(0, until).map((rate, i) => lossAt(Math.log10(rate)) + noise * random[i]);
  return judge({ seed, losses, smoothed: [...smooth(losses, smoothing)], divergedAt: until < STEPS ? rates[until] : null }, rates, smoothing);
}

/** Falls from 2.3 around 10^centre, steepest there, and rises behind 10^(centre + 1). */
const valley =
  (centre: number) =>
  (x: number): number =>
    2.3 - 1.5 / (1 + Math.exp(-6 * (x - centre))) + 2 * Math.max(0, x - centre - 1);

describe("a curve", () => {
  it("that falls and rises suggests where it falls fastest", () => {
    for (const centre of [-4, -3, -2, -1]) {
      const { verdict, steepest, smallest, suggestion } = judged(valley(centre), { noise: 0.1 });
      expect(verdict).toBe("sound");
      expect(Math.abs(Math.log10(steepest as number) - centre)).toBeLessThan(0.35);
      expect(smallest).toBeGreaterThan(steepest as number);
      expect(suggestion).toBeGreaterThanOrEqual((smallest as number) / 10 - 1e-12);
      expect(suggestion).toBeLessThanOrEqual((smallest as number) / 3 + 1e-12);
    }
  });

  it("whose fall is far below its minimum suggests a tenth of the latter, and one that falls just before it a third", () => {
    const early = judged((x) => (x < -4 ? 2 - 0.5 * (x + 5) : 1.5 - 0.05 * (x + 4)) + (x > -1 ? 3 * (x + 1) : 0));
    expect(early.suggestion).toBeCloseTo((early.smallest as number) / 10, 12);
    const late = judged((x) => 2 - 0.01 * Math.exp(4 * Math.min(x + 2, 0.9)) + (x > -1 ? 3 * (x + 1) : 0), { smoothing: 0 });
    expect(late.suggestion).toBeCloseTo((late.smallest as number) / 3, 12);
  });

  it.each<[string, Judgement["verdict"], Judgement]>([
    ["that is flat", "no descent", judged(() => 2.3, { noise: 0.1 })],
    ["that is exactly flat", "no descent", judged(() => 2.3)],
    ["that only rises", "no descent", judged((x) => 0.1 + Math.max(0, x + 2), { noise: 0.01 })],
    ["that falls by less than chance", "no descent", judged((x) => 2.3 - 0.1 * Math.exp(-((x + 2) ** 2)), { noise: 1 })],
    ["that falls by one percent", "no descent", judged((x) => 2.3 - 0.02 * Math.exp(-((x + 2) ** 2)))],
    ["that ends at once", "diverges at once", judged(() => 2.3, { until: 12 })],
    ["that blows up with the first rates and falls a little", "diverges at once", judged((x) => (x < -4.99 ? 2 : 1e6 * (1 - 0.5 * (x + 5))), { until: 30 })],
    ["that does so and goes on", "no descent", judged((x) => (x < -4.99 ? 2 : 1e6 * (1 - 0.1 * (x + 5))))],
    ["without a loss", "diverges at once", judged(() => 2.3, { until: 0 })],
    ["that comes to nothing and stays there", "nothing left", judged((x) => 2.3 / (1 + Math.exp(4 * (x + 3))))],
    ["that never rises", "still falling", judged((x) => 2.3 - 0.1 * (x + 5), { noise: 0.01 })],
  ])("%s: %s", (_, verdict, judgement) => {
    expect(judgement.verdict).toBe(verdict);
    expect(judgement.suggestion).toBeNull();
  });

  it("of pure noise suggests nothing, whatever the seed", () => {
    const sound = Array.from({ length: 200 }, (_, seed) => judged(() => 2.3, { noise: 0.5, seed }).verdict).filter((verdict) => verdict === "sound");
    expect(sound.length).toBeLessThanOrEqual(2);
  });

  it("may be of negative losses", () => {
    expect(judged((x) => valley(-3)(x) - 5, { noise: 0.1 }).verdict).toBe("sound");
  });
});

describe("several seeds", () => {
  const of = (...centres: number[]): Judgement[] => centres.map((centre) => judged(valley(centre)));
  const flat = judged(() => 1);

  it("suggest the geometric mean of their rates, and how far they lie apart", () => {
    const judgements = of(-3.2, -3, -2.8);
    const { verdict, suggestion, low, high, reason } = suggest(judgements, rates);
    expect(verdict).toBe("sound");
    const logs = judgements.map(({ suggestion }) => Math.log10(suggestion as number));
    expect(suggestion).toBe(Number((10 ** (logs.reduce((a, b) => a + b) / 3)).toPrecision(2)));
    expect([low, high]).toEqual([judgements[0].suggestion, judgements[2].suggestion]);
    expect(reason).toMatch(/^the loss falls fastest near 0.00\d+ and is smallest near 0.0\d+$/);
  });

  it("need a majority", () => {
    expect(suggest([...of(-3, -3), flat], rates)).toMatchObject({ verdict: "sound", reason: expect.stringContaining("1 of 3 seeds suggest none") });
    expect(suggest([...of(-3), flat, flat], rates)).toMatchObject({
      verdict: "no descent",
      suggestion: null,
      reason: expect.stringContaining("with 2 of 3 seeds"),
    });
    expect(suggest([...of(-3), flat], rates).suggestion).toBeNull();
    expect(suggest([flat], rates).reason).toMatch(/^the loss falls at no rate from 0.00001 to 10: /);
  });

  it("that are more than a decade apart disagree", () => {
    const { verdict, suggestion, reason } = suggest(of(-4, -3, -2), rates);
    expect([verdict, suggestion]).toEqual(["seeds disagree", null]);
    expect(reason).toMatch(/^the seeds suggest rates from 0.00\d+ to 0.0\d+, more than a factor of 10 apart/);
  });

  it("tell why there is no rate", () => {
    expect(suggest([judged(() => 1, { until: 3 })], rates).reason).toMatch(/^the loss diverges at once, near 0.00001: begin with a smaller rate/);
    expect(suggest([judged((x) => 2.3 / (1 + Math.exp(4 * (x + 3))))], rates).reason).toMatch(
      /^almost nothing is left of the loss when the largest rate, 10, is reached: /,
    );
    expect(suggest([judged((x) => 5 - x)], rates).reason).toMatch(/^the loss still falls at the largest rate, 10: end with a larger one/);
  });
});

describe("smoothing", () => {
  it("leaves constants, and ramps but for their ends, where they are", () => {
    for (const value of smooth(new Array(50).fill(3), 0.9)) expect(value).toBeCloseTo(3, 12);
    const ramp = smooth(
      Array.from({ length: 400 }, (_, i) => i),
      0.9,
    );
    expect(ramp[200]).toBeCloseTo(200, 6);
    expect([...smooth([1, 5, 2], 0)]).toEqual([1, 5, 2]);
  });

  it("is the weighted mean that it says", () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6];
    const expected = values.map((_, i) => {
      const weights = values.map((_, j) => 0.7 ** Math.abs(i - j));
      return weights.reduce((sum, w, j) => sum + w * values[j], 0) / weights.reduce((sum, w) => sum + w, 0);
    });
    smooth(values, 0.7).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 12));
  });
});

describe("a watched fit", () => {
  const end = (losses: readonly number[]): number | null => {
    const watch = new Watch(0.5);
    let stopped: number | null = null;
    losses.forEach((loss, i) => {
      if (stopped === null) watch.onStepEnd({ loss }, { stop: () => void (stopped = i) });
    });
    expect(watch.diverged).toBe(stopped !== null);
    return stopped;
  };

  it("ends where the smoothed loss has doubled, or risen twice as far as it had fallen", () => {
    expect(end([1, 1, 1, 1, 1.5, 1.8, 1.9])).toBeNull();
    expect(end([1, 1, 1, 1, 5, 5, 5])).toBe(4);
    expect(end([2, 2, 2, 1, 0.5, 0.5, 0.5, 3, 5, 9, 9])).toBe(9);
    expect(end([-2, -2, -2, -2, -2, 1, 3, 9])).toBe(6);
  });
});
