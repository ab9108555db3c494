/** Constraints by name. @module */
import { ConfigError } from "../errors.ts";
import type { Constraint } from "./constraint.ts";
import { nonNegative } from "./non-negative.ts";
import { maxNorm, type NormOptions, unitNorm } from "./norms.ts";

/** A constraint as `toJSON` writes it. */
export interface ConstraintConfig {
  readonly name: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

const makers: Readonly<Record<string, (options: Readonly<Record<string, unknown>>) => Constraint>> = {
  maxNorm: ({ max, ...options }) => maxNorm(max as number, options as NormOptions),
  unitNorm: (options) => unitNorm(options as NormOptions),
  nonNegative: () => nonNegative(),
};

/** The constraint of a name (with its defaults) or itself; undefined for none. @throws ConfigError for an unknown name or anything else */
export function constraintOf(where: string, constraint: Constraint | string | null | undefined): Constraint | undefined {
  if (constraint === undefined || constraint === null) return undefined;
  if (typeof constraint === "string") return constraintFromConfig({ name: constraint }, where);
  if (typeof constraint === "object" && typeof constraint.emit === "function") return constraint;
  throw new ConfigError({ where, got: `a constraint that is a ${typeof constraint}`, expected: "maxNorm(), unitNorm() or nonNegative()" });
}

/** A constraint as `toJSON` writes it; null for none. */
export function describeConstraint(constraint: Constraint | undefined): ConstraintConfig | null {
  return constraint === undefined ? null : { name: constraint.name, config: constraint.config() };
}

/** The constraint that `{ name, config: config() }` describes. @throws ConfigError for an unknown name or an option out of range */
export function constraintFromConfig(description: ConstraintConfig, where = "constraint"): Constraint {
  const { name, config = {} } = description ?? {};
  if (typeof name !== "string" || !Object.hasOwn(makers, name))
    throw new ConfigError({ where, got: `name ${JSON.stringify(name) ?? "undefined"}`, expected: Object.keys(makers).join(", ") });
  if (typeof config !== "object" || config === null) throw new ConfigError({ where, got: `config ${JSON.stringify(config)}`, expected: "an object" });
  return makers[name](config);
}
