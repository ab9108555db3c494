/** Points as places in the unit cube, one axis for each dimension. @module */
import { canonicalJson } from "../written/canonical.ts";
import { exp, log } from "./exp-log.ts";
import type { Dimension, Point, Range, Space, Value } from "./space.ts";

/** One dimension, from 0 to 1. */
export interface Axis {
  readonly name: string;
  /** Whether near places are values that are alike: those of ranges. */
  readonly ordered: boolean;
  /** How many values it has; Infinity for real ranges. */
  readonly count: number;
  /** The value at a place in [0,1]. */
  decode(place: number): Value;
  /** The place of a value that the dimension has: the middle of those that give it (of whole numbers by the logarithm a little beside it). */
  encode(value: Value): number;
  /** All values of a list; `n` of a range or as many as it holds, both ends and what lies evenly between them. */
  levels(n: number): readonly Value[];
}

/** The axes of a checked space, in its order. */
export const axesOf = (space: Space): readonly Axis[] => Object.entries(space).map(([name, dimension]) => ({ name, ...axisOf(dimension) }));

/** The point at a place. */
export const pointAt = (axes: readonly Axis[], place: ArrayLike<number>): Point =>
  Object.freeze(Object.fromEntries(axes.map((axis, d) => [axis.name, axis.decode(place[d])])));

/** The place of a point. */
export const placeOf = (axes: readonly Axis[], point: Point): number[] => axes.map((axis) => axis.encode(point[axis.name]));

type Coding = Omit<Axis, "name">;

function axisOf(dimension: Dimension): Coding {
  if ("low" in dimension) return dimension.integer ? wholeAxis(dimension) : realAxis(dimension);
  const [values, count] = [dimension, dimension.length];
  const keys = new Map(values.map((value, i) => [canonicalJson(value), i]));
  return {
    ordered: false,
    count,
    decode: (place) => values[Math.min(Math.floor(place * count), count - 1)],
    encode: (value) => ((keys.get(canonicalJson(value)) ?? 0) + 0.5) / count,
    levels: () => values,
  };
}

const within = ({ low, high }: Range, value: number): number => Math.min(Math.max(value, low), high);

/** Places of the numbers from `low` to `high`. */
function scale(low: number, high: number, logarithmic: boolean | undefined): { at(place: number): number; of(value: number): number } {
  const [from, to] = logarithmic ? [log(low), log(high)] : [low, high];
  return {
    at: (place) => (logarithmic ? exp(from + place * (to - from)) : from + place * (to - from)),
    of: (value) => ((logarithmic ? log(value) : value) - from) / (to - from),
  };
}

function realAxis(range: Range): Coding {
  const { at, of } = scale(range.low, range.high, range.log);
  return {
    ordered: true,
    count: Number.POSITIVE_INFINITY,
    decode: (place) => within(range, at(place)),
    encode: (value) => of(value as number),
    levels: (n) => levelsOf(range, n),
  };
}

/** To twelve digits, so that they read 0.01 and not 0.010000000000000002. */
const DIGITS = 12;

function levelsOf(range: Range, n: number): number[] {
  const { at } = scale(range.low, range.high, range.log);
  const between = Array.from({ length: n - 2 }, (_, i) => Number(at((i + 1) / (n - 1)).toPrecision(DIGITS)));
  return [range.low, ...between.map((value) => within(range, value)), range.high];
}

/** Each number is what real ones from half below to half above it round to, so that the ends are as likely as the others. */
function wholeAxis(range: Range): Coding {
  const { at, of } = scale(range.low - 0.5, range.high + 0.5, range.log);
  return {
    ordered: true,
    count: range.high - range.low + 1,
    decode: (place) => within(range, Math.floor(at(place) + 0.5)),
    encode: (value) => of(value as number),
    levels: (n) => {
      const count = range.high - range.low + 1;
      if (n >= count) return Array.from({ length: count }, (_, i) => range.low + i);
      // Those of a logarithm may round to the same.
      return [...new Set(levelsOf(range, n).map((value) => Math.floor(value + 0.5)))];
    },
  };
}
