import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CheckpointError, decodeModel, encodeModel, FileError, loadModel, modelFromJSON } from "../../src/index.ts";
import { lines, smallModel } from "./support.ts";

const data = lines(64);
const directory = mkdtempSync(join(tmpdir(), "gradiente-"));

describe("model files", () => {
  it("come back with the same weights, configuration and predictions", async () => {
    const model = smallModel();
    await model.fit(data);
    const path = join(directory, "model.safetensors");
    await model.save(path);
    const loaded = await loadModel(path);
    expect(await loaded.weightsSha256()).toBe(await model.weightsSha256());
    expect(loaded.toJSON()).toEqual(model.toJSON());
    expect(await loaded.predict(data)).toEqual(await model.predict(data));
    expect(await loaded.evaluate(data)).toEqual(await model.evaluate(data));
  });

  it("modelFromJSON makes the same model anew", async () => {
    const model = smallModel({ seed: 11 });
    const again = modelFromJSON(JSON.parse(JSON.stringify(model)));
    expect(await again.weightsSha256()).toBe(await model.weightsSha256());
  });

  it("an unwritable place is a FileError", async () => {
    await expect(smallModel().save(join(directory, "absent", "model.safetensors"))).rejects.toThrow(FileError);
  });

  it("what is not a model file is a CheckpointError", async () => {
    const bytes = await encodeModel(smallModel());
    for (const [at, value] of [
      [0, 255],
      [9, 0],
      [bytes.length - 1, null],
    ] as const) {
      const bad = value === null ? bytes.slice(0, at) : bytes.slice();
      if (value !== null) bad[at] = value;
      await expect(decodeModel(bad, "test")).rejects.toThrow(CheckpointError);
    }
    const path = join(directory, "text.safetensors");
    writeFileSync(path, "hello");
    await expect(loadModel(path)).rejects.toThrow(CheckpointError);
    expect(() => modelFromJSON({ format: "other" })).toThrow(CheckpointError);
  });
});
