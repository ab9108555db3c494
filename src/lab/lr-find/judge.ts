/** What losses over growing rates say of the rate to take. @module */
import { mean, variance } from "../statistics/describe.ts";
import { beginning, type Sweep } from "./sweep.ts";

/** Whether there is a rate to suggest, or what stands against it. */
export type Verdict = "sound" | "diverges at once" | "no descent" | "still falling" | "nothing left" | "seeds disagree";

/** What stands against the suggestion of one seed. */
type Failure = Exclude<Verdict, "sound" | "seeds disagree">;

/** What one seed suggests. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Null unless the verdict is `sound`. */
  readonly suggestion: number | null;
  /** Where the smoothed loss falls fastest, by the logarithm of the rate; null where it does not fall. */
  readonly steepest: number | null;
  /** Where it is smallest. */
  readonly smallest: number | null;
}

/** Part of the rates that must come before divergence; and where none of them lowered the loss. */
const [LEAST_PART, LEAST_PART_WITHOUT_FALL] = [0.1, 0.25];
/** Part of the first loss that it must fall by ... */
const LEAST_FALL = 0.02;
/** ... and standard errors: the smallest of some hundred noisy values lies about three below their mean. */
const LEAST_ERRORS = 4;
/** At the very end there is no rise that would say where the minimum is. */
const LAST_PART = 0.03;
/** Of the first loss: where no more is left, larger rates have nothing to do, and show no rise. */
const NOTHING = 0.01;
/** Where the suggestion may be, as parts of the rate with the smallest loss. */
const [LOWEST, HIGHEST] = [1 / 10, 1 / 3];

/** What one seed says. @param rates of all steps, also of those behind a divergence */
export function judge({ losses, smoothed, divergedAt }: Sweep, rates: readonly number[], smoothing: number): Judgement {
  const nothing = { suggestion: null, steepest: null, smallest: null };
  if (losses.length < LEAST_PART * rates.length) return { verdict: "diverges at once", ...nothing };
  const least = smoothed.reduce((best, loss, i) => (loss < smoothed[best] ? i : best), 0);
  const first = mean(beginning(losses));
  const fall = first - smoothed[least];
  const falls = fall > LEAST_FALL * Math.abs(first) && fall > LEAST_ERRORS * errorOf(losses, smoothed, least, smoothing);
  // Where the first rates blow the loss up, what follows may lie below their mean, and yet above the loss before any of them.
  if (!falls || smoothed[least] > losses[0] || HIGHEST * rates[least] < rates[0]) {
    const atOnce = divergedAt !== null && losses.length < LEAST_PART_WITHOUT_FALL * rates.length;
    return { verdict: atOnce ? "diverges at once" : "no descent", ...nothing };
  }
  let steep = 0;
  const slope = (i: number): number => smoothed[Math.min(i + 1, smoothed.length - 1)] - smoothed[Math.max(i - 1, 0)];
  for (let i = 1; i <= least; i++) if (slope(i) < slope(steep)) steep = i;
  const [steepest, smallest] = [rates[steep], rates[least]];
  if (divergedAt === null && least >= (1 - LAST_PART) * (rates.length - 1))
    return { verdict: Math.abs(smoothed[least]) < NOTHING * first ? "nothing left" : "still falling", suggestion: null, steepest, smallest };
  return { verdict: "sound", suggestion: Math.min(Math.max(steepest, LOWEST * smallest), HIGHEST * smallest), steepest, smallest };
}

/** Standard error of how far the smoothed loss fell below the mean of the beginning, from how the losses up to the smallest scatter around it. */
function errorOf(losses: readonly number[], smoothed: readonly number[], least: number, f: number): number {
  const residuals = losses.slice(0, Math.max(least, 2)).map((loss, i) => loss - smoothed[i]);
  // Squares of the weights f^|d| by the square of their sum, over all distances d.
  const share = ((1 + f * f) * (1 - f)) / (1 + f) ** 3;
  return Math.sqrt(variance(residuals) * (share + 1 / beginning(losses).length));
}

/** What all seeds say together. */
export interface Suggestion {
  readonly verdict: Verdict;
  /** The geometric mean of the seeds' own, to two digits; null where none is sound. */
  readonly suggestion: number | null;
  /** The smallest and the largest of the seeds' own. */
  readonly low: number | null;
  readonly high: number | null;
  /** Why this rate, or why none. */
  readonly reason: string;
}

/** Seeds that suggest rates so many times apart disagree. */
const DISAGREEMENT = 10;

const round = (rate: number): number => Number(rate.toPrecision(2));

/** Puts the seeds' judgements together: more than half must be sound, and within a decade. */
export function suggest(judgements: readonly Judgement[], rates: readonly number[]): Suggestion {
  const sound = judgements.flatMap(({ suggestion }) => suggestion ?? []);
  const none = { suggestion: null, low: null, high: null };
  if (2 * sound.length <= judgements.length) {
    const verdicts = judgements.flatMap(({ verdict }) => (verdict === "sound" || verdict === "seeds disagree" ? [] : [verdict]));
    const verdict = verdicts.reduce((most, one) => (count(verdicts, one) > count(verdicts, most) ? one : most));
    const of = `${count(verdicts, verdict) === judgements.length ? "" : ` with ${count(verdicts, verdict)} of ${judgements.length} seeds`}`;
    return { verdict, ...none, reason: reasons[verdict](of, rates) };
  }
  const [low, high] = [Math.min(...sound), Math.max(...sound)];
  if (high > DISAGREEMENT * low) {
    const reason = `the seeds suggest rates from ${round(low)} to ${round(high)}, more than a factor of ${DISAGREEMENT} apart: take more steps or larger batches`;
    return { verdict: "seeds disagree", ...none, low, high, reason };
  }
  const middle = (pick: (judgement: Judgement) => number | null): number =>
    round(10 ** mean(judgements.flatMap((one) => (one.suggestion === null ? [] : Math.log10(pick(one) as number)))));
  const others = sound.length === judgements.length ? "" : `; ${judgements.length - sound.length} of ${judgements.length} seeds suggest none`;
  const reason = `the loss falls fastest near ${middle(({ steepest }) => steepest)} and is smallest near ${middle(({ smallest }) => smallest)}${others}`;
  return { verdict: "sound", suggestion: middle(({ suggestion }) => suggestion), low, high, reason };
}

const count = (verdicts: readonly Failure[], verdict: Failure): number => verdicts.filter((one) => one === verdict).length;

const reasons: Readonly<Record<Failure, (of: string, rates: readonly number[]) => string>> = {
  "diverges at once": (of, rates) => `the loss diverges at once${of}, near ${round(rates[0])}: begin with a smaller rate, or look at the data`,
  "no descent": (of, rates) =>
    `the loss falls at no rate from ${round(rates[0])} to ${round(rates[rates.length - 1])}${of}: take more steps or other rates, or the model has learned what it can, or cannot learn from these data`,
  "still falling": (of, rates) => `the loss still falls at the largest rate, ${round(rates[rates.length - 1])}${of}: end with a larger one`,
  "nothing left": (of, rates) =>
    `almost nothing is left of the loss${of} when the largest rate, ${round(rates[rates.length - 1])}, is reached: so few or so easy samples are learned by heart on the way, and large rates are not put to the test; take fewer steps, or more samples`,
};
