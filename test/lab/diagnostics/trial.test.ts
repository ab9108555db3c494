/** A trial records what its study asks for. */
import { expect, it } from "vitest";
import { mnist } from "../../../src/data/index.ts";
import { createRuntime } from "../../../src/index.ts";
import { defineStudy } from "../../../src/lab/definition/define-study.ts";
import { measureNames } from "../../../src/lab/diagnostics/index.ts";
import { protocols } from "../../../src/lab/protocols/index.ts";
import { runTrial } from "../../../src/lab/trials/run-trial.ts";
import type { Trial } from "../../../src/lab/trials/trial.ts";

it("and is the same trial otherwise", async () => {
  const study = defineStudy({
    name: "small",
    title: "Small",
    question: "What is recorded?",
    limit: 400,
    base: { hidden: 8, epochs: 2 },
    cells: [{ learningRate: 0.01 }],
    measures: ["norms", "activations", "dead-relu", "gradient-noise", "sharpness", "landscape", "trajectory"],
  });
  expect(study.measures).toEqual(measureNames);
  const data = await mnist();
  const runtime = await createRuntime({ threads: 1 });
  const asked: Trial[] = [];
  await protocols.fair.run(study, { seeds: [1], tuningSeeds: [1001] }, async (trials) => {
    asked.push(...trials);
    return Promise.all(trials.map(async (trial) => (await runTrial({ ...trial, measures: [] }, { data, runtime, start: null })).result));
  });
  const trial = asked.find(({ role }) => role === "report") as Trial;
  const { result } = await runTrial(trial, { data, runtime, start: null });
  const { result: plain } = await runTrial({ ...trial, measures: [] }, { data, runtime, start: null });
  expect(plain.diagnostics).toBeNull();
  expect(Object.keys(result.diagnostics ?? {})).toEqual([...measureNames]);
  expect(result.diagnostics?.sharpness?.points).toHaveLength(3);
  // 360 samples are trained on, the others held out.
  expect(result.diagnostics?.landscape?.samples).toBe(360);
  const timeless = ({ curve, ...rest }: typeof result) => ({
    ...rest,
    id: "",
    diagnostics: null,
    seconds: null,
    curve: curve.map((point) => ({ ...point, seconds: null })),
  });
  expect(timeless(result)).toEqual(timeless(plain));
});

it("also one that diverges", async () => {
  const study = defineStudy({
    name: "wild",
    title: "Wild",
    question: "What is recorded?",
    limit: 200,
    base: { hidden: 8, epochs: 1, optimizer: "sgd", learningRate: 1e38 },
    measures: ["norms", "sharpness"],
  });
  const context = { data: await mnist(), runtime: await createRuntime({ threads: 1 }), start: null };
  const found: unknown[] = [];
  await protocols.fair.run(study, { seeds: [1], tuningSeeds: [1001] }, async (trials) => {
    const results = [];
    for (const trial of trials) results.push((await runTrial(trial, context)).result);
    found.push(...results.map(({ divergedAt, diagnostics }) => [divergedAt, diagnostics?.norms?.steps.length]));
    return results;
  });
  expect(found).toEqual([[1, 1]]);
});
