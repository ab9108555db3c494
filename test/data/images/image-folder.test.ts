import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ImageStack } from "../../../src/data/images/image-stack.ts";
import { type ImageFolderOptions, imageFolder } from "../../../src/data/index.ts";
import { ConfigError, DataFormatError, FileError, ShapeError } from "../../../src/errors.ts";
import { loadData } from "../../../src/lab/loading/load-data.ts";
import { idx } from "../idx/idx-files.ts";
import { encodePng } from "./png-encode.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gradiente-images-"));
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await rm(folder, { recursive: true, force: true });
});

const grey = (value: number, height = 2, width = 3): Uint8Array =>
  encodePng({ width, height, depth: 8, colour: 0, samples: Array.from({ length: width * height }, (_, i) => (value + i) & 255) });
const red = (value: number): Uint8Array =>
  encodePng({ width: 3, height: 2, depth: 8, colour: 2, samples: Array.from({ length: 18 }, (_, i) => (i % 3 ? 0 : value)) });

async function put(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), bytes);
}

/** Two classes of five grey images. */
async function twoClasses(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    await put(`cat/${i}.png`, grey(i));
    await put(`ant/${i}.PNG`, grey(100 + i));
  }
}

const load = (options?: ImageFolderOptions) => imageFolder(folder, options);
const first = (data: { length: number; subset(at: number[]): { rows: Int32Array | null; x: Uint8Array | Float32Array } }, width: number) =>
  Array.from({ length: data.length }, (_, i) => data.subset([i])).map(({ rows, x }) => x[(rows?.[0] ?? 0) * width]);

