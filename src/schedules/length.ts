/**
 * Lengths of time in a schedule. Each has two names, of which one is given: `decaySteps: 1000` counts steps, `decayEpochs: 2.5` counts epochs,
 * to the nearest whole step but at least one.
 * @module
 */
import { ConfigError } from "../errors.ts";
import { check, positive } from "./check.ts";

/** The options of a length called `Name`. */
export type LengthOptions<Name extends string> = { [Key in `${Name}Steps` | `${Name}Epochs`]?: number };

/** A length in steps, if there are so many per epoch. */
export type Length = (stepsPerEpoch: number) => number;

/** The length called `name`; undefined if neither of its options is given. @throws ConfigError if both are, or for a value that is not positive */
export function optionalLength<Name extends string>(where: string, name: Name, options: LengthOptions<Name>): Length | undefined {
  const steps: number | undefined = options[`${name}Steps`];
  const epochs: number | undefined = options[`${name}Epochs`];
  if (steps !== undefined && epochs !== undefined)
    throw new ConfigError({ where, got: `both ${name}Steps and ${name}Epochs`, expected: "one of them: a length in steps or in epochs" });
  if (steps !== undefined) {
    check(where, { [`${name}Steps`]: steps }, (value) => Number.isSafeInteger(value) && value > 0, "a positive integer");
    return () => steps;
  }
  if (epochs === undefined) return undefined;
  positive(where, { [`${name}Epochs`]: epochs });
  return (stepsPerEpoch) => Math.max(1, Math.floor(epochs * stepsPerEpoch + 0.5));
}

/** The length called `name`. @throws ConfigError if it is not given, and as {@link optionalLength} */
export function length<Name extends string>(where: string, name: Name, options: LengthOptions<Name>): Length {
  const found = optionalLength(where, name, options);
  if (found === undefined)
    throw new ConfigError({ where, got: `neither ${name}Steps nor ${name}Epochs`, expected: "one of them: a length in steps or in epochs" });
  return found;
}

/** The options of a length that were given, for `config()`. */
export function lengthConfig<Name extends string>(name: Name, options: LengthOptions<Name>): Record<string, number> {
  const config: Record<string, number> = {};
  for (const key of [`${name}Steps`, `${name}Epochs`] as const) {
    const value: number | undefined = options[key];
    if (value !== undefined) config[key] = value;
  }
  return config;
}
