/** Principal components of the weights' way. */
import { describe, expect, it } from "vitest";
import { eigenOf } from "../../../src/lab/diagnostics/symmetric.ts";
import { principalComponents } from "../../../src/lab/diagnostics/trajectory.ts";
import { fillNormal } from "../../../src/random.ts";
import { clouds, length, record, smooth } from "./support.ts";

const gram = (points: readonly ArrayLike<number>[]): number[][] => points.map((a) => points.map((b) => Array.from(a).reduce((sum, x, i) => sum + x * b[i], 0)));

describe("eigenvalues", () => {
  it("of a small matrix", () => {
    const { values, vectors } = eigenOf([
      [2, -1, 0],
      [-1, 2, -1],
      [0, -1, 2],
    ]);
    [2 + Math.SQRT2, 2, 2 - Math.SQRT2].forEach((value, i) => {
      expect(values[i]).toBeCloseTo(value, 12);
    });
    vectors[0].forEach((x, i) => {
      expect(x).toBeCloseTo([-0.5, Math.SQRT1_2, -0.5][i], 12);
    });
    expect(eigenOf([[0]])).toEqual({ values: [0], vectors: [[1]] });
  });

  it("and vectors put a random matrix together again", () => {
    const n = 12;
    const draws = new Float32Array(n * n);
    fillNormal(draws, draws.length, [1, 1]);
    const matrix = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_c, j) => draws[i * n + j] + draws[j * n + i]));
    const { values, vectors } = eigenOf(matrix);
    expect([...values].sort((a, b) => b - a)).toEqual(values);
    matrix.forEach((row, i) => {
      row.forEach((x, j) => {
        expect(values.reduce((sum, value, k) => sum + value * vectors[k][i] * vectors[k][j], 0)).toBeCloseTo(x, 10);
      });
    });
  });
});

describe("principal components", () => {
  it("of an ellipse are its axes", () => {
    const angles = Array.from({ length: 16 }, (_, i) => (2 * Math.PI * i) / 16);
    // Axes 3 and 1, turned, and away from the origin.
    const points = angles.map((t) => [10 + 3 * Math.cos(t) * 0.6 - Math.sin(t) * 0.8, -5 + 3 * Math.cos(t) * 0.8 + Math.sin(t) * 0.6, 7]);
    const { explained, coordinates } = principalComponents(gram(points));
    expect(explained[0]).toBeCloseTo(0.9, 10);
    expect(explained[1]).toBeCloseTo(0.1, 10);
    expect(Math.max(...coordinates[0])).toBeCloseTo(3, 6);
    coordinates[0].forEach((x, i) => {
      expect((x / 3) ** 2 + coordinates[1][i] ** 2).toBeCloseTo(1, 6);
    });
  });

  it("of a random walk in many dimensions explain 6 / (pi k)^2 each (Antognini & Sohl-Dickstein 2018)", () => {
    const [steps, size] = [100, 2000];
    const draws = new Float32Array(steps * size);
    fillNormal(draws, draws.length, [2, 2]);
    const points = [new Float64Array(size)];
    for (let k = 0; k < steps - 1; k++) points.push(points[k].map((x, i) => x + draws[k * size + i]));
    const { explained } = principalComponents(gram(points));
    for (const k of [1, 2, 3]) expect(Math.abs(explained[k - 1] - 6 / (Math.PI * k) ** 2)).toBeLessThan(0.02);
  });
});

describe("the trajectory", () => {
  it("has the first, the last and evenly spread snapshots", async () => {
    const model = smooth();
    const start = (await model.getWeights()).flatMap(({ data }) => [...data]);
    const { trajectory } = await record(model, clouds(80), ["trajectory"], { trajectory: { snapshots: 5 } }, { epochs: 3 });
    expect(trajectory?.steps).toEqual([0, 8, 16, 24, 30]);
    const end = (await model.getWeights()).flatMap(({ data }) => [...data]);
    expect(trajectory?.distance[0]).toBe(0);
    expect(trajectory?.distance.at(-1)).toBeCloseTo(length(end.map((x, i) => x - start[i])), 4);
    expect(trajectory?.explained.reduce<number>((sum, x) => sum + (x as number), 0)).toBeCloseTo(1, 3);
    expect(trajectory?.coordinates.map((along) => along.length)).toEqual([5, 5]);
    // Between the ends no less than along both components.
    const ends = trajectory?.coordinates.map((along) => (along.at(-1) as number) - (along[0] as number)) ?? [];
    expect(length(ends)).toBeLessThanOrEqual((trajectory?.distance.at(-1) as number) * 1.001);
    expect(length(ends)).toBeGreaterThan(0.9 * (trajectory?.distance.at(-1) as number));
  });

  it("ends where a fit was stopped", async () => {
    const stop = {
      name: "stop",
      onStepEnd: ({ step }: { step: number }, context: { stop(why: string): void }) => void (step === 12 && context.stop("enough")),
    };
    const { trajectory } = await record(smooth(), clouds(80), ["trajectory"], { trajectory: { snapshots: 4 } }, { epochs: 3, callbacks: [stop] });
    expect(trajectory?.steps).toEqual([0, 10, 13]);
  });
});
