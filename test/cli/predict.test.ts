import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "fflate";
import { beforeAll, describe, expect, it } from "vitest";
import { idx } from "../data/idx/idx-files.ts";
import { encodePng } from "../data/images/png-encode.ts";
import { lines, smallModel } from "../model/support.ts";
import { folder, idxFolder, run } from "./support.ts";

const directory = mkdtempSync(join(tmpdir(), "gradiente-predict-"));
const file = (name: string, bytes: Uint8Array): string => {
  const path = join(directory, name);
  writeFileSync(path, bytes);
  return path;
};
const model = join(directory, "model.safetensors");
const data = lines(24);
const pixels = data.x as Uint8Array;
const png = (width: number, height: number, samples: ArrayLike<number>) => encodePng({ width, height, depth: 8, colour: 0, samples });
const image = (i: number): Uint8Array => pixels.subarray(64 * i, 64 * (i + 1));

beforeAll(async () => {
  const trained = smallModel();
  await trained.fit(lines(320), { epochs: 5 });
  await trained.save(model);
  return () => rmSync(directory, { recursive: true });
});

describe("predict", () => {
  it("tells the class of PNG images, one JSON line each", async () => {
    const files = [3, 5].map((i) => file(`${i}.png`, png(8, 8, image(i))));
    const { status, stderr, events } = await run(["predict", model, ...files, "--json"]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(events()).toHaveLength(2);
    for (const [i, event] of events().entries()) {
      expect(event).toEqual({ event: "prediction", file: files[i], index: 0, class: [3, 5][i], probabilities: expect.any(Array) });
      const probabilities = event.probabilities as number[];
      expect(probabilities).toHaveLength(8);
      expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    }
  });

  it("reads IDX files, gzip or not, up to a limit", async () => {
    const plain = file("images-idx3-ubyte", idx([24, 8, 8], pixels));
    const packed = file("images-idx3-ubyte.gz", gzipSync(idx([24, 8, 8], pixels)));
    const all = (await run(["predict", model, plain, "--json"])).events();
    expect(all.map((event) => event.class)).toEqual([...(data.y ?? [])]);
    expect(all.map((event) => event.index)).toEqual([...all.keys()]);
    const first = (await run(["predict", model, packed, "--limit", "3", "--json"])).events();
    expect(first).toEqual(all.slice(0, 3).map((event) => ({ ...event, file: packed })));
  });

  it("shows people bars, and the first ten of a long file", async () => {
    const { status, stdout } = await run(["predict", model, file("many", idx([24, 8, 8], pixels))]);
    expect(status).toBe(0);
    expect(stdout.match(/, image \d+: \d$/gm)).toHaveLength(10);
    expect(stdout).toMatch(/█+·* +\d+\.\d\d %/);
    expect(stdout).toContain("14 more images");
  });

  it("inverts dark on light, and says when that seems needed", async () => {
    const dark = file(
      "dark.png",
      png(
        8,
        8,
        image(2).map((value) => 255 - value),
      ),
    );
    const { stdout, stderr } = await run(["predict", model, dark, "--invert"]);
    expect([stdout.split("\n")[0], stderr]).toEqual([`${dark}: 2`, ""]);
    expect((await run(["predict", model, dark])).stderr).toContain("try --invert");
  });

  it.each([
    ["an image of another size", () => png(9, 8, new Uint8Array(72)), "got images of 9 x 8 pixels, expected 8 x 8 pixels", "hint: scale the image"],
    ["labels", () => idx([24], data.y as Uint8Array), "got a list of 24 numbers", "hint: labels have no pixels"],
    ["a damaged image", () => png(8, 8, image(0)).subarray(0, 60), "byte ", "hint: the file may be damaged"],
    ["another kind of file", () => new TextEncoder().encode("digit"), "byte 0: got magic", ""],
  ])("refuses %s", async (name, bytes, message, hint) => {
    const { status, stdout, stderr } = await run(["predict", model, file(name, bytes())]);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
  });
});

it("a model whose numbers overflow has no answer that is told for one, nor counted", async () => {
  const sick = join(directory, "sick.safetensors");
  const overflowing = smallModel();
  await overflowing.setWeights((await overflowing.getWeights()).map(({ data }) => data.fill(3e38)));
  await overflowing.save(sick);
  const images = idxFolder();
  for (const more of [[], ["--json"]]) {
    const predicted = await run(["predict", sick, join(images, "t10k-images-idx3-ubyte"), ...more]);
    expect([predicted.status, predicted.stdout + predicted.stderr]).toEqual([
      1,
      expect.stringContaining("image 0: got a prediction with NaN, expected numbers"),
    ]);
    const evaluated = await run(["evaluate", sick, "--data", images, ...more]);
    expect([evaluated.status, evaluated.stdout + evaluated.stderr]).toEqual([1, expect.stringContaining("test data, sample 0: got a prediction with NaN")]);
  }
});

it("reads colours where the model was trained on a folder of colour images", async () => {
  const path = folder();
  const hues = ["red", "blue"];
  const painted = (hue: number, side: number, shade: number): Uint8Array =>
    encodePng({
      width: side,
      height: side,
      depth: 8,
      colour: 2,
      samples: Array.from({ length: side * side * 3 }, (_, i) => (i % 3 === hue * 2 ? 220 + shade : 150)),
    });
  for (const [hue, name] of hues.entries()) {
    mkdirSync(join(path, name));
    for (let i = 0; i < 20; i++) writeFileSync(join(path, name, `${i}.png`), painted(hue, 12, i));
  }
  const out = join(folder(), "model.safetensors");
  const one = file("one.png", painted(0, 12, 7));
  for (const network of [
    ["--model", "cnn"],
    ["--hidden", "16"],
  ]) {
    const trained = await run(["train", "--data", path, ...network, "--epochs", "10", "--lr", "0.01", "--json", "--out", out]);
    expect(trained.status, trained.stderr).toBe(0);
    const { status, stdout, stderr } = await run(["predict", out, one]);
    expect(status, stderr).toBe(0);
    expect(stdout).toContain("one.png: red");
    // Bright as it is: this model has nothing to do with MNIST.
    expect(stderr).toBe("");
  }
  const large = await run(["predict", out, file("large.png", painted(0, 9, 7))]);
  expect(large.stderr).toMatch(/got images of 9 x 9 pixels of 3 channels, expected 12 x 12 pixels of 3 channels\nhint: scale the image first, to the size/);
}, 30_000);
