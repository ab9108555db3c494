import { expect, it } from "vitest";
import { Dataset } from "../../../src/data/index.ts";
import { environmentOf } from "../../../src/lab/runners/environment.node.ts";
import { probe } from "../../../src/lab/runners/probe.ts";
import { hasRelaxedSimd } from "../../../src/runtime/probe.ts";
import { createRuntime } from "../../../src/runtime/runtime.ts";
import { lines } from "../../model/support.ts";

it("the probe is the same for any number of threads, and another in the other mode", async () => {
  const one = await createRuntime({ mode: "fast", threads: 1 });
  const two = await createRuntime({ mode: "fast", threads: 2 });
  const plain = await createRuntime({ mode: "deterministic", threads: 1 });
  const hash = await probe(one);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(await probe(one)).toBe(hash);
  expect(await probe(two)).toBe(hash);
  expect((await probe(plain)) === hash).toBe(!hasRelaxedSimd());
  await two.dispose();
});

it("an environment tells modes, data, labels and orders apart", async () => {
  const data = { train: lines(40), test: lines(16) };
  const here = await environmentOf("fast", data);
  expect(here).toMatchObject({ mode: "fast", engine: expect.stringContaining(process.versions.node) });
  expect(await environmentOf("fast", { train: lines(40), test: lines(16) })).toEqual(here);
  expect((await environmentOf("deterministic", data)).kernels).toBe("simd");
  const y = Uint8Array.from(data.test.y as Uint8Array);
  y[3] ^= 1;
  const [target] = data.test.targets;
  for (const test of [lines(24), data.test.take(15), data.test.normalizedBy("none"), new Dataset({ ...data.test, targets: [{ ...target, values: y }] })]) {
    expect((await environmentOf("fast", { train: data.train, test })).samples).not.toBe(here.samples);
  }
});
