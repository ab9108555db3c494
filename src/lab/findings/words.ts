/** Numbers and names in sentences of reports. @module */
import type { ArmName } from "../protocols/protocol.ts";

/** `0.12`, a difference of two shares in points of percent. */
export const points = (difference: number): string => signless(100 * difference, 2);

/** `98.02 %` */
export const percent = (share: number): string => `${signless(100 * share, 2)} %`;

/** `-0.05 to 0.11`, in points. */
export const pointRange = ({ low, high }: { readonly low: number; readonly high: number }): string => `${points(low)} to ${points(high)}`;

/** `97.95 to 98.10 %` */
export const percentRange = ({ low, high }: { readonly low: number; readonly high: number }): string => `${signless(100 * low, 2)} to ${percent(high)}`;

/** `0.0039`, `< 0.001` */
export const probability = (p: number): string => (p < 0.001 ? "< 0.001" : `${Number(p.toPrecision(2))}`);

/** `p < 0.001`, `p = 0.004` */
export const pEquals = (p: number): string => (p < 0.001 ? "p < 0.001" : `p = ${probability(p)}`);

/** `a`, `a and b`, `a, b and c`; of more than `most`, as many and how many are left. */
export function listed(names: readonly string[], most = 6): string {
  const shown = names.length > most ? [...names.slice(0, most - 1), `${names.length - most + 1} others`] : names;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown[shown.length - 1]}`;
}

/** `1 seed`, `3 seeds` */
export const counted = (n: number, one: string, several = `${one}s`): string => `${n} ${n === 1 ? one : several}`;

/** `1st`, `2nd`, `11th` */
export function ordinal(n: number): string {
  const teen = n % 100 >= 11 && n % 100 <= 13;
  return `${n}${teen ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th")}`;
}

/** A competitor's label in a sentence: in quotation marks where it has commas of its own. */
export const named = (label: string): string => (label.includes(", ") ? `"${label}"` : label);

/** First letter in upper case. */
export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const TITLES: Readonly<Record<ArmName, string>> = { fair: "Fair", "as-printed": "As printed", "carry-over": "Carry-over", fresh: "Fresh" };

/** What an arm is called in headings. */
export const armTitle = (name: ArmName): string => TITLES[name];

/** A number without the sign of a zero. */
function signless(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text;
}
