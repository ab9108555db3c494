/** Windows over series: which rows a window sees, and that none of them is of a part that is held out. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FitSeriesOptions, fitSeries, lastWindow, parseCsv, type SeriesPreprocessing, table, takeRows, windows } from "../../../src/data/index.ts";
import { ConfigError, DataFormatError, NumericError, ShapeError } from "../../../src/errors.ts";

/** A series whose value is the number of its row, and a second column of their negatives. */
const counted = (n: number) =>
  table({ columns: { t: Array.from({ length: n }, (_, i) => i), minus: Array.from({ length: n }, (_, i) => -i) }, source: "series" });
const plain = (n: number, options: Partial<FitSeriesOptions> = {}): SeriesPreprocessing =>
  fitSeries(counted(n), { target: "t", length: 3, scaler: "none", ...options });
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe("windows", () => {
  it("samples [length, features] and the value behind them", () => {
    const data = windows(counted(6), plain(6, { features: ["t", "minus"] }));
    expect(data.sampleShape).toEqual([3, 2]);
    expect(data.targetShape).toEqual([]);
    expect([...data.sample(0)]).toEqual([0, -0, 1, -1, 2, -2]);
    expect([...data.sample(2)]).toEqual([2, -2, 3, -3, 4, -4]);
    expect(data.y).toEqual(Float32Array.of(3, 4, 5));
  });

  it("the horizon alone, or all steps up to it", () => {
    const last = windows(counted(8), plain(8, { horizon: 3 }));
    expect([last.length, last.y]).toEqual([3, Float32Array.of(5, 6, 7)]);
    const all = windows(counted(8), plain(8, { horizon: 3, steps: "all" }));
    expect([all.length, all.targetShape, all.y]).toEqual([3, [3], Float32Array.of(3, 4, 5, 4, 5, 6, 5, 6, 7)]);
  });

  it("are what every place in every series makes them, for any options", () => {
    const options = fc.record({
      n: fc.integer({ min: 1, max: 30 }),
      length: fc.integer({ min: 1, max: 6 }),
      horizon: fc.integer({ min: 1, max: 5 }),
      stride: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(options, fc.constantFrom("last" as const, "all" as const), fc.nat(29), fc.nat(30), ({ n, length, horizon, stride }, steps, a, b) => {
        const [from, to] = [Math.min(a, b, n - 1), Math.min(Math.max(a, b), n)];
        fc.pre(from < to);
        // Which windows there are, by trying every place: the row behind the window, and its targets.
        const expected: { seen: number[]; targets: number[] }[] = [];
        for (let end = length; end + horizon <= n; end++) {
          const targets = steps === "all" ? range(end, end + horizon) : [end + horizon - 1];
          if (targets.every((row) => row >= from && row < to)) expected.push({ seen: range(end - length, end), targets });
        }
        const make = () => windows(counted(n), plain(n, { length, horizon, steps }), { from, to, stride });
        if (expected.length === 0) {
          expect(make).toThrow(ShapeError);
          return;
        }
        const data = make();
        const strided = expected.filter((_, i) => i % stride === 0);
        expect(data.length).toBe(strided.length);
        expect([...data.x]).toEqual(strided.flatMap(({ seen }) => seen));
        expect([...(data.y ?? [])]).toEqual(strided.flatMap(({ targets }) => targets));
      }),
      { numRuns: 500 },
    );
  });

  it("of the past and of the future share no target, and the past sees nothing of the future", () => {
    for (const steps of ["last", "all"] as const) {
      const [series, cut] = [counted(40), 25];
      const preprocessing = fitSeries(takeRows(series, range(0, cut)), { target: "t", length: 5, horizon: 4, steps, scaler: "none" });
      const [past, future] = [windows(series, preprocessing, { to: cut }), windows(series, preprocessing, { from: cut })];
      expect(Math.max(...past.x, ...(past.y ?? []))).toBe(cut - 1);
      expect(Math.min(...(future.y ?? []))).toBe(cut);
      expect(Math.max(...(future.y ?? []))).toBe(39);
      // The same from the rows of the past alone: nothing behind the cut was needed.
      expect(windows(takeRows(series, range(0, cut)), preprocessing)).toEqual(past);
    }
  });

  it("scales by the past, what comes later too", () => {
    const series = table({ columns: { y: [0, 2, 4, 100] } });
    const preprocessing = fitSeries(takeRows(series, [0, 1, 2]), { target: "y", length: 2, scaler: "minMax" });
    expect(preprocessing.target).toEqual({ column: "y", scaling: { kind: "minMax", shift: 0, scale: 4 } });
    const data = windows(series, preprocessing);
    expect([[...data.x], [...(data.y ?? [])]]).toEqual([
      [0, 0.5, 0.5, 1],
      [1, 25],
    ]);
    expect([...lastWindow(series, preprocessing).x]).toEqual([1, 25]);
    expect(JSON.parse(JSON.stringify(preprocessing))).toEqual(preprocessing);
  });

  it("a column that is not seen may have gaps", () => {
    const series = parseCsv("date,y,z\nmon,1,\ntue,2,3\nwed,3,4\n");
    expect(windows(series, fitSeries(series, { target: "y", length: 1 })).length).toBe(2);
  });

  const gap = parseCsv("date,y\nmon,1\ntue,\nwed,3\nthu,4\n", { source: "week.csv" });
  const known = plain(4, { length: 2 });
  it.each<[string, () => unknown, new (...args: never[]) => Error, string]>([
    [
      "a series shorter than its window",
      () => windows(counted(3), plain(3)),
      ShapeError,
      "windows, series: got 3 rows, expected at least 4 rows from the beginning: a window of 3 and what is 1 step behind it",
    ],
    [
      "a series shorter than its horizon",
      () => windows(counted(6), plain(6, { horizon: 4 })),
      ShapeError,
      "got 6 rows, expected at least 7 rows from the beginning: a window of 3 and what is 4 steps behind it",
    ],
    ["a past shorter than its window", () => windows(counted(9), plain(9), { to: 3 }), ShapeError, "windows, series: got 3 rows, expected at least 4"],
    [
      "a part shorter than its targets",
      () => windows(counted(9), plain(9, { horizon: 3, steps: "all" }), { from: 7 }),
      ShapeError,
      "windows, series: got rows 7 to 9, expected at least 10 rows",
    ],
    ["a series shorter than the last window", () => lastWindow(counted(2), plain(9)), ShapeError, "lastWindow, series: got 2 rows, expected at least 3"],
    ["a gap in the past", () => fitSeries(gap, { target: "y", length: 1 }), DataFormatError, 'week.csv, line 3, column "y": got no value'],
    [
      "a gap later",
      () => windows(gap, { ...known, features: [{ ...known.features[0], column: "y" }] }),
      DataFormatError,
      'week.csv, line 3, column "y": got no value',
    ],
    [
      "words",
      () => fitSeries(gap, { target: "date", length: 1 }),
      DataFormatError,
      'week.csv, column "date": got words ("mon", "tue", "wed"), expected numbers',
    ],
    ["an unknown column", () => fitSeries(gap, { target: "Y", length: 1 }), ConfigError, 'fitSeries, week.csv: got no column "Y"'],
    ["a feature twice", () => plain(5, { features: ["t", "t"] }), ConfigError, 'fitSeries, features: got "t" twice'],
    ["no features", () => plain(5, { features: [] }), ConfigError, "fitSeries, features: got none"],
    ["a window of no length", () => plain(5, { length: 0 }), ConfigError, "fitSeries, length: got 0, expected a positive integer"],
    ["no horizon", () => plain(5, { horizon: 0.5 }), ConfigError, "fitSeries, horizon: got 0.5"],
    ["unknown steps", () => plain(5, { steps: "some" as "all" }), ConfigError, 'fitSeries, steps: got "some"'],
    ["an unknown scaler", () => plain(5, { scaler: "max" as "none" }), ConfigError, '"max"'],
    ["no rows", () => fitSeries(takeRows(counted(3), []), { target: "t", length: 1 }), ShapeError, "fitSeries, series: got no rows"],
    ["a stride of nothing", () => windows(counted(9), plain(9), { stride: 0 }), ConfigError, "windows, stride: got 0"],
    [
      "rows that are not there",
      () => windows(counted(9), plain(9), { to: 10 }),
      ConfigError,
      "windows, series: got rows from 0 to 10, expected some of the rows 0 to 9",
    ],
    ["no rows between", () => windows(counted(9), plain(9), { from: 5, to: 5 }), ConfigError, "got rows from 5 to 5"],
    [
      "more numbers than memory should hold",
      () => windows(counted(40_000), plain(9, { length: 10_000 })),
      ConfigError,
      "windows, series: got 30000 windows of [10000,1], 300000000 numbers, expected at most 268435456: windows are copies",
    ],
    [
      "a number beyond f32",
      () => windows(table({ columns: { t: [1, 1e39, 2] } }), plain(3, { length: 1 })),
      NumericError,
      'table, row 1, column "t": got 1e+39, which scaled is beyond f32',
    ],
  ])("refuses %s", (_, make, type, message) => {
    expect(make).toThrow(type);
    expect(make).toThrow(message);
  });
});
