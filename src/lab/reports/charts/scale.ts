/** Axes: their range and where their ticks stand. @module */
import { axisText, fixed, short } from "../numbers.ts";
import type { Axis } from "../report.ts";

/** An axis, ready to draw. */
export interface Scale {
  readonly ticks: readonly number[];
  /** Ticks without a number. */
  readonly minor: readonly number[];
  /** A tick as text. */
  text(value: number): string;
  /** A value as text, finer than ticks are. */
  fine(value: number): string;
  /** From 0 to 1 along the axis. */
  at(value: number): number;
  /** Whether it can be drawn on this axis. */
  takes(value: number | null | undefined): value is number;
}

/** Beyond these the arithmetic of axes leaves the range of numbers. */
const MOST = 1e150;
const LEAST = 1e-150;

/**
 * The axis for some values: those that are no numbers are passed over. A logarithmic one is linear where it would show nothing, that is where no value is positive.
 * @param values all that it must show
 * @param count about how many ticks
 * @param tight it ends where the values end, not at a tick
 */
export function scaleOf(
  axis: Axis,
  values: readonly (number | null | undefined)[],
  { count = 6, tight = false }: { count?: number; tight?: boolean } = {},
): Scale {
  const finite = values.filter((value): value is number => typeof value === "number" && Math.abs(value) < MOST);
  const positive = finite.filter((value) => value > LEAST);
  if (axis.scale === "log" && positive.length > 0) return logarithmic(axis, positive);
  return axis.scale === "error" && uneven(finite) ? error(finite) : linear(axis, finite, count, tight);
}

function linear({ percent = false }: Axis, values: readonly number[], count: number, tight: boolean): Scale {
  const factor = percent ? 100 : 1;
  const shown = values.map((value) => (Math.abs(value) < LEAST ? 0 : value * factor));
  let low = shown.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  let high = shown.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (low > high) [low, high] = [0, 1];
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low <= 1e-9 * size || high === low) {
    const room = size === 0 ? 1 : 0.05 * size;
    [low, high] = [low - room, high + room];
  }
  let step = niceStep((high - low) / count);
  // Between two ends that are no ticks there may be hardly any.
  while (tight && Math.floor(high / step) - Math.ceil(low / step) < 2) step = niceStep(step / 2.5);
  const from = tight ? low : Math.floor(low / step + 1e-9) * step;
  const to = tight ? high : Math.ceil(high / step - 1e-9) * step;
  const bounded = percent && shown.every((value) => value >= 0 && value <= 100);
  const domain = bounded ? ([Math.max(0, from), Math.min(100, to)] as const) : ([from, to] as const);
  const ticks: number[] = [];
  for (let k = Math.ceil(domain[0] / step - 1e-6); k <= Math.floor(domain[1] / step + 1e-6); k++) ticks.push(k === 0 ? 0 : k * step);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const most = Math.max(Math.abs(from), Math.abs(to));
  // All digits where ticks differ in the last ones only.
  const plain = digits <= 6 && (most < 1e6 || (most < 1e9 && most > 1e4 * step));
  const [a, b] = [domain[0] / factor, domain[1] / factor];
  return {
    ticks: ticks.map((tick) => tick / factor),
    minor: [],
    text: (value) => `${plain ? grouped(fixed(value * factor, digits)) : short(value * factor)}${percent ? " %" : ""}`,
    fine: (value) => (plain ? `${fixed(value * factor, Math.max(digits + 1, 2))}${percent ? " %" : ""}` : axisText(value, { percent })),
    at: (value) => (value - a) / (b - a),
    takes: (value): value is number => typeof value === "number" && Math.abs(value) < MOST,
  };
}

/** Errors that differ more than this are shown by their logarithm. */
const UNEVEN = 5;
/** What is missing to 1, at least: 1 itself is infinitely far. */
const LEAST_ERROR = 1e-4;
const ERROR_TICKS = [0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9998, 0.9999];

