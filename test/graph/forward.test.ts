/** Values of every op against plain JavaScript written for the purpose. */
import { describe, expect, test } from "vitest";
import * as ops from "../../src/graph/ops/index.ts";
import { BATCH as N } from "../../src/shape.ts";
import { type Build, evaluate, type Input } from "./check.ts";

type Index = readonly number[];
interface Array_ {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** An array of a shape from a function of the index. */
function make(shape: readonly number[], f: (index: Index) => number): Array_ {
  const data: number[] = [];
  const visit = (index: Index): void => {
    if (index.length === shape.length) data.push(f(index));
    else for (let i = 0; i < shape[index.length]; i++) visit([...index, i]);
  };
  visit([]);
  return { shape, data };
}

/** The element at an index, or at the part of it that the array has, repeating dimensions of 1. */
function get({ shape, data }: Array_, index: Index): number {
  const own = index.slice(index.length - shape.length);
  return data[shape.reduce((at, size, i) => at * size + (size === 1 ? 0 : own[i]), 0)];
}

async function same(build: Build, inputs: readonly (Input | Input["shape"])[], expected: (...x: Array_[]) => Array_, rows = 3): Promise<void> {
  const full = inputs.map((input): Input => (Array.isArray(input) ? { shape: input } : (input as Input)));
  const { shape, y, x } = await evaluate(build, full, { rows });
  const right = expected(...x.map((data, i) => ({ shape: full[i].shape.map((dim) => (typeof dim === "number" ? dim : dim.rows * rows)), data })));
  expect(shape).toEqual(right.shape);
  expect(y.length).toBe(right.data.length);
  y.forEach((value, i) => {
    if (
      Number.isNaN(right.data[i])
        ? !Number.isNaN(value)
        : !(value === right.data[i] || Math.abs(value - right.data[i]) <= 1e-13 * Math.max(1, Math.abs(right.data[i])))
    ) {
      expect.fail(`element ${i}: ${value}, expected ${right.data[i]}`);
    }
  });
}

/** Each op of two operands in the ways shapes can meet; a result of `rows` 3. */
const meetings: [string, Input["shape"], Input["shape"], number[]][] = [
  ["one shape", [N, 5], [N, 5], [3, 5]],
  ["a row", [N, 5], [5], [3, 5]],
  ["a column", [N, 1], [N, 5], [3, 5]],
  ["a scalar", [N, 2, 3], [], [3, 2, 3]],
  ["crossed", [N, 1, 3], [4, 1], [3, 4, 3]],
  ["four uneven steps", [2, 1, 3, 1], [1, 2, 1, 3], [2, 2, 3, 3]],
  ["six dimensions in few steps", [N, 2, 1, 2, 1, 2], [2, 1, 2, 1, 2], [3, 2, 1, 2, 1, 2]],
  ["batch inside", [2, 3], [N, 1, 3], [3, 2, 3]],
  ["batch last", [4, N], [4, 1], [4, 3]],
];

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const binaries: Record<string, [(a: ops.Value, b: ops.Value) => ReturnType<Build>, (a: number, b: number) => number]> = {
  add: [ops.add, (a, b) => a + b],
  sub: [ops.sub, (a, b) => a - b],
  mul: [ops.mul, (a, b) => a * b],
  div: [ops.div, (a, b) => a / b],
  pow: [(a, b) => ops.pow(ops.abs(a as never), b), (a, b) => Math.abs(a) ** b],
  minimum: [ops.minimum, Math.min],
  maximum: [ops.maximum, Math.max],
  equal: [(a, b) => ops.compare(ops.sign(a as never), "equal", ops.sign(b as never)), (a, b) => Number(Math.sign(a) === Math.sign(b))],
  notEqual: [(a, b) => ops.compare(ops.sign(a as never), "notEqual", ops.sign(b as never)), (a, b) => Number(Math.sign(a) !== Math.sign(b))],
  less: [(a, b) => ops.compare(a, "less", b), (a, b) => Number(a < b)],
  lessEqual: [(a, b) => ops.compare(a, "lessEqual", b), (a, b) => Number(a <= b)],
  greater: [(a, b) => ops.compare(a, "greater", b), (a, b) => Number(a > b)],
  greaterEqual: [(a, b) => ops.compare(a, "greaterEqual", b), (a, b) => Number(a >= b)],
};

describe.each(Object.entries(binaries))("%s", (_, [op, f]) => {
  test.each(meetings)("%s", (_how, a, b, shape) =>
    same(
      (x, y) => op(x, y),
      [a, b],
      (x, y) => make(shape, (i) => f(get(x, i), get(y, i))),
    ),
  );
  test("numbers", async () => {
    await same(
      (x) => op(x, ops.constant(x.graph, [0.75], [])),
      [[N, 3]],
      (x) => make([3, 3], (i) => f(get(x, i), 0.75)),
    );
    await same(
      (x) => op(ops.constant(x.graph, [0.75], []), x),
      [[N, 3]],
      (x) => make([3, 3], (i) => f(0.75, get(x, i))),
    );
  });
});

test("numbers stand for scalars", async () => {
  const each = (build: Build, f: (x: number) => number): Promise<void> => same(build, [[N, 3]], (x) => make([3, 3], (i) => f(get(x, i))));
  await each(
    (x) => ops.add(x, 2),
    (x) => x + 2,
  );
  await each(
    (x) => ops.sub(2, x),
    (x) => 2 - x,
  );
  await each(
    (x) => ops.mul(x, -3),
    (x) => -3 * x,
  );
  await each(
    (x) => ops.mul(-3, x),
    (x) => -3 * x,
  );
  await each(
    (x) => ops.div(x, 3),
    (x) => x / 3,
  );
  await each(
    (x) => ops.div(3, x),
    (x) => 3 / x,
  );
  await each(
    (x) => ops.maximum(0.1, x),
    (x) => Math.max(0.1, x),
  );
  await each(
    (x) => ops.minimum(x, 0.1),
    (x) => Math.min(0.1, x),
  );
  await each(
    (x) => ops.pow(2, x),
    (x) => 2 ** x,
  );
  for (const exponent of [-2, -1, 0, 0.5, 1, 2, 3, 2.5])
    await each(
      (x) => ops.pow(ops.abs(x), exponent),
      (x) => Math.abs(x) ** exponent,
    );
  await each(
    (x) => ops.where(ops.compare(x, "less", 0), -1, x),
    (x) => (x < 0 ? -1 : x),
  );
  await each(
    (x) => ops.where(ops.compare(0, "less", x), x, 7),
    (x) => (x > 0 ? x : 7),
  );
});

const unaries: Record<string, [Build, (x: number) => number]> = {
  neg: [(x) => ops.neg(x), (x) => -x],
  abs: [(x) => ops.abs(x), Math.abs],
  sign: [(x) => ops.sign(x), Math.sign],
  sqrt: [(x) => ops.sqrt(x), Math.sqrt],
  exp: [(x) => ops.exp(x), Math.exp],
  log: [(x) => ops.log(x), Math.log],
  square: [(x) => ops.square(x), (x) => x * x],
  clip: [(x) => ops.clip(x, -0.5, 0.75), (x) => Math.min(Math.max(x, -0.5), 0.75)],
  "clip below": [(x) => ops.clip(x, -0.5, Number.POSITIVE_INFINITY), (x) => Math.max(x, -0.5)],
  "clip above": [(x) => ops.clip(x, Number.NEGATIVE_INFINITY, 0.5), (x) => Math.min(x, 0.5)],
  "clip not at all": [(x) => ops.clip(x, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY), (x) => x],
  relu: [(x) => ops.relu(x), (x) => Math.max(x, 0)],
  leakyRelu: [(x) => ops.leakyRelu(x, 0.25), (x) => (x > 0 ? x : 0.25 * x)],
  elu: [(x) => ops.elu(x), (x) => (x > 0 ? x : Math.expm1(x))],
  "elu with alpha": [(x) => ops.elu(x, 0.5), (x) => (x > 0 ? x : 0.5 * Math.expm1(x))],
  sigmoid: [(x) => ops.sigmoid(x), sigmoid],
  tanh: [(x) => ops.tanh(x), Math.tanh],
  softplus: [(x) => ops.softplus(x), (x) => Math.log1p(Math.exp(x))],
  linear: [(x) => ops.linear(x), (x) => x],
  stopGradient: [(x) => ops.stopGradient(x), (x) => x],
};
test.each(Object.entries(unaries))("%s", async (_, [build, f]) => {
  await same(build, [[N, 7]], (x) => make([3, 7], (i) => f(get(x, i))));
  await same(build, [[]], (x) => make([], () => f(x.data[0])));
  await same(build, [{ shape: [N], values: [0, 1, -1] }], (x) => make([3], (i) => f(get(x, i))));
});

test("the default slope of leakyRelu is 0.2", async () => {
  const { y } = await evaluate((x) => ops.leakyRelu(x), [{ shape: [1], values: [-1] }]);
  expect(y[0]).toBeCloseTo(-0.2, 7);
});

test("where broadcasts all three", () =>
  same(
    (c, a, b) => ops.where(ops.compare(c, "greater", 0), a, b),
    [[N, 1], [4], [2, 1, 1]],
    (c, a, b) => make([2, 3, 4], (i) => (get(c, i) > 0 ? get(a, i) : get(b, i))),
  ));

test("cast", async () => {
  const integers: Input = { shape: [4], values: [-7, 0, 3, 1 << 20], dtype: "i32" };
  await same(
    (x) => ops.cast(x, "f32"),
    [integers],
    (x) => x,
  );
  await same(
    (x) => ops.cast(x, "i32"),
    [{ shape: [6], values: [-2.7, -0.2, 0, 0.9, 1.5, Number.NaN] }],
    () => ({ shape: [6], data: [-2, 0, 0, 0, 1, 0] }),
  );
  await same(
    (x) => ops.cast(x, "f32"),
    [[3]],
    (x) => x,
  );
});

test("reshape", async () => {
  await same(
    (x) => ops.reshape(x, [N, 6]),
    [[N, 2, 3]],
    (x) => ({ shape: [3, 6], data: x.data }),
  );
  await same(
    (x) => ops.reshape(x, [-1, 3]),
    [[N, 2, 3]],
    (x) => ({ shape: [6, 3], data: x.data }),
  );
  await same(
    (x) => ops.reshape(x, [3, -1]),
    [[N, 2, 3]],
    (x) => ({ shape: [3, 6], data: x.data }),
  );
  await same(
    (x) => ops.reshape(x, [x.shape[0], -1]),
    [[N, 2, 3]],
    (x) => ({ shape: [3, 6], data: x.data }),
  );
  await same(
    (x) => ops.reshape(x, []),
    [[1, 1]],
    (x) => ({ shape: [], data: x.data }),
  );
  await same(
    (x) => ops.reshape(x, [2, N]),
    [{ shape: [N, 2], values: [0, 1, 2, 3, 4, 5], dtype: "i32" }],
    (x) => ({ shape: [2, 3], data: x.data }),
  );
});

test("transpose", async () => {
  await same(
    (x) => ops.transpose(x),
    [[N, 4]],
    (x) => make([4, 3], ([i, j]) => get(x, [j, i])),
  );
  await same(
    (x) => ops.transpose(x, [0, 2, 1]),
    [[N, 4, 5]],
    (x) => make([3, 5, 4], ([n, i, j]) => get(x, [n, j, i])),
  );
  await same(
    (x) => ops.transpose(x, [3, 1, 0, 2]),
    [[2, 3, N, 4]],
    (x) => make([4, 3, 2, 3], ([a, b, c, d]) => get(x, [c, b, d, a])),
  );
  await same(
    (x) => ops.transpose(x, [-1, 0]),
    [[2, 3]],
    (x) => make([3, 2], ([i, j]) => get(x, [j, i])),
  );
  await same(
    (x) => ops.transpose(x, [0, 1]),
    [[2, 3]],
    (x) => x,
  );
});

test("broadcastTo", async () => {
  await same(
    (x) => ops.broadcastTo(x, [2, N, 3]),
    [[N, 1]],
    (x) => make([2, 3, 3], (i) => get(x, i)),
  );
  await same(
    (x) => ops.broadcastTo(x, [N, 2]),
    [[]],
    (x) => make([3, 2], () => x.data[0]),
  );
  await same(
    (x) => ops.broadcastTo(x, [1, 1, N]),
    [[N]],
    (x) => make([1, 1, 3], (i) => get(x, i)),
  );
});

test("slice", async () => {
  await same(
    (x) => ops.slice(x, [0, 1, 2], [N, 2, -1]),
    [[N, 4, 5]],
    (x) => make([3, 2, 3], ([n, i, j]) => get(x, [n, i + 1, j + 2])),
  );
  await same(
    (x) => ops.slice(x, [1, 0], [2, -1]),
    [[4, 3]],
    (x) => make([2, 3], ([i, j]) => get(x, [i + 1, j])),
  );
  await same(
    (x) => ops.slice(x, [0, 0], [2, -1]),
    [[4, N]],
    (x) => make([2, 3], (i) => get(x, i)),
  );
  await same(
    (x) => ops.slice(x, [0, 0], [-1, 3]),
    [[N, 3]],
    (x) => x,
  );
});

test("pad", async () => {
  const inside = (i: number, before: number, size: number): boolean => i >= before && i < before + size;
  await same(
    (x) =>
      ops.pad(
        x,
        [
          [0, 0],
          [2, 1],
          [1, 0],
        ],
        -1.5,
      ),
    [[N, 2, 3]],
    (x) => make([3, 5, 4], ([n, i, j]) => (inside(i, 2, 2) && inside(j, 1, 3) ? get(x, [n, i - 2, j - 1]) : -1.5)),
  );
  await same(
    (x) =>
      ops.pad(x, [
        [0, 0],
        [0, 2],
      ]),
    [[N, 2]],
    (x) => make([3, 4], ([n, i]) => (i < 2 ? get(x, [n, i]) : 0)),
  );
  await same(
    (x) => ops.pad(x, [[0, 0]]),
    [[N]],
    (x) => x,
  );
});

test("concat", async () => {
  await same(
    (a, b) => ops.concat([a, b]),
    [
      [N, 2],
      [N, 3],
    ],
    (a, b) => make([3, 5], ([n, i]) => (i < 2 ? get(a, [n, i]) : get(b, [n, i - 2]))),
  );
  await same(
    (a, b) => ops.concat([a, b, a], 1),
    [
      [N, 1, 2],
      [N, 2, 2],
    ],
    (a, b) => make([3, 4, 2], ([n, i, j]) => (i % 3 === 0 ? get(a, [n, 0, j]) : get(b, [n, i - 1, j]))),
  );
  await same(
    (a, b) => ops.concat([a, b], -2),
    [
      [2, 3],
      [1, 3],
    ],
    (a, b) => ({ shape: [3, 3], data: [...a.data, ...b.data] }),
  );
  await same(
    (a) => ops.concat([a]),
    [[N, 3]],
    (a) => a,
  );
});

test("gather", async () => {
  const picks: Input = { shape: [N, 2], values: [4, 0, 0, 3, 2, 4], dtype: "i32" };
  await same(
    (x, i) => ops.gather(x, i),
    [[5, 3], picks],
    (x, i) => make([3, 2, 3], ([n, k, j]) => get(x, [get(i, [n, k]), j])),
  );
  await same(
    (x, i) => ops.gather(x, i),
    [[5], picks],
    (x, i) => make([3, 2], (at) => x.data[get(i, at)]),
  );
  await same(
    (x, i) => ops.gather(x, i),
    [{ shape: [5, 2], values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], dtype: "i32" }, picks],
    (x, i) => make([3, 2, 2], ([n, k, j]) => get(x, [get(i, [n, k]), j])),
  );
});

