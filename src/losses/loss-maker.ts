/** How the losses of this folder are made. @module */
import { ConfigError } from "../errors.ts";
import type { Loss, LossFunction } from "./loss.ts";

/** A loss with its defaults, `huber`, that gives it with options when it is called: `huber({ delta: 2 })`. */
export type LossMaker<O extends object> = Loss & ((options?: O) => Loss);

/** @param make validates the options and gives the function */
export function lossMaker<O extends object>(name: string, make: (options: O) => LossFunction): LossMaker<O> {
  const withOptions = (options: O = {} as O): Loss => {
    const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    return { name, apply: make(given as O), config: () => ({ ...given }) };
  };
  const plain = withOptions();
  // The properties of a Loss, over the function's own.
  return Object.defineProperties(withOptions, {
    name: { value: name },
    apply: { value: plain.apply },
    config: { value: plain.config },
  }) as unknown as LossMaker<O>;
}

/** @throws ConfigError unless it is a number from 0 to 1, 1 excluded */
export function smoothing(where: string, value: number): number {
  if (typeof value === "number" && value >= 0 && value < 1) return value;
  throw new ConfigError({ where, got: `labelSmoothing = ${String(value)}`, expected: "a number, 0 or more, below 1" });
}
