/** Initializers by name. @module */
import { ConfigError } from "../errors.ts";
import { constant, ones, zeros } from "./constant.ts";
import { glorotNormal, glorotUniform } from "./glorot.ts";
import { heNormal, heUniform } from "./he.ts";
import type { Initializer } from "./initializer.ts";
import { lecunNormal, lecunUniform } from "./lecun.ts";
import { orthogonal } from "./orthogonal.ts";
import { randomNormal } from "./random-normal.ts";
import { randomUniform } from "./random-uniform.ts";

/** An initializer as `toJSON` writes it. */
export interface InitializerConfig {
  readonly name: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

const makers: Readonly<Record<string, (config: Readonly<Record<string, unknown>>) => Initializer>> = {
  glorotUniform,
  glorotNormal,
  heUniform,
  heNormal,
  lecunUniform,
  lecunNormal,
  randomNormal,
  randomUniform,
  zeros,
  ones,
  constant: ({ value }) => constant(value as number),
  orthogonal,
};

/** An initializer as `toJSON` writes it. */
export function describeInitializer(initializer: Initializer): InitializerConfig {
  return { name: initializer.name, config: initializer.config() };
}

/** The initializer that `{ name, config: config() }` describes. @throws ConfigError for an unknown name or an option out of range */
export function initializerFromConfig(description: InitializerConfig): Initializer {
  const { name, config = {} } = description ?? {};
  if (typeof name !== "string" || !Object.hasOwn(makers, name)) {
    throw new ConfigError({ where: "initializer", got: `name ${JSON.stringify(name) ?? "undefined"}`, expected: Object.keys(makers).join(", ") });
  }
  if (typeof config !== "object" || config === null)
    throw new ConfigError({ where: `initializer ${name}`, got: `config ${JSON.stringify(config)}`, expected: "an object" });
  return makers[name](config);
}
