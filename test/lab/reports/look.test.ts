/** What charts are made of: colours, axes, places of names. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dark, light, type Scheme, variables } from "../../../src/lab/reports/charts/palette.ts";
import { scaleOf } from "../../../src/lab/reports/charts/scale.ts";
import { shorten, spread, textWidth } from "../../../src/lab/reports/charts/text.ts";
import { fixed, short } from "../../../src/lab/reports/numbers.ts";
import { style } from "../../../src/lab/reports/style.ts";

const linear = (colour: string): number[] =>
  [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
const luminance = (colour: string): number => linear(colour).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
/** WCAG 2. */
const contrast = (a: string, b: string): number => {
  const [high, low] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return (high + 0.05) / (low + 0.05);
};
/** Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB. */
const VISION = {
  usual: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritan: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};
/** Where a colour is in OKLab, as it is seen. */
function seen(colour: string, matrix: readonly number[]): number[] {
  const rgb = linear(colour);
  const [r, g, b] = [0, 1, 2].map((i) =>
    Math.max(
      0,
      rgb.reduce((sum, c, j) => sum + c * matrix[3 * i + j], 0),
    ),
  );
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}
const apart = (a: string, b: string, matrix: readonly number[]): number => Math.hypot(...seen(a, matrix).map((v, i) => v - seen(b, matrix)[i]));

describe.each<[string, Scheme]>([
  ["light", light],
  ["dark", dark],
])("colours, %s", (_, scheme) => {
  it("keep texts and marks readable", () => {
    for (const ground of [scheme.paper, scheme.panel]) {
      for (const text of [scheme.ink, scheme.muted, scheme.link, ...scheme.names]) expect(contrast(text, ground), text).toBeGreaterThan(4.5);
    }
    for (const mark of scheme.series) expect(contrast(mark, scheme.paper), mark).toBeGreaterThan(3);
    expect(contrast(scheme.notice[2], scheme.notice[0])).toBeGreaterThan(4.5);
    for (const [ground, ink] of [...scheme.heat, ...scheme.sides]) expect(contrast(ground, ink), ground).toBeGreaterThan(4.5);
  });

  it.each(Object.entries(VISION))("are told apart by %s eyes", (_, matrix) => {
    // Okabe and Ito's own are .076 apart at least.
    for (const [i, a] of scheme.series.entries()) for (const b of scheme.series.slice(0, i)) expect(apart(a, b, matrix), `${a} ${b}`).toBeGreaterThan(0.069);
  });

  it("of heat maps go evenly from one end to the other, also in grey", () => {
    const steps = scheme.heat.map(([ground]) => seen(ground, VISION.usual)[0]);
    const moves = steps.slice(1).map((step, i) => Math.abs(step - steps[i]));
    expect(new Set(steps.slice(1).map((step, i) => Math.sign(step - steps[i]))).size).toBe(1);
    expect(Math.min(...moves)).toBeGreaterThan(0.045);
  });

  it("of differences grow on both sides of the middle", () => {
    const middle = (scheme.sides.length - 1) / 2;
    const far = scheme.sides.map(([ground]) => apart(ground, scheme.sides[middle][0], VISION.usual));
    for (let i = 0; i < middle; i++) {
      expect(far[i] - far[i + 1]).toBeGreaterThan(0.05);
      expect(far[far.length - 1 - i] - far[far.length - 2 - i]).toBeGreaterThan(0.05);
    }
    for (const matrix of Object.values(VISION)) expect(apart(scheme.sides[0][0], scheme.sides[2 * middle][0], matrix)).toBeGreaterThan(0.1);
  });

  it("are all declared", () => {
    const used = [...style.matchAll(/var\(--([\w-]+)\)/g)].map(([, name]) => name);
    for (const name of used) if (!["sans", "serif"].includes(name)) expect(variables(scheme), name).toContain(`--${name}:#`);
  });
});

