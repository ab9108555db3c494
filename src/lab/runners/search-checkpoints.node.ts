/** Checkpoints of a search whose method trains the best points on. @module */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Candidate } from "../search/method.ts";

/** Points whose checkpoints are kept at most: a trial whose checkpoint is gone begins anew, with the same result. */
const MOST = 128;

/** A point whose trials may be trained on. */
interface Held {
  readonly bracket: number;
  rung: number;
  /** Less is better; null while it is trained. */
  value: number | null;
}

/** A folder for each point and seed, as long as it may be of use. */
export class SearchCheckpoints {
  private readonly folder: string;
  private readonly most: number;
  private readonly seeds: readonly number[];
  private readonly asynchronous: boolean;
  /** By the candidate that the point began with. */
  private readonly held = new Map<number, Held>();
  private readonly roots = new Map<number, number>();

  /** @param most epochs behind which nothing is trained on */
  constructor(searchFolder: string, parts: { most: number; seeds: readonly number[]; asynchronous: boolean }) {
    this.folder = join(searchFolder, "checkpoints");
    this.most = parts.most;
    this.seeds = parts.seeds;
    this.asynchronous = parts.asynchronous;
  }

  /** A candidate begins. @returns the folder for a seed */
  begin({ id, from, bracket, rung }: Candidate): (seed: number) => string {
    const root = from === null ? id : (this.roots.get(from) ?? from);
    this.roots.set(id, root);
    this.held.set(root, { bracket, rung, value: null });
    return (seed) => this.folderOf(root, seed);
  }

  /** A candidate is finished: removes what is of no more use. */
  async end({ id, resource, bracket, rung }: Candidate, value: number | null): Promise<void> {
    const root = this.roots.get(id) ?? id;
    const own = this.held.get(root);
    const gone: number[] = [];
    if (value === null || resource >= this.most) gone.push(root);
    else if (own !== undefined) own.value = value;
    // In a synchronous bracket, who is to be trained on is settled before the first of them ends.
    if (!this.asynchronous) for (const [other, held] of this.held) if (held.bracket === bracket && held.rung < rung) gone.push(other);
    const idle = [...this.held].filter(([other, held]) => held.value !== null && !gone.includes(other));
    const over = this.held.size - gone.length - MOST;
    if (over > 0)
      gone.push(
        ...idle
          .sort(([, a], [, b]) => (b.value as number) - (a.value as number))
          .slice(0, over)
          .map(([other]) => other),
      );
    for (const other of gone) {
      this.held.delete(other);
      for (const seed of this.seeds) await remove(this.folderOf(other, seed));
    }
  }

  /** The search is complete. */
  removeAll(): Promise<void> {
    return remove(this.folder);
  }

  private folderOf(root: number, seed: number): string {
    return join(this.folder, `point-${root}-seed-${seed}`);
  }
}

const remove = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });
