/** Weights that trials leave to later ones, until their study is complete. @module */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { FileError } from "../../errors.ts";
import { exists, prepareFolder, readFile, reason, writeFileAtomic } from "../../formats/atomic-file.node.ts";
import { decodeSafetensors, encodeSafetensors } from "../../formats/safetensors.ts";
import type { NamedArray } from "../../model/parameters.ts";
import type { Weights } from "./runner.ts";

/** The folder `carried` of a study: a safetensors file for each trial whose last weights another starts from. */
export class CarriedWeights {
  private readonly folder: string;
  /** Once: it clears away what this process's earlier life was writing. */
  private ready: Promise<void> | null = null;

  constructor(studyFolder: string) {
    this.folder = join(studyFolder, "carried");
  }

  /** Keeps the weights of a trial. @throws FileError */
  async keep(id: string, weights: readonly NamedArray[]): Promise<void> {
    this.ready ??= prepareFolder(this.folder);
    await this.ready;
    const tensors = weights.map(({ name, shape, data }) => [name, { dtype: "F32", shape, data }] as const);
    await writeFileAtomic(this.fileOf(id), encodeSafetensors(tensors));
  }

  /** The weights of a trial, in the order in which they were kept. @throws FileError, CheckpointError */
  async of(id: string): Promise<Weights> {
    const file = this.fileOf(id);
    if (!(await exists(file))) {
      throw new FileError({
        where: file,
        got: "nothing there",
        expected: "the last weights of that trial, from which another starts",
        hint: "the study cannot go on without them: give another folder with --out, or delete this study's",
      });
    }
    const { tensors } = decodeSafetensors(await readFile(file), file);
    return [...tensors.values()].map(({ data }) => data as Float32Array);
  }

  /** The study is complete. @throws FileError */
  async remove(): Promise<void> {
    try {
      await rm(this.folder, { recursive: true, force: true });
    } catch (cause) {
      throw new FileError({ where: `removing ${this.folder}`, got: reason(cause), expected: "a folder that can be removed" }, { cause });
    }
  }

  private fileOf(id: string): string {
    return join(this.folder, `${id}.safetensors`);
  }
}