describe("imageFolder", () => {
  test("labels number the sorted names; a fifth of each class is held out, by the seed", async () => {
    await twoClasses();
    const { train, test: held, preprocessing } = await load();
    expect(preprocessing).toEqual({ kind: "images", shape: [2, 3, 1], classes: ["ant", "cat"] });
    expect([train.length, held.length, train.classes, held.classes, train.sampleShape, train.x]).toEqual([8, 2, 2, 2, [2, 3, 1], held.x]);
    const labels = (data: typeof train) => Array.from({ length: data.length }, (_, i) => data.label(i));
    expect([labels(train), labels(held)]).toEqual([
      [0, 0, 0, 0, 1, 1, 1, 1],
      [0, 1],
    ]);
    expect([...first(train, 6), ...first(held, 6)].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 100, 101, 102, 103, 104]);
    expect(first(train, 6).every((value, i) => value >= 100 === (train.label(i) === 0))).toBe(true);
    expect(train.sample(0)[1]).toBe(Math.fround(Math.fround(first(train, 6)[0] + 1) / 255));
    expect(first((await load()).test, 6)).toEqual(first(held, 6));
    const seeds = await Promise.all([1, 2, 3, 4].map(async (seed) => first((await load({ seed })).test, 6).join()));
    expect(new Set(seeds).size).toBeGreaterThan(1);
    expect((await load({ testSplit: 0.4 })).test.length).toBe(4);
  });

  test("folders train and test are used, and others beside them are not read", async () => {
    for (const [path, value] of [
      ["train/b/1", 10],
      ["train/a/1", 20],
      ["train/a/2", 30],
      ["test/b/1", 40],
      ["later/a/1", 50],
    ] as const)
      await put(`${path}.png`, grey(value));
    const { train, test: held, preprocessing } = await load();
    expect([first(train, 6), first(held, 6), preprocessing.classes]).toEqual([[20, 30, 10], [40], ["a", "b"]]);
    expect([train.label(2), held.label(0), held.classes]).toEqual([1, 1, 2]);
    await put("test/c/1.png", grey(1));
    await expect(load()).rejects.toThrow(/test\/c: got a class that has no folder in train, expected one of a, b/);
  });

  test("colours if any image has some, however late; or as it is told", async () => {
    await put("a/1.png", grey(7));
    await put("a/2.png", grey(9));
    await put("b/1.png", red(200));
    await put("b/2.png", grey(1));
    const { train, test: held, preprocessing } = await load({ testSplit: 0.5 });
    expect([train.length, held.length, preprocessing.shape, train.x.length]).toEqual([2, 2, [2, 3, 3], 72]);
    expect([...train.x].filter((_, i) => i % 18 < 6)).toEqual([7, 7, 7, 8, 8, 8, 9, 9, 9, 10, 10, 10, 200, 0, 0, 200, 0, 0, 1, 1, 1, 2, 2, 2]);
    const alone = await load({ channels: 1, testSplit: 0.5 });
    expect([alone.preprocessing.shape, alone.train.x[12]]).toEqual([[2, 3, 1], 60]);
    await rm(join(folder, "b", "1.png"));
    expect((await load({ testSplit: 0.4 })).preprocessing.shape).toEqual([2, 3, 1]);
    expect((await load({ testSplit: 0.4, channels: 3 })).train.x.length).toBe(54);
  });

  test("sizes that differ are an error that names both files, or made one", async () => {
    await twoClasses();
    await put("cat/2.png", grey(3, 4, 5));
    const attempt = load();
    await expect(attempt).rejects.toThrow(ShapeError);
    await expect(attempt).rejects.toThrow(
      /cat\/2\.png: got 5 x 4 pixels, expected 3 x 2 pixels, as of .*ant\/0\.PNG\nHint: .*size: \[height, width\].*in evaluate --resize alone/,
    );
    const { train, preprocessing } = await load({ size: [6, 4] });
    expect([preprocessing.shape, train.sampleShape, train.x.length]).toEqual([[6, 4, 1], [6, 4, 1], 240]);
  });

  test("standardize measures the training part alone", async () => {
    await twoClasses();
    const { train, test: held } = await load({ normalization: "standardize" });
    let [sum, squares] = [0, 0];
    for (let i = 0; i < train.length; i++) for (const value of train.sample(i)) [sum, squares] = [sum + value, squares + value * value];
    expect(sum / 48).toBeCloseTo(0, 5);
    expect(squares / 48).toBeCloseTo(1, 5);
    expect(held.normalization).toEqual(train.normalization);
  });

  test("hidden names and files beside the folders are not read", async () => {
    await twoClasses();
    await put("cat/.DS_Store", "x");
    await put(".git/config", "x");
    await put("README.txt", "x");
    expect((await load()).train.length).toBe(8);
  });

  test.each<[string, () => Promise<unknown>, RegExp]>([
    ["a directory that is not there", () => rm(folder, { recursive: true }), /gradiente-images-\w+: got nothing there, expected a folder for each class/],
    ["no folders", () => put("a.png", grey(1)), /gradiente-images-\w+: got no folders/],
    ["one folder", () => put("data/a.png", grey(1)), /got one folder, data/],
    ["an empty class", () => twoClasses().then(() => mkdir(join(folder, "dog"))), /dog: got a class without images/],
    ["a class of hidden files", () => twoClasses().then(() => put("dog/.a.png", grey(1))), /dog: got a class without images/],
    ["a text file", () => twoClasses().then(() => put("cat/notes.txt", "x")), /cat\/notes\.txt: got a file whose name does not end in \.png/],
    ["a folder in a class", () => twoClasses().then(() => put("cat/old/1.png", grey(1))), /cat\/old: got a folder in the folder of a class/],
    ["a symbolic link to a file", () => twoClasses().then(() => symlink("/etc/passwd", join(folder, "cat", "9.png"))), /cat\/9\.png: got a symbolic link/],
    ["a symbolic link to a folder", () => twoClasses().then(() => symlink("/etc", join(folder, "dog"))), /dog: got a symbolic link/],
    [
      "an empty test folder",
      () =>
        put("train/a/1.png", grey(1))
          .then(() => put("train/b/1.png", grey(1)))
          .then(() => mkdir(join(folder, "test"))),
      /test: got no folders/,
    ],
  ])("%s", async (_, prepare, message) => {
    await prepare();
    await expect(load()).rejects.toThrow(FileError);
    await expect(load()).rejects.toThrow(message);
  });

  test.each<[string, Uint8Array | string, RegExp]>([
    ["a JPEG", Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), /cat\/7\.png, byte 0: got another signature/],
    ["an empty file", "", /cat\/7\.png, byte 0/],
    ["a file cut off", grey(1).subarray(0, 50), /cat\/7\.png, byte/],
  ])("%s that is called .png", async (_, bytes, message) => {
    await twoClasses();
    await put("cat/7.png", bytes);
    await expect(load()).rejects.toThrow(DataFormatError);
    await expect(load()).rejects.toThrow(message);
  });

  test("a file in the directory's place; options out of range; an engine without files", async () => {
    await put("file", "x");
    await expect(imageFolder(join(folder, "file"))).rejects.toThrow(/file: got a file/);
    for (const options of [{ channels: 2 as 1 }, { size: [0, 2] as const }, { size: [2] as never }, { testSplit: 1 }])
      await expect(load(options)).rejects.toThrow(ConfigError);
    vi.stubGlobal("process", undefined);
    await expect(load()).rejects.toThrow(/engine without files/);
  });
});

test("pixels are bounded before memory is taken, also when colours come late", () => {
  const stack = new ImageStack(4, {}, 30);
  stack.add(grey(1), "a.png");
  expect(stack.data.length).toBe(24);
  expect(() => stack.add(red(1), "b.png")).toThrow(/b\.png: got 3 x 2 pixels of 3 channels, 72 bytes for 4 images, expected at most 30 bytes/);
  expect(() => new ImageStack(6, {}, 30).add(grey(1), "a.png")).toThrow(DataFormatError);
});

describe("a directory that is named as data", () => {
  test("is one of IDX files where one of them is there, else of images", async () => {
    await twoClasses();
    const { train, preprocessing } = await loadData(folder);
    expect([train.length, preprocessing?.kind]).toEqual([8, "images"]);
    await put("train-labels-idx1-ubyte", idx([1], [1]));
    await expect(loadData(folder)).rejects.toThrow(/no train-images-idx3-ubyte/);
  });

  test("is refused where it is neither", async () => {
    await put("notes.txt", "x");
    await expect(loadData(folder)).rejects.toThrow(/got neither IDX files nor folders/);
  });
});