describe("reductions", () => {
  const reducers = {
    sum: [ops.sum, (v: number[]) => v.reduce((a, b) => a + b, 0)],
    mean: [ops.mean, (v: number[]) => v.reduce((a, b) => a + b, 0) / v.length],
    max: [ops.max, (v: number[]) => Math.max(...v)],
    min: [ops.min, (v: number[]) => Math.min(...v)],
    logSumExp: [ops.logSumExp, (v: number[]) => Math.log(v.reduce((a, b) => a + Math.exp(b), 0))],
  } as const;
  const shape = [3, 2, 1, 4];
  const axesLists = [undefined, [], 0, 1, -1, [0, 1], [1, 3], [3, 1], [0, 3], [0, 2, 3], [2]];
  test.each(Object.entries(reducers))("%s", async (_, [op, f]) => {
    for (const axes of axesLists) {
      for (const keepDims of [false, true]) {
        const list = axes === undefined ? [0, 1, 2, 3] : [axes].flat().map((axis) => (axis < 0 ? axis + 4 : axis));
        await same(
          (x) => op(x, { axes, keepDims }),
          [[N, 2, 1, 4]],
          (x) => {
            const kept = shape.map((size, i) => (list.includes(i) ? 1 : size));
            const { data } = make(kept, (at) => {
              const group = make(shape, (i) => (i.every((k, d) => list.includes(d) || k === at[d]) ? get(x, i) : Number.NaN)).data;
              return f(group.filter((value) => !Number.isNaN(value)));
            });
            return { shape: keepDims ? kept : kept.filter((_size, i) => !list.includes(i)), data };
          },
        );
      }
    }
  });

  test("argmax takes the first of equals", async () => {
    await same(
      (x) => ops.argmax(x),
      [{ shape: [N, 4], values: [1, 3, 3, 0, 5, 5, 5, 5, -3, -2, -4, -2] }],
      () => ({ shape: [3], data: [1, 0, 1] }),
    );
    await same(
      (x) => ops.argmax(x, 1),
      [[N, 4, 2]],
      (x) =>
        make([3, 2], ([n, j]) => {
          const v = [0, 1, 2, 3].map((i) => get(x, [n, i, j]));
          return v.indexOf(Math.max(...v));
        }),
    );
    await same(
      (x) => ops.argmax(x, 0),
      [[4, N]],
      (x) =>
        make([3], ([j]) => {
          const v = [0, 1, 2, 3].map((i) => get(x, [i, j]));
          return v.indexOf(Math.max(...v));
        }),
    );
  });

  test("logSumExp does not overflow", () =>
    same(
      (x) => ops.logSumExp(x),
      [{ shape: [2], values: [1000, 1000] }],
      () => ({ shape: [], data: [1000 + Math.log(2)] }),
    ));
});

