/** Where texts of a chart go: there is no browser to measure them. @module */

/** The size of texts in charts. */
export const SIZE = 12;
export const LINE_HEIGHT = 15;

/** About how wide a text is in a sans-serif face, in pixels: rather too much than too little. */
export function textWidth(text: string, size = SIZE): number {
  let ems = 0;
  for (const character of text)
    ems += /[ijlftrI.,:;'|!()[\]\s]/.test(character) ? 0.38 : /[mwMW%@—]/.test(character) ? 0.92 : /[A-Z]/.test(character) ? 0.7 : 0.61;
  return ems * size;
}

/** The text, cut with an ellipsis where it is wider than `width`. */
export function shorten(text: string, width: number, size = SIZE): string {
  if (textWidth(text, size) <= width) return text;
  let cut = text;
  while (cut.length > 1 && textWidth(`${cut}…`, size) > width) cut = cut.slice(0, -1);
  return `${cut.trimEnd()}…`;
}

/**
 * Places as near as can be to those that are wanted, at least `gap` apart and between `low` and `high`, in their order.
 * Where there is no room for all, they are spread evenly.
 */
export function spread(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b] || a - b);
  const step = Math.min(gap, (high - low) / Math.max(1, wanted.length - 1));
  // Runs of places that touch: each stands around the mean of what its places want.
  const runs: { sum: number; count: number }[] = [];
  const start = ({ sum, count }: { sum: number; count: number }): number =>
    Math.min(Math.max(sum / count - (step * (count - 1)) / 2, low), high - step * (count - 1));
  for (const i of order) {
    runs.push({ sum: wanted[i], count: 1 });
    while (runs.length > 1) {
      const [before, last] = runs.slice(-2);
      if (start(before) + step * before.count <= start(last)) break;
      runs.splice(-2, 2, { sum: before.sum + last.sum, count: before.count + last.count });
    }
  }
  const places = new Array<number>(wanted.length);
  let next = 0;
  for (const run of runs) for (let k = 0; k < run.count; k++) places[order[next++]] = start(run) + step * k;
  return places;
}
