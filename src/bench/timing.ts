/** Timing in one process: contestants in turn, medians. @module */

/** A contestant's figures, in milliseconds. */
export interface Timing {
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
  readonly samples: number;
  /** In the order they were taken: those of one round stand at one place. */
  readonly inOrder: readonly number[];
}

/** The median of `a` / `b`, round by round: what disturbs the machine for a while disturbs both. */
export function medianRatio(a: Timing, b: Timing): number {
  const rounds = Math.min(a.samples, b.samples);
  return timingOf(a.inOrder.slice(0, rounds).map((ms, k) => ms / b.inOrder[k])).median;
}

const WARM_UP_MS = 250;

/** Quantiles of samples in ms. */
export function timingOf(samples: readonly number[]): Timing {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
  return { median: at(0.5), p10: at(0.1), p90: at(0.9), samples: sorted.length, inOrder: samples };
}

/**
 * Times contestants in turn for about `milliseconds` each: a sample repeats the call until it lasts 1 ms, after a warm-up of at least
 * a quarter of a second: only then does the engine's optimised code run.
 */
export function race(contestants: Record<string, () => void>, milliseconds = 600): Record<string, Timing> {
  const entries = Object.entries(contestants).map(([name, run]) => {
    const from = performance.now();
    let runs = 0;
    do {
      run();
      runs++;
    } while (performance.now() - from < Math.max(WARM_UP_MS, milliseconds / 5));
    const each = (performance.now() - from) / runs;
    return { name, run, repeat: Math.max(1, Math.ceil(1 / each)), samples: [] as number[], spent: 0 };
  });
  for (let round = 0; round < 3 || entries.some(({ spent }) => spent < milliseconds); round++) {
    for (const entry of entries) {
      if (round >= 3 && entry.spent >= milliseconds) continue;
      const from = performance.now();
      for (let i = 0; i < entry.repeat; i++) entry.run();
      const took = performance.now() - from;
      entry.spent += took;
      entry.samples.push(took / entry.repeat);
    }
  }
  return Object.fromEntries(entries.map(({ name, samples }) => [name, timingOf(samples)]));
}
