/** How many competitors a table shows beside the main one, which has all. @module */

/** More rows than this are not read a second time. */
const MOST = 15;
/** So many then. */
const SHOWN = 10;

/** The first of an order, from the best: all of a few competitors, ten of many. */
export const firstOf = <T>(order: readonly T[]): readonly T[] => (order.length > MOST ? order.slice(0, SHOWN) : order);

/** That some are not shown, and where they are; empty where all are. */
export const notShown = (shown: readonly unknown[], all: readonly unknown[]): string =>
  shown.length === all.length ? "" : `Shown are the ${shown.length} with the highest accuracy of ${all.length}; summary.json has all.`;

/** The sentences of a note, without those that are empty; as the field of a table. */
export function noteOf(...sentences: readonly string[]): { note?: string } {
  const note = sentences.filter((text) => text !== "").join(" ");
  return note === "" ? {} : { note };
}
