/** Weights that several models have: those of a model that is a part of others. Each keeps its own copy; who changes one last is right. @module */
import { ConfigError } from "../../errors.ts";

/** Where copies are, by number. */
interface Values {
  read(index: number): ArrayLike<number>;
  write(index: number, data: ArrayLike<number>): void;
}

/** Numbers of a weight in two stores. */
export type Pair = readonly [here: number, there: number];

/** Ticks when values change anywhere. */
let clock = 0;

/** When the values of a store changed, and who has the same. */
export class Sharing {
  private readonly values: Values;
  private readonly links: { readonly other: Sharing; readonly pairs: readonly Pair[] }[] = [];
  /** When all of them changed, and each by its number. */
  private allChangedAt = 0;
  private readonly changedAt: number[] = [];
  private training = false;
  private changes = 0;

  constructor(values: Values) {
    this.values = values;
  }

  /** As long as it is the same, so are the values. */
  get version(): number {
    return this.changes;
  }

  /** All values change, or those with these numbers. */
  changed(numbers?: readonly number[]): void {
    this.changes++;
    clock++;
    if (numbers === undefined) this.allChangedAt = clock;
    else for (const i of numbers) this.changedAt[i] = clock;
  }

  /** Makes weights the same as those of another store, whose values they take. To be done before any of these is used. */
  link(other: Sharing, pairs: readonly Pair[]): void {
    this.allChangedAt = 0;
    this.links.push({ other, pairs });
    other.links.push({ other: this, pairs: pairs.map(([here, there]) => [there, here] as const) });
    this.follow();
  }

  /** Lets all that have the same weights have the values that changed last. */
  follow(): void {
    if (this.links.length === 0) return;
    const all = this.linked();
    for (let moved = true; moved; ) {
      moved = false;
      for (const one of all) for (const { other, pairs } of one.links) moved = one.takeNewer(other, pairs) || moved;
    }
  }

  /** Says that a fit begins or ends. */
  setTraining(training: boolean): void {
    this.training = training;
  }

  /** @throws ConfigError while a fit of another model changes the same weights */
  assertIdle(where: string): void {
    if (this.linked().some((one) => one.training)) {
      throw new ConfigError({
        where,
        got: "a call while another model that has the same weights is trained",
        expected: "one at a time",
        hint: "await the first",
      });
    }
  }

  private takeNewer(other: Sharing, pairs: readonly Pair[]): boolean {
    const newer = pairs.filter(([here, there]) => other.timeOf(there) > this.timeOf(here));
    for (const [here, there] of newer) {
      this.values.write(here, other.values.read(there));
      this.changedAt[here] = other.timeOf(there);
    }
    if (newer.length > 0) this.changes++;
    return newer.length > 0;
  }

  private timeOf(index: number): number {
    return Math.max(this.allChangedAt, this.changedAt[index] ?? 0);
  }

  /** This and all that share with it, by others too. */
  private linked(): Sharing[] {
    const found = new Set<Sharing>([this]);
    for (const one of found) for (const { other } of one.links) found.add(other);
    return [...found];
  }
}