describe("matmul", () => {
  const product =
    (shape: number[], K: number, tA: boolean, tB: boolean) =>
    (a: Array_, b: Array_): Array_ =>
      make(shape, (index) => {
        const [i, j] = index.slice(-2);
        const front = index.slice(0, -2);
        return Array.from({ length: K }, (_, k) => get(a, [...front, ...(tA ? [k, i] : [i, k])]) * get(b, [...front, ...(tB ? [j, k] : [k, j])])).reduce(
          (s, v) => s + v,
          0,
        );
      });
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      test(`transposeA ${transposeA}, transposeB ${transposeB}`, async () => {
        const check = (batchA: Input["shape"], batchB: Input["shape"], batch: number[]): Promise<void> =>
          same(
            (a, b) => ops.matmul(a, b, { transposeA, transposeB }),
            [
              [...batchA, ...(transposeA ? [5, 2] : [2, 5])],
              [...batchB, ...(transposeB ? [4, 5] : [5, 4])],
            ],
            product([...batch, 2, 4], 5, transposeA, transposeB),
          );
        await check([], [], []);
        await check([N], [N], [3]);
        await check([N, 2], [N, 2], [3, 2]);
        await check([N, 2], [], [3, 2]);
        await check([], [N, 2], [3, 2]);
        await check([1], [N], [3]);
        await check([N], [1], [3]);
        await check([N, 1], [2], [3, 2]);
        await check([2], [N, 1], [3, 2]);
        await check([N, 2, 1], [1, 2], [3, 2, 2]);
        await check([], [1, 1], [1, 1]);
      });
    }
  }
  test("the batch as rows, columns and inner dimension", async () => {
    await same(
      (a, b) => ops.matmul(a, b),
      [
        [N, 5],
        [5, 4],
      ],
      product([3, 4], 5, false, false),
    );
    await same(
      (a, b) => ops.matmul(a, b),
      [
        [4, 5],
        [5, N],
      ],
      product([4, 3], 5, false, false),
    );
    await same(
      (a, b) => ops.matmul(a, b, { transposeA: true }),
      [
        [N, 5],
        [N, 4],
      ],
      product([5, 4], 3, true, false),
    );
  });
});

test("softmax", async () => {
  const softmax = (v: number[], i: number): number => Math.exp(v[i]) / v.reduce((s, x) => s + Math.exp(x), 0);
  await same(
    (x) => ops.softmax(x),
    [[N, 2, 5]],
    (x) =>
      make([3, 2, 5], ([n, i, j]) =>
        softmax(
          [0, 1, 2, 3, 4].map((k) => get(x, [n, i, k])),
          j,
        ),
      ),
  );
  await same(
    (x) => ops.softmax(x, 1),
    [[N, 4, 2]],
    (x) =>
      make([3, 4, 2], ([n, i, j]) =>
        softmax(
          [0, 1, 2, 3].map((k) => get(x, [n, k, j])),
          i,
        ),
      ),
  );
  await same(
    (x) => ops.softmax(x),
    [{ shape: [2], values: [1e4, 1e4] }],
    () => ({ shape: [2], data: [0.5, 0.5] }),
  );
});