describe("axes", () => {
  const texts = (...[axis, values]: Parameters<typeof scaleOf>): string[] => {
    const scale = scaleOf(axis, values);
    return scale.ticks.map(scale.text);
  };
  const label = "value";

  it("have ticks that people count in", () => {
    expect(texts({ label, percent: true }, [0.9735, 0.9819])).toEqual(["97.2 %", "97.4 %", "97.6 %", "97.8 %", "98.0 %", "98.2 %"]);
    expect(texts({ label }, [0, 8440])).toEqual(["0", "2000", "4000", "6000", "8000", "10,000"]);
    expect(texts({ label, scale: "log" }, [1e-4, 1e-1])).toEqual(["1e-4", "0.001", "0.01", "0.1"]);
    expect(texts({ label, scale: "log" }, [2, 60])).toEqual(["3", "10", "30"]);
    expect(texts({ label, percent: true, scale: "error" }, [0.1, 0.98])).toEqual(["0 %", "50 %", "80 %", "90 %", "95 %", "98 %"]);
    expect(texts({ label, percent: true, scale: "error" }, [0.97, 0.98])).toEqual(["97.0 %", "97.2 %", "97.4 %", "97.6 %", "97.8 %", "98.0 %"]);
  });

  it("do not go beyond all", () => {
    const scale = scaleOf({ label, percent: true }, [0.3, 1]);
    expect(scale.at(1)).toBe(1);
  });

  it("show whatever they are given", () => {
    const value = fc.oneof(fc.double(), fc.constantFrom(0, 1, -1, 1e308, -1e308, 5e-324, 1e-300), fc.double({ min: 0, max: 1 }));
    fc.assert(
      fc.property(
        fc.array(fc.oneof(value, fc.constant(null))),
        fc.constantFrom("linear", "log", "error"),
        fc.boolean(),
        fc.integer({ min: 2, max: 12 }),
        fc.boolean(),
        (values, scale, percent, count, tight) => {
          const axis = scaleOf({ label, scale, percent }, values, { count, tight });
          for (const shown of values.filter(axis.takes)) expect(axis.at(shown)).toSatisfy((at: number) => at >= -1e-6 && at <= 1 + 1e-6);
          expect(axis.ticks.length).toBeLessThanOrEqual(Math.max(10, count + 3));
          for (const tick of axis.ticks) {
            expect(axis.at(tick)).toSatisfy((at: number) => at >= -1e-6 && at <= 1 + 1e-6);
            expect(axis.text(tick)).not.toMatch(/NaN|Infinity|^-0(\.0+)?( %)?$/);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("names at the ends of lines", () => {
  it("stand in order, apart, and as near as can be", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { minLength: 1, maxLength: 20 }), (wanted) => {
        const places = spread(wanted, 15, 0, 300);
        const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b] || a - b);
        for (const [k, i] of order.entries()) {
          expect(places[i]).toSatisfy((at: number) => at >= -1e-9 && at <= 300 + 1e-9);
          if (k > 0) expect(places[i] - places[order[k - 1]]).toBeGreaterThan(15 - 1e-6);
        }
      }),
    );
    expect(spread([10, 100, 200], 15, 0, 300)).toEqual([10, 100, 200]);
    expect(spread([100, 100], 10, 0, 300)).toEqual([95, 105]);
    expect(spread([0, 0], 10, 0, 300)).toEqual([0, 10]);
  });

  it("share what room there is", () => {
    expect(spread([1, 1, 1], 15, 0, 10)).toEqual([0, 5, 10]);
  });

  it("are cut where they are too long", () => {
    expect(shorten("adam", 100)).toBe("adam");
    const cut = shorten("a very long name of a competitor", 80);
    expect(cut).toMatch(/^a very.*…$/);
    expect(textWidth(cut)).toBeLessThanOrEqual(80);
  });
});

describe("numbers", () => {
  it.each([
    [0, "0"],
    [0.00316, "0.00316"],
    [1e-5, "1e-5"],
    [0.1 + 0.2, "0.3"],
    [1234.5678, "1235"],
    [12345.6, "12,346"],
    [-0.5, "-0.5"],
    [1.5e12, "1.5e12"],
    [Number.NaN, "–"],
  ])("%d is %s", (value, text) => expect(short(value)).toBe(text));

  it("have the digits they are given, and zero no sign", () => {
    expect([fixed(0.98765, 2), fixed(-0.001, 2), fixed(-0, 1), fixed(2e9, 2)]).toEqual(["0.99", "0.00", "0.0", "2.00e9"]);
  });
});
