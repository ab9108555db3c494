/** Names of layers, as Keras gives them. @module */
import { ConfigError } from "../../errors.ts";

/** `MaxPooling2D` -> max_pooling2d. */
export const snakeCase = (className: string): string =>
  className
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();

/** Names things in the order in which it sees them: `dense`, `dense_1`. The same thing keeps one name. */
export class Namer {
  private readonly where: string;
  private readonly counts = new Map<string, number>();
  private readonly names = new Map<object, string>();
  private readonly taken = new Set<string>();

  /** @param where for messages */
  constructor(where: string) {
    this.where = where;
  }

  /** @param given the name it has @param base what it is called otherwise, with a number @throws ConfigError for a name that another has */
  nameOf(thing: object, given: string | undefined, base: string): string {
    const known = this.names.get(thing);
    if (known !== undefined) return known;
    const name = given ?? this.numbered(base);
    this.reserve(name, "layers");
    this.names.set(thing, name);
    return name;
  }

  /** @throws ConfigError for a name that is taken */
  reserve(name: string, what: string): void {
    if (this.taken.has(name)) throw new ConfigError({ where: this.where, got: `two ${what} named "${name}"`, expected: "distinct names" });
    this.taken.add(name);
  }

  private numbered(base: string): string {
    const n = this.counts.get(base) ?? 0;
    this.counts.set(base, n + 1);
    return n === 0 ? base : `${base}_${n}`;
  }
}
