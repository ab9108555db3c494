/** Reading folders of PNG images. @module */
import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError, FileError } from "../../errors.ts";
import { readFile } from "../../formats/atomic-file.node.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { dataset } from "../dataset/make-dataset.ts";
import type { ImageFolder, ImageFolderOptions } from "./image-folder.ts";
import { ImageStack } from "./image-stack.ts";

const MOST_FILES = 2 ** 20;
const LARGEST_FILE = 2 ** 26;
/** Files that are read at a time. */
const READ_AHEAD = 16;
const LAYOUT = "a folder for each class with its PNG images, or folders train and test of such";

/** The images of one class. */
interface ClassFolder {
  readonly name: string;
  readonly paths: readonly string[];
}

/** Training and test set; see `imageFolder`. */
export async function loadImageFolder(directory: string, options: ImageFolderOptions): Promise<ImageFolder> {
  const { testSplit = 0.2, seed = 0, normalization = "unit" } = options;
  checkOptions(options);
  const folders = await foldersIn(directory);
  const isSplit = ["train", "test"].every((name) => folders.includes(name));
  const classes = await classesIn(isSplit ? join(directory, "train") : directory);
  const names = classes.map(({ name }) => name);
  if (names.length === 1) throw new FileError({ where: directory, got: `one folder, ${names[0]}`, expected: LAYOUT });
  const tests = isSplit ? await classesIn(join(directory, "test")) : [];
  const unknown = tests.find(({ name }) => !names.includes(name));
  if (unknown !== undefined)
    throw new FileError({ where: join(directory, "test", unknown.name), got: "a class that has no folder in train", expected: `one of ${names.join(", ")}` });

  const stack = new ImageStack(
    [...classes, ...tests].reduce((sum, { paths }) => sum + paths.length, 0),
    options,
  );
  const labels: number[] = [];
  for (const { name, paths } of [...classes, ...tests]) {
    await read(paths, stack);
    for (const _ of paths) labels.push(names.indexOf(name));
  }
  const { data, shape } = stack;
  const all = dataset({ x: data, y: Int32Array.from(labels), sampleShape: shape, classes: names.length });
  const [train, test] = isSplit ? cut(all, all.length - tests.reduce((sum, { paths }) => sum + paths.length, 0)) : all.split(testSplit, { seed });
  const normalized = train.normalizedBy(normalization);
  return { train: normalized, test: test.normalizedBy(normalized.normalization), preprocessing: { kind: "images", shape, classes: names } };
}

function checkOptions({ channels, size, testSplit }: ImageFolderOptions): void {
  const where = "imageFolder";
  if (channels !== undefined && channels !== 1 && channels !== 3) throw new ConfigError({ where, got: `channels ${channels}`, expected: "1 or 3" });
  if (testSplit !== undefined && !(testSplit > 0 && testSplit < 1))
    throw new ConfigError({ where, got: `testSplit ${testSplit}`, expected: "a number above 0, below 1" });
  const isSize = Array.isArray(size) && size.length === 2 && size.every((n) => Number.isInteger(n) && n >= 1 && n <= 2 ** 13);
  if (size !== undefined && !isSize)
    throw new ConfigError({ where, got: `size ${JSON.stringify(size)}`, expected: "[height, width], integers from 1 to 8192" });
}

/** What a folder holds, without names that begin with a dot. @throws FileError for a symbolic link: it may lead anywhere */
async function entriesOf(folder: string): Promise<Dirent[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new FileError(
      { where: folder, got: code === "ENOENT" ? "nothing there" : code === "ENOTDIR" ? "a file" : String(code), expected: LAYOUT },
      { cause },
    );
  }
  const seen = entries.filter(({ name }) => !name.startsWith("."));
  const link = seen.find((entry) => entry.isSymbolicLink());
  if (link !== undefined) throw new FileError({ where: join(folder, link.name), got: "a symbolic link", expected: LAYOUT, hint: "copy what it leads to" });
  return seen;
}

/** Names of the folders in a folder, in order. */
export async function foldersIn(folder: string): Promise<string[]> {
  const folders = (await entriesOf(folder)).filter((entry) => entry.isDirectory());
  return folders.map(({ name }) => name).sort((a, b) => (a < b ? -1 : 1));
}

async function classesIn(folder: string): Promise<ClassFolder[]> {
  const names = await foldersIn(folder);
  if (names.length === 0) throw new FileError({ where: folder, got: "no folders", expected: LAYOUT });
  const classes: ClassFolder[] = [];
  let files = 0;
  for (const name of names) {
    const paths = await imagesIn(join(folder, name));
    files += paths.length;
    if (files > MOST_FILES) throw new FileError({ where: folder, got: `more than ${MOST_FILES} files`, expected: `at most ${MOST_FILES}` });
    classes.push({ name, paths });
  }
  return classes;
}

/** The images of a class, by name. */
async function imagesIn(folder: string): Promise<string[]> {
  const entries = await entriesOf(folder);
  const other = entries.find((entry) => !entry.isFile() || !/\.png$/i.test(entry.name));
  if (other !== undefined) {
    const got = other.isDirectory() ? "a folder in the folder of a class" : other.isFile() ? "a file whose name does not end in .png" : "no regular file";
    throw new FileError({ where: join(folder, other.name), got, expected: "PNG images only", hint: "convert it to PNG, or take it away" });
  }
  if (entries.length === 0) throw new FileError({ where: folder, got: "a class without images", expected: "PNG images", hint: "take the empty folder away" });
  return entries.map(({ name }) => join(folder, name)).sort((a, b) => (a < b ? -1 : 1));
}

/** Files are read some at a time, and decoded one after another. */
async function read(paths: readonly string[], stack: ImageStack): Promise<void> {
  for (let i = 0; i < paths.length; i += READ_AHEAD) {
    const part = paths.slice(i, i + READ_AHEAD);
    const files = await Promise.all(part.map((path) => readFile(path, { limit: LARGEST_FILE })));
    part.forEach((path, k) => stack.add(files[k], path));
  }
}

/** The first n samples, and the others. */
function cut(all: Dataset, n: number): [Dataset, Dataset] {
  return [all.take(n), all.subset(Int32Array.from({ length: all.length - n }, (_, i) => n + i))];
}
