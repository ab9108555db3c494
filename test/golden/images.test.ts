/** Images turned, zoomed and moved against SciPy, and what is drawn for them against its distribution. */
import { describe, expect, it } from "vitest";
import { Graph, type Tensor } from "../../src/graph/graph.ts";
import { host } from "../../src/graph/ops/leaf.ts";
import { runGraph } from "../../src/graph/run.ts";
import { createRuntime, ops } from "../../src/index.ts";
import { references } from "../../src/program/reference/index.ts";
import { deriveKey } from "../../src/random.ts";
import { BATCH } from "../../src/shape.ts";
import { everyRuntime, golden } from "./golden.ts";

interface Case {
  shape: [number, number, number];
  rotation: number;
  zoom: [number, number];
  shift: [number, number];
  fillMode: "constant" | "nearest";
  x: number[];
  y: number[];
}

const { cases } = golden<{ cases: Case[] }>("images.json");
const runtimes = await everyRuntime();
const deterministic = await createRuntime({ mode: "deterministic" });

/** y = op(x) for `rows` images; key and places in the batch are given. */
async function draw(
  shape: readonly number[],
  x: ArrayLike<number>,
  rows: number,
  op: (x: Tensor) => Tensor,
  runtime = deterministic,
): Promise<ArrayLike<number>> {
  const graph = new Graph();
  const y = op(host(graph, "x", [BATCH, ...shape]));
  const positions = Array.from({ length: rows }, (_, i) => i);
  return (await runGraph(runtime, [y], { x, randomKey: deriveKey(5), positions }, rows))[0];
}

describe.each(runtimes)("SciPy's images, %s", (_, runtime) => {
  it.each(cases.map((c, i) => [i, c] as const))("case %i", async (_i, { shape, rotation, zoom, shift, fillMode, x, y }) => {
    const always = (value: number): [number, number] => [value, value];
    const [heightZoom, widthZoom] = zoom.map(always);
    const [heightShift, widthShift] = shift.map(always);
    const options = { rotation: always(rotation), heightZoom, widthZoom, heightShift, widthShift, fillMode };
    const actual = await draw(shape, x, 1, (image) => ops.randomAffine(image, options), runtime);
    // Places are f32 sums of two terms, neither above twice the size; the options too are f32. What they are off, neighbours' differences multiply.
    const off = 6 * 2 ** -24 * 2 * Math.max(...shape);
    const steepest = 2 * x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(actual.length).toBe(y.length);
    y.forEach((value, i) => expect(Math.abs(actual[i] - value), `${i}: ${actual[i]}, expected ${value}`).toBeLessThan(2 * off * steepest));
  });
});

/** The largest distance of the share of values below from that of the uniform distribution on [low, high]: Kolmogorov and Smirnov's. */
function distanceFromUniform(values: readonly number[], low: number, high: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.max(...sorted.map((value, i) => Math.abs((value - low) / (high - low) - (i + 0.5) / sorted.length)));
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const centred = (list: readonly number[]): number[] => {
    const mean = list.reduce((sum, x) => sum + x, 0) / list.length;
    return list.map((value) => value - mean);
  };
  const [x, y] = [centred(a), centred(b)];
  const dot = (p: readonly number[], q: readonly number[]): number => p.reduce((sum, value, i) => sum + value * q[i], 0);
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}

