/** Numbers as people read them. @module */

const round = (value: number): number => Math.floor(value + 0.5);

/** `60,000` */
export const integer = (value: number): string => round(value).toLocaleString("en");

/** `1 row`, `8 rows` */
export const plural = (count: number, noun: string): string => `${integer(count)} ${noun}${count === 1 ? "" : "s"}`;

/** `96.02 %`, or `-` for none. */
export const percent = (share: number | null, digits = 2): string => (share === null ? "-" : `${(100 * share).toFixed(digits)} %`);

/** Four decimals, or as many digits as a large number takes. */
export const loss = (value: number): string => (Math.abs(value) < 1e5 ? value.toFixed(4) : value.toExponential(3));

/** A value of a tensor: five decimals, or powers of ten. */
export const significant = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 1e6
    ? String(value)
    : Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5
      ? value.toFixed(5)
      : value.toExponential(3);

/** `0.70 s`, `12 s`, `3 min 5 s` */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  if (seconds < 9.95) return `${seconds.toFixed(seconds < 0.995 ? 2 : 1)} s`;
  const s = round(seconds);
  return s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

/** `46.2 kB`, powers of 1000. */
export const bytes = (n: number): string =>
  n < 1e3 ? `${n} B` : n < 1e6 ? `${(n / 1e3).toFixed(1)} kB` : n < 1e9 ? `${(n / 1e6).toFixed(1)} MB` : `${(n / 1e9).toFixed(1)} GB`;

/** A text in lines of so many columns, broken between words; a word that is longer has a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
