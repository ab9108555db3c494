import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fashionMnistDirectories, loadFashionMnist } from "../../../src/data/idx/fashion-mnist.node.ts";
import { fashionMnist, fashionMnistClasses } from "../../../src/data/index.ts";
import { ConfigError, DataFormatError, FileError } from "../../../src/errors.ts";
import { fashionMnistAt } from "./fashion-mnist-here.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gradiente-fashion-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  await rm(folder, { recursive: true, force: true });
});

test("is looked for in GRADIENTE_DATA, in the user's cache, where the package puts it", () => {
  vi.stubEnv("XDG_CACHE_HOME", "/cache");
  vi.stubEnv("GRADIENTE_DATA", "/given");
  expect(fashionMnistDirectories()).toEqual(["/given/fashion-mnist", "/given", "/cache/gradiente/fashion-mnist", "/usr/share/datasets/fashion-mnist"]);
  vi.stubEnv("GRADIENTE_DATA", "");
  expect(fashionMnistDirectories()).toEqual(["/cache/gradiente/fashion-mnist", "/usr/share/datasets/fashion-mnist"]);
});

test("where it is nowhere, the error names the package", async () => {
  const attempt = loadFashionMnist({}, [join(folder, "a"), folder]);
  await expect(attempt).rejects.toThrow(FileError);
  await expect(attempt).rejects.toThrow(
    /train-images-idx3-ubyte: got no copy, expected the file, gzip or not, in .*\nHint: install Debian's package dataset-fashion-mnist/,
  );
});

test("other files under its names are an error with both digests", async () => {
  await writeFile(join(folder, "train-images-idx3-ubyte.gz"), gzipSync(new Uint8Array(47_040_016)));
  vi.stubEnv("GRADIENTE_DATA", folder);
  const attempt = fashionMnist();
  await expect(attempt).rejects.toThrow(DataFormatError);
  await expect(attempt).rejects.toThrow(/train-images-idx3-ubyte\.gz: got SHA-256 [0-9a-f]{64} \(47040016 bytes\), expected c59f468a/);
});

test("an engine without files gets told what to do", async () => {
  vi.stubGlobal("process", undefined);
  await expect(fashionMnist()).rejects.toThrow(ConfigError);
});

describe.skipIf(fashionMnistAt === null)("the data", () => {
  test("are the published ones", async () => {
    const { train, test } = await fashionMnist();
    expect([train.length, test.length, train.classes, train.sampleShape, train.normalization.scale]).toEqual([60_000, 10_000, 10, [28, 28, 1], 255]);
    expect([0, 1, 2, 3].map((i) => train.label(i))).toEqual([9, 0, 0, 3]);
    expect([0, 1, 2, 3].map((i) => test.label(i))).toEqual([9, 2, 1, 1]);
    expect([fashionMnistClasses.length, fashionMnistClasses[9]]).toEqual([10, "Ankle boot"]);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < train.length; i++) counts[train.label(i)]++;
    expect(counts).toEqual(new Array(10).fill(6000));
  });

  test("standardize measures the training set and serves both", async () => {
    const { train, test } = await fashionMnist({ normalization: "standardize" });
    // 0.2860 and 0.3530 of 255, as is told of it everywhere.
    expect(train.normalization.shift / 255).toBeCloseTo(0.286, 3);
    expect(train.normalization.scale / 255).toBeCloseTo(0.353, 3);
    expect(test.normalization).toEqual(train.normalization);
  });

  test("a copy in GRADIENTE_DATA comes first, in a folder of its name or not", async () => {
    const source = fashionMnistAt as string;
    for (const target of [folder, join(folder, "fashion-mnist")]) {
      await mkdir(target, { recursive: true });
      vi.stubEnv("GRADIENTE_DATA", folder);
      await writeFile(join(target, "train-images-idx3-ubyte"), new Uint8Array(5));
      await expect(fashionMnist()).rejects.toThrow(join(target, "train-images-idx3-ubyte"));
      await rm(join(target, "train-images-idx3-ubyte"));
      for (const file of await readdir(source)) await copyFile(join(source, file), join(target, file));
      expect((await fashionMnist()).train.label(0)).toBe(9);
    }
  });
});
