/** Checkpoints on disks that are full or read-only: small file systems in memory, where mounting is permitted. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { adam, FileError, type FitOptions } from "../../src/index.ts";
import { readCheckpoint } from "../../src/model/checkpoints/checkpoint-files.node.ts";
import { disk, mount } from "../small-disk.ts";
import { timeless } from "./checkpoint-support.ts";
import { lines, smallModel } from "./support.ts";

const data = lines(240);
const make = () => smallModel({ optimizer: adam() });
const settings: FitOptions = { epochs: 2, batchSize: 24 };

it("a full disk is an error that names it; what was saved stays, and the run goes on when there is space", async ({ skip }) => {
  const small = disk("64k");
  if (typeof small === "string") {
    console.warn(`not tested on a full disk: ${small}`);
    return skip();
  }
  const directory = small.path;
  const checkpoint = { directory, every: { steps: 3 }, keep: 9 };
  const model = make();
  const error = await model.fit(data, { ...settings, checkpoint }).catch((e) => e);
  expect(error).toBeInstanceOf(FileError);
  expect(error.message).toMatch(/writing .*disk\/checkpoint-\d+\.safetensors: got no space left on device \(ENOSPC\).*\n?.*has space/);
  const names = readdirSync(directory);
  expect(names.length).toBeGreaterThan(1);
  for (const name of names) await readCheckpoint(join(directory, name));
  expect(mount("-o", "remount,size=10m", directory)).toBeNull();
  const resumed = make();
  const history = await resumed.fit(data, { ...settings, checkpoint, resume: true });
  const whole = make();
  expect(timeless(await whole.fit(data, settings))).toEqual(timeless(history));
  expect(await resumed.weightsSha256()).toBe(await whole.weightsSha256());
});

it("a disk that is full or read-only from the start fails before training", async ({ skip }) => {
  const small = disk("8k");
  if (typeof small === "string") {
    console.warn(`not tested on a read-only disk: ${small}`);
    return skip();
  }
  const model = make();
  await expect(model.fit(data, { ...settings, checkpoint: { directory: small.path } })).rejects.toThrow(/ENOSPC/);
  expect(mount("-o", "remount,ro", small.path)).toBeNull();
  await expect(model.fit(data, { ...settings, checkpoint: { directory: small.path } })).rejects.toThrow(/folder .*disk: got read-only file system \(EROFS\)/);
  expect(model.stepsTrained).toBe(0);
  expect(readdirSync(small.path)).toEqual([]);
});