describe("what is drawn for a sample", () => {
  const n = 20_000;
  const [H, W] = [3, 3];
  /** Parameters that its coordinates tell, sample by sample; the kernels have the reference's bits. */
  const drawn = (ranges: readonly number[], flags: { oneZoom: number; flipVertical: number; flipHorizontal: number }) => {
    const coordinates = new Float64Array(n * 2 * H * W);
    const key = Int32Array.from(deriveKey(1, 2));
    const call = { coordinates, key, positions: Int32Array.from({ length: n }, (_, i) => i), ranges: Float64Array.from(ranges), n, H, W, stream: 7, ...flags };
    references.random_affine_coordinates_f32(call);
    return Array.from({ length: n }, (_, i) => {
      const at = (plane: number, h: number, w: number): number => coordinates[((2 * i + plane) * H + h) * W + w];
      return {
        yy: (at(0, 2, 0) - at(0, 0, 0)) / 2,
        yx: (at(0, 0, 2) - at(0, 0, 0)) / 2,
        xx: (at(1, 0, 2) - at(1, 0, 0)) / 2,
        down: (1 - at(0, 1, 1)) / H,
        right: (1 - at(1, 1, 1)) / W,
      };
    });
  };
  const none = [0, 0];
  const plain = { oneZoom: 1, flipVertical: 0, flipHorizontal: 0 };
  /** 1 % of samples of true uniform numbers are further away. */
  const limit = 1.63 / Math.sqrt(n);

  it("angles are uniform within the range", () => {
    const turns = drawn([-0.3, 0.4, ...none, ...none, ...none, ...none], plain).map(({ yy, yx }) => Math.atan2(yx, yy) / (2 * Math.PI));
    expect(Math.min(...turns)).toBeGreaterThanOrEqual(-0.3 - 1e-7);
    expect(Math.max(...turns)).toBeLessThanOrEqual(0.4 + 1e-7);
    expect(distanceFromUniform(turns, -0.3, 0.4)).toBeLessThan(limit);
  });

  it("shifts are uniform, and rows know nothing of columns", () => {
    const all = drawn([...none, ...none, ...none, -0.2, 0.1, 0, 0.25], plain);
    const [down, right] = [all.map((one) => one.down), all.map((one) => one.right)];
    expect(distanceFromUniform(down, -0.2, 0.1)).toBeLessThan(limit);
    expect(distanceFromUniform(right, 0, 0.25)).toBeLessThan(limit);
    expect(Math.abs(correlation(down, right))).toBeLessThan(0.02);
  });

  it("zooms are uniform, both ways alike or each by itself", () => {
    const ranges = [...none, -0.2, 0.3, 0.1, 0.4, ...none, ...none];
    const alike = drawn(ranges, plain);
    expect(alike.every(({ yy, xx }) => Math.abs(yy - xx) < 1e-6)).toBe(true);
    const each = drawn(ranges, { ...plain, oneZoom: 0 });
    const [rows, columns] = [each.map(({ yy }) => yy - 1), each.map(({ xx }) => xx - 1)];
    expect(distanceFromUniform(rows, -0.2, 0.3)).toBeLessThan(limit);
    expect(distanceFromUniform(columns, 0.1, 0.4)).toBeLessThan(limit);
    expect(Math.abs(correlation(rows, columns))).toBeLessThan(0.02);
  });

  it("each way is flipped half the time, by itself, and with nothing else", () => {
    const all = drawn([-0.01, 0.01, ...none, ...none, -0.1, 0.1, -0.1, 0.1], { oneZoom: 1, flipVertical: 1, flipHorizontal: 1 });
    const [vertical, horizontal] = [all.map(({ yy }) => Math.sign(yy)), all.map(({ xx }) => Math.sign(xx))];
    for (const list of [vertical, horizontal]) expect(Math.abs(list.reduce((sum, sign) => sum + sign, 0)) / n).toBeLessThan(0.02);
    for (const other of [horizontal, all.map(({ down }) => down), all.map(({ yx, yy }) => yx * Math.sign(yy))])
      expect(Math.abs(correlation(vertical, other))).toBeLessThan(0.02);
  });
});

it("flips keep every bit", async () => {
  const rows = 64;
  const [H, W] = [5, 7];
  const x = Float32Array.from({ length: rows * H * W }, (_, i) => Math.sin(i) / 3);
  const y = await draw([H, W, 1], x, rows, (image) => ops.randomAffine(image, { flip: "horizontalAndVertical" }));
  const seen = new Set<string>();
  for (let i = 0; i < rows; i++) {
    const at = (h: number, w: number): number => (i * H + h) * W + w;
    const matches = [false, true]
      .flatMap((down) => [false, true].map((across) => [down, across] as const))
      .filter(([down, across]) =>
        Array.from({ length: H * W }, (_, k) => [Math.floor(k / W), k % W]).every(
          ([h, w]) => y[at(h, w)] === x[at(down ? H - 1 - h : h, across ? W - 1 - w : w)],
        ),
      );
    expect(matches).toHaveLength(1);
    seen.add(matches[0].join());
  }
  expect(seen.size).toBe(4);
});

it("elastic displacements have the size and the reach of Simard's", async () => {
  const [rows, size] = [48, 56];
  const [alpha, sigma] = [34, 4];
  // An image of its own rows and columns, read anywhere, tells where it was read.
  const image = Array.from({ length: size * size }, (_, i) => [Math.floor(i / size), i % size]).flat();
  const x = Float32Array.from({ length: rows * image.length }, (_, i) => image[i % image.length]);
  const y = await draw([size, size, 2], x, rows, (images) => ops.randomElastic(images, { alpha, sigma }));
  const moved = (i: number, h: number, w: number, k: number): number => y[((i * size + h) * size + w) * 2 + k] - (k === 0 ? h : w);
  const inner = Array.from({ length: size - 24 }, (_, i) => i + 12);
  /** Displacements of all inner pixels, and those `lag` pixels to the right. */
  const pairs = (lag: number, k: number): [number[], number[]] => {
    const places = Array.from({ length: rows }, (_, i) => inner.flatMap((h) => inner.filter((w) => w + lag < size - 10).map((w) => [i, h, w] as const))).flat();
    return [places.map(([i, h, w]) => moved(i, h, w, k)), places.map(([i, h, w]) => moved(i, h, w + lag, k))];
  };
  for (const k of [0, 1]) {
    const [all] = pairs(0, k);
    const deviation = Math.sqrt(all.reduce((sum, d) => sum + d * d, 0) / all.length);
    const theirs = alpha / (Math.sqrt(12 * Math.PI) * sigma);
    expect(Math.abs(deviation / theirs - 1)).toBeLessThan(0.08);
    // Of noise behind a Gaussian filter: exp(-lag^2 / (4 sigma^2)).
    for (const lag of [4, 8, 12]) expect(Math.abs(correlation(...pairs(lag, k)) - Math.exp((-lag * lag) / (4 * sigma * sigma)))).toBeLessThan(0.1);
  }
  // Rows and columns are moved apart.
  expect(Math.abs(correlation(pairs(0, 0)[0], pairs(0, 1)[0]))).toBeLessThan(0.1);
});
