/** `--resize`: images of other sizes than a model reads. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sizeFrom } from "../../src/cli/resize-option.ts";
import { imageFolder } from "../../src/data/index.ts";
import { loadModel } from "../../src/index.ts";
import { encodePng } from "../data/images/png-encode.ts";
import { folder, idxFolder, run } from "./support.ts";

/** Light above or light on the left, with some noise. */
function image(label: number, width: number, height: number, i: number): Uint8Array {
  const samples = Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    return ((label === 0 ? y < height / 2 : x < width / 2) ? 220 : 30) + ((at * 7 + i * 13) % 20);
  });
  return encodePng({ width, height, depth: 8, colour: 0, samples });
}

/** A folder of two classes whose images have the sizes that `sizeOf` gives by their number. */
function pictures(sizeOf: (i: number) => [width: number, height: number]): string {
  const path = folder();
  for (const [label, name] of ["above", "left"].entries()) {
    mkdirSync(join(path, name));
    for (let i = 0; i < 20; i++) writeFileSync(join(path, name, `${i}.png`), image(label, ...sizeOf(i), i));
  }
  return path;
}

const several = (): string => pictures((i) => [10 + (i % 3), 8 + (i % 2)]);
const TRAIN = ["--hidden", "8", "--epochs", "12", "--lr", "0.01", "--json"];

describe("train", () => {
  it("brings images of several sizes to one, width before height", async () => {
    const data = several();
    const refused = await run(["train", "--data", data, ...TRAIN]);
    expect(refused.status).toBe(1);
    expect(refused.events()).toMatchObject([
      { event: "error", message: expect.stringMatching(/got 11 x 9 pixels, expected 10 x 8 pixels/), hint: expect.stringContaining("--resize WIDTHxHEIGHT") },
    ]);
    const out = join(folder(), "model.safetensors");
    const { status, events } = await run(["train", "--data", data, "--resize", "9x6", ...TRAIN, "--out", out]);
    expect(status).toBe(0);
    expect(events().at(-1)).toMatchObject({ event: "end", testAccuracy: 1 });
    const { preprocessing, architecture } = await loadModel(out);
    expect(preprocessing).toMatchObject({ kind: "images", shape: [6, 9, 1] });
    expect(architecture.inputs[0].shape).toEqual([6, 9, 1]);

    // The model answers of the test images as the library brings them to the size.
    const { test } = await imageFolder(data, { size: [6, 9] });
    const evaluated = (await run(["evaluate", out, "--data", data, "--resize", "--json"])).events();
    expect(evaluated).toMatchObject([{ event: "evaluate", samples: test.length, accuracy: 1 }]);
    const shown = await run(["train", "--data", data, "--resize", "9x6", "--hidden", "8", "--epochs", "1", "--out", out]);
    expect(shown.stdout).toContain(`evaluate ${out} --data ${data} --resize`);
  });

  it("names the size that a model of a file reads", async () => {
    const path = join(folder(), "model.json");
    const out = join(folder(), "model.safetensors");
    await run(["train", "--data", several(), "--resize", "9x6", ...TRAIN, "--epochs", "1", "--out", out]);
    writeFileSync(path, JSON.stringify((await loadModel(out)).toJSON()));
    const data = pictures(() => [12, 10]);
    const { status, events } = await run(["train", "--model", path, "--data", data, "--epochs", "1", "--json"]);
    expect(status).toBe(1);
    expect(events()).toMatchObject([
      { message: `${data}: got images of 12 x 10 pixels, expected 9 x 6 pixels, which the model reads`, hint: "--resize 9x6 brings them to that size" },
    ]);
    expect((await run(["train", "--model", path, "--data", data, "--epochs", "1", "--resize", "9x6", "--json"])).status).toBe(0);
  });
});

describe("evaluate and predict", () => {
  it("tell both sizes and the option, which brings images to that of the model", async () => {
    const out = join(folder(), "model.safetensors");
    await run(["train", "--data", pictures(() => [9, 6]), ...TRAIN, "--out", out]);
    const data = pictures(() => [20, 17]);
    const refused = await run(["evaluate", out, "--data", data]);
    expect([refused.status, refused.stdout]).toEqual([1, ""]);
    expect(refused.stderr).toBe(
      `error: ${data}: got images of 20 x 17 pixels, expected 9 x 6 pixels, which the model reads\nhint: --resize brings them to that size`,
    );
    const evaluated = await run(["evaluate", out, "--data", data, "--resize", "--json"]);
    expect(evaluated.events()).toMatchObject([{ event: "evaluate", accuracy: 1 }]);

    const one = join(data, "left", "3.png");
    const unfit = await run(["predict", out, one]);
    expect(unfit.stderr).toMatch(/got images of 20 x 17 pixels, expected 9 x 6 pixels\nhint: .*: --resize does$/);
    const predicted = await run(["predict", out, one, "--resize", "--json"]);
    expect(predicted.events()).toMatchObject([{ event: "prediction", class: 1, name: "left" }]);
  });

  it("need an image to be resized", async () => {
    const table = join(folder(), "table.csv");
    writeFileSync(table, `x,y\n${Array.from({ length: 30 }, (_, i) => `${i},${2 * i}`).join("\n")}\n`);
    const out = join(folder(), "model.safetensors");
    expect((await run(["train", "--data", table, "--target", "y", "--epochs", "1", "--json", "--out", out])).status).toBe(0);
    for (const command of [
      ["evaluate", out, "--data", table],
      ["predict", out, table],
    ]) {
      const { status, stderr } = await run([...command, "--resize"]);
      expect([status, stderr]).toEqual([2, "error: --resize: got a model of a table, expected a model of images [height, width, channels]"]);
    }
  });
});

describe("sizes", () => {
  it.each([
    ["28", [28, 28]],
    ["40x30", [30, 40]],
    ["1x8192", [8192, 1]],
  ])("%s is %j, height before width", (text, size) => expect(sizeFrom(text)).toEqual(size));

  it.each(["0", "8193", "3x", "x3", "2.5", "3x4x5", "-1", "wide", ""])("%j is none", (text) => {
    expect(() => sizeFrom(text)).toThrow("--resize: got");
  });

  it.each([
    ["mnist", "mnist"],
    ["a table", "cars.csv"],
    ["IDX files", null],
  ])("are refused for %s", async (_, source) => {
    const data = source ?? idxFolder();
    const target = source === "cars.csv" ? ["--target", "mpg"] : [];
    const { status, stderr } = await run(["train", "--data", data, ...target, "--resize", "20"]);
    expect(status).toBe(2);
    expect(stderr).toContain(`--resize: got --data ${data}, expected a directory of one folder of PNG images per class`);
  });
});
