/** The memory plan: who lies where another lay must not be in its way, for any number of threads. */
import { describe, expect, it } from "vitest";
import {
  adam,
  batchNormalization,
  call,
  conv2d,
  dense,
  flatten,
  input,
  type Layer,
  lstm,
  maxPool2d,
  model,
  multiply,
  type Program,
  sequential,
  sgd,
} from "../../src/index.ts";
import { BYTES } from "../../src/program/kernels/index.ts";
import { eachPointer, instructionsOf, SECTIONS, slotBytes } from "../../src/program/program.ts";
import { accesses } from "../../src/program/schedule.ts";

interface Touch {
  readonly time: number;
  readonly phase: number;
  /** Bytes of the rows that a thread keeps to; null if it does not. */
  readonly row: number | null;
}

/** Where each slot of `work` is touched. */
function touches(program: Program): Map<number, Touch[]> {
  const found = new Map<number, Touch[]>();
  const starts = new Set(SECTIONS.map((section) => program[section][0]));
  let phase = -1;
  instructionsOf(program).forEach((instruction, time) => {
    if (starts.has(instruction) || instruction.barrier === true) phase++;
    const own = new Map(accesses(instruction, program.slots, program.capacity).map(({ slot, perSample }) => [slot, perSample]));
    eachPointer(instruction, ({ slot }) => {
      const { region, dtype } = program.slots[slot];
      if (region !== "work") return;
      const perSample = own.get(slot) ?? null;
      found.set(slot, [...(found.get(slot) ?? []), { time, phase, row: perSample === null ? null : perSample * BYTES[dtype] }]);
    });
  });
  return found;
}

/** Pairs of slots that share memory though they must not, by name. */
function collisions(program: Program): string[] {
  const { slots, capacity } = program;
  const wrong: string[] = [];
  const all = [...touches(program)];
  for (const [i, [a, first]] of all.entries()) {
    for (const [b, second] of all.slice(i + 1)) {
      const [A, B] = [slots[a], slots[b]];
      if (A.offset >= B.offset + slotBytes(B, capacity) || B.offset >= A.offset + slotBytes(A, capacity)) continue;
      const [before, after] = first[0].time < second[0].time ? [first, second] : [second, first];
      const [last, next] = [before[before.length - 1], after[0]];
      const apart = last.phase < next.phase;
      const meeting = [...before, ...after].filter(({ phase }) => phase === last.phase && phase === next.phase);
      // In one phase a thread has only its instructions' order to go by, on rows that are its own and lie where the other's do; an elementwise output may be
      // its operand.
      const inOrder =
        last.time <= next.time && A.offset === B.offset && (meeting.every(({ row }) => row !== null && row === meeting[0].row) || last.time === next.time);
      if (!apart && !inOrder) wrong.push(`${A.name} and ${B.name}`);
    }
  }
  return wrong;
}

const many = (n: number, make: () => Layer): Layer[] => Array.from({ length: n }, make);
const compiled = (inputShape: number[], layers: Layer[], optimizer = adam()) =>
  sequential({ inputShape }, [...layers, dense(4, { activation: "softmax" })]).compile({ optimizer, loss: "sparseCategoricalCrossentropy" });

const skipping = () => {
  const a = input([32]);
  let x = call(dense(32, { activation: "relu" }), a);
  for (let i = 0; i < 6; i++) x = call(multiply(), x, call(dense(32, { activation: "tanh" }), x));
  return model({ inputs: a, outputs: call(dense(4, { activation: "softmax" }), x) }).compile({ loss: "sparseCategoricalCrossentropy" });
};

describe("the memory plan", () => {
  it.each([
    [
      "dense layers of one width",
      () =>
        compiled(
          [32],
          many(12, () => dense(32, { activation: "tanh" })),
        ),
    ],
    [
      "dense layers of several widths",
      () => compiled([32], [dense(32), dense(64, { activation: "relu" }), dense(32), dense(16), dense(64)], adam({ globalClipNorm: 1 })),
    ],
    ["convolutions", () => compiled([8, 8, 4], [...many(6, () => conv2d(4, 3, { activation: "relu", padding: "same" })), maxPool2d(2), flatten()], sgd())],
    ["batch normalization", () => compiled([16], [dense(16), batchNormalization(), dense(16), batchNormalization(), dense(16)])],
    ["recurrent layers", () => compiled([5, 8], [lstm(8, { returnSequences: true }), lstm(8)])],
    ["branches", skipping],
  ] as const)("keeps apart what is needed together: %s", (_, make) => {
    const built = make();
    for (const mode of ["infer", "evaluate", "train"] as const) {
      for (const batchSize of [3, 16, 64]) {
        const program = built.program({ mode, batchSize });
        expect(collisions(program), `${mode}, ${batchSize} rows`).toEqual([]);
      }
    }
  });

  it("is found out if it does not", () => {
    const program = compiled(
      [32],
      many(3, () => dense(32, { activation: "tanh" })),
    ).program({ batchSize: 16 });
    const slots = program.slots.map((slot) => (slot.region === "work" ? { ...slot, offset: 0 } : slot));
    expect(collisions({ ...program, slots })).not.toEqual([]);
  });

  it("lets values of equal rows follow one another in one place", () => {
    const program = compiled(
      [32],
      many(12, () => dense(32, { activation: "tanh" })),
    ).program({ mode: "infer", batchSize: 16 });
    expect(program.bytes.work).toBeLessThan(4 * 16 * 32 * 4);
  });
});