const uneven = (values: readonly number[]): boolean => {
  const errors = values.map((value) => Math.max(1 - value, LEAST_ERROR));
  return values.every((value) => value >= 0 && value <= 1) && Math.max(...errors) > UNEVEN * Math.min(...errors);
};

/** Shares by the logarithm of what is missing to 1: what is near 1 has room, and a collapse is still shown. */
function error(values: readonly number[]): Scale {
  const by = (value: number): number => -Math.log10(Math.max(1 - value, LEAST_ERROR));
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const clipped = high > 1 - LEAST_ERROR;
  const room = 0.05 * (by(high) - by(low));
  const [from, to] = [Math.max(0, by(low) - room), by(high) + room];
  const at = (value: number): number => (by(value) - from) / (to - from);
  return {
    ticks: apart(ERROR_TICKS.filter((tick) => at(tick) >= 0 && at(tick) <= 1).map((tick) => [tick, at(tick)])),
    minor: [],
    text: (value) => `${clipped && value === 1 - LEAST_ERROR ? "≥ " : ""}${short(100 * value)} %`,
    fine: (value) => `${fixed(100 * value, 2)} %`,
    at,
    takes: (value): value is number => typeof value === "number" && value >= 0 && value <= 1,
  };
}

/** The ticks, from the last, that have room for their texts. */
function apart(ticks: readonly (readonly [tick: number, at: number])[]): number[] {
  const kept: (readonly [number, number])[] = [];
  for (const tick of [...ticks].reverse()) if (kept.length === 0 || kept[0][1] - tick[1] > 0.075) kept.unshift(tick);
  return kept.map(([tick]) => tick);
}

/** Thousands apart, in numbers of five digits or more. */
const grouped = (text: string): string => (/^-?\d{5,}$/.test(text) ? text.replace(/\B(?=(\d{3})+$)/g, ",") : text);

/** 1, 2 or 5 times a power of ten, not below `step`. */
function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const times = step / power;
  return power * (times <= 1.001 ? 1 : times <= 2.001 ? 2 : times <= 5.001 ? 5 : 10);
}

function logarithmic({ percent = false }: Axis, values: readonly number[]): Scale {
  const least = values.reduce((a, b) => Math.min(a, b));
  const greatest = values.reduce((a, b) => Math.max(a, b));
  const room = Math.max(0.04 * (Math.log10(greatest) - Math.log10(least)), 0.03);
  const [low, high] = [Math.log10(least) - room, Math.log10(greatest) + room];
  const decades: number[] = [];
  for (let k = Math.ceil(low - 1e-9); k <= Math.floor(high + 1e-9); k++) decades.push(k);
  const value = (k: number, times = 1): number => Number(`${times}e${k}`);
  const within = (tick: number): boolean => Math.log10(tick) >= low - 1e-9 && Math.log10(tick) <= high + 1e-9;
  const all = (times: readonly number[]): number[] => {
    const ticks: number[] = [];
    for (let k = Math.floor(low); k <= Math.ceil(high); k++) for (const t of times) if (within(value(k, t))) ticks.push(value(k, t));
    return ticks;
  };
  const every = Math.ceil(decades.length / 8);
  let ticks = decades.filter((k) => k % every === 0).map((k) => value(k));
  for (const times of [
    [1, 3],
    [1, 2, 5],
    [1, 2, 3, 5, 7],
    [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8],
  ])
    if (ticks.length < 3) ticks = all(times);
  // Less than all of these: the ends themselves.
  if (ticks.length < 2) ticks = [...new Set([least, greatest])];
  const minor = high - low <= 6 ? all([1, 2, 3, 4, 5, 6, 7, 8, 9]).filter((tick) => !ticks.includes(tick)) : [];
  return {
    ticks,
    minor,
    text: (tick) => (percent ? `${short(100 * tick)} %` : short(tick)),
    fine: (value) => (percent || value < 1e-3 || value >= 1e3 ? axisText(value, { percent }) : value.toPrecision(3)),
    at: (tick) => (Math.log10(tick) - low) / (high - low),
    takes: (tick): tick is number => typeof tick === "number" && tick > LEAST && tick < MOST,
  };
}
