/** On data with a known truth, intervals cover and tests keep their level: in short. test/long/statistics.long.test.ts measures closer. */
import { expect, it } from "vitest";
import { falsePositives, familywise, meanCoverage, slack, twoLevelCoverage } from "./simulation.ts";

const TRIES = 400;

it.each([3, 10])("the bootstrap of a mean covers with %d values", (n) => {
  expect(Math.abs(meanCoverage(n, 1000, (z) => z, 0) - 0.95)).toBeLessThan(slack(0.95, 1000));
});

it.each([
  { seeds: 3, seedSpread: 0.2 },
  { seeds: 10, seedSpread: 0.2 },
  { seeds: 5, seedSpread: 1 },
])("the two-level bootstrap covers a difference with $seeds seeds that spread by $seedSpread", ({ seeds, seedSpread }) => {
  const { accuracy, difference } = twoLevelCoverage({ skill: 3, seedSpread, imageSpread: 1.5 }, seeds, 200, TRIES);
  // With few seeds the variance is cautious where theirs is small.
  expect(difference).toBeGreaterThan(0.95 - slack(0.95, TRIES));
  expect(difference).toBeLessThan(0.995);
  // Seeds that spread so far are skewed: accuracies of a half to one.
  expect(accuracy).toBeGreaterThan((seedSpread < 1 ? 0.95 : 0.91) - slack(0.95, TRIES));
});

it("tests reject as often as they say where there is nothing", () => {
  for (const [name, { rate, level }] of Object.entries(falsePositives(1500))) {
    expect(Math.abs(rate - level), `${name}: ${rate}`).toBeLessThan(slack(0.05, 1500));
  }
});

it("Holm keeps the chance of any false rejection among ten", () => {
  const { holm, none } = familywise(1000);
  expect(holm).toBeLessThan(0.05 + slack(0.05, 1000));
  expect(none).toBeGreaterThan(0.15);
});
