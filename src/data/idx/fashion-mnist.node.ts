/** Finding Fashion-MNIST on this machine. @module */
import { join } from "node:path";
import { FileError } from "../../errors.ts";
import { readFile } from "../../formats/atomic-file.node.ts";
import type { TrainAndTest } from "../dataset/train-and-test.ts";
import type { FashionMnistOptions } from "./fashion-mnist.ts";
import { idxPair, type NamedBytes } from "./idx-dataset.ts";
import { cacheFolder, eachIdxFile, findIdxFile, loadIdxDirectory, type PublishedFiles, verifyPublished } from "./idx-files.node.ts";

const FILES: PublishedFiles = {
  "train-images-idx3-ubyte": { bytes: 47_040_016, sha256: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888" },
  "train-labels-idx1-ubyte": { bytes: 60_008, sha256: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9" },
  "t10k-images-idx3-ubyte": { bytes: 7_840_016, sha256: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b" },
  "t10k-labels-idx1-ubyte": { bytes: 10_008, sha256: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34" },
};

const NAME = "fashion-mnist";
const PACKAGE = "dataset-fashion-mnist";
/** Where Debian's package puts it. */
const INSTALLED = join("/usr/share/datasets", NAME);

/** Where it is looked for, in this order. */
export function fashionMnistDirectories(): string[] {
  const given = process.env.GRADIENTE_DATA;
  return [...(given ? [join(given, NAME), given] : []), cacheFolder(NAME), INSTALLED];
}

/** Fashion-MNIST; see `fashionMnist`. @param where directories to look in */
export async function loadFashionMnist(options: FashionMnistOptions, where = fashionMnistDirectories()): Promise<TrainAndTest> {
  if (options.directory !== undefined) return loadIdxDirectory(options.directory, { ...options, classes: 10 });
  const files = await eachIdxFile((name) => findVerified(name, where));
  return idxPair(files, { classes: 10, normalization: options.normalization });
}

async function findVerified(name: string, where: readonly string[]): Promise<NamedBytes> {
  for (const directory of where) {
    const path = await findIdxFile(directory, name);
    if (path === null) continue;
    const hint =
      directory === INSTALLED ? `apt install --reinstall ${PACKAGE}` : "it is not Fashion-MNIST's, or damaged: take it away to have the next place looked at";
    return verifyPublished(FILES[name], path, await readFile(path), hint);
  }
  throw new FileError({
    where: `Fashion-MNIST, ${name}`,
    got: "no copy",
    expected: `the file, gzip or not, in ${where.join(", ")}`,
    hint: `install Debian's package ${PACKAGE}, or give the four IDX files as a directory (GRADIENTE_DATA=DIR)`,
  });
}
