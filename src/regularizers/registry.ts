/** Regularizers by name. @module */
import { ConfigError } from "../errors.ts";
import { l1, l1l2, l2 } from "./l1l2.ts";
import type { Regularizer } from "./regularizer.ts";

/** A regularizer as `toJSON` writes it. */
export interface RegularizerConfig {
  readonly name: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

const makers: Readonly<Record<string, (options: Readonly<Record<string, unknown>>) => Regularizer>> = { l1, l2, l1l2 };

/** The regularizer of a name (with its defaults) or itself; undefined for none. @throws ConfigError for an unknown name or anything else */
export function regularizerOf(where: string, regularizer: Regularizer | string | null | undefined): Regularizer | undefined {
  if (regularizer === undefined || regularizer === null) return undefined;
  if (typeof regularizer === "string") return regularizerFromConfig({ name: regularizer }, where);
  if (typeof regularizer === "object" && typeof regularizer.config === "function") return regularizer;
  throw new ConfigError({ where, got: `a regularizer that is a ${typeof regularizer}`, expected: "l1(), l2() or l1l2()" });
}

/** A regularizer as `toJSON` writes it; null for none. */
export function describeRegularizer(regularizer: Regularizer | undefined): RegularizerConfig | null {
  return regularizer === undefined ? null : { name: regularizer.name, config: regularizer.config() };
}

/** The regularizer that `{ name, config: config() }` describes. @throws ConfigError for an unknown name or an option out of range */
export function regularizerFromConfig(description: RegularizerConfig, where = "regularizer"): Regularizer {
  const { name, config = {} } = description ?? {};
  if (typeof name !== "string" || !Object.hasOwn(makers, name)) {
    throw new ConfigError({ where, got: `name ${JSON.stringify(name) ?? "undefined"}`, expected: Object.keys(makers).join(", ") });
  }
  if (typeof config !== "object" || config === null) throw new ConfigError({ where, got: `config ${JSON.stringify(config)}`, expected: "an object" });
  return makers[name](config);
}
