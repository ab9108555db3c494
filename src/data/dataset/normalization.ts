/** How stored values become what a model sees: (x - shift) / scale. @module */
import { ConfigError } from "../../errors.ts";
import { isRecord } from "./by-name.ts";

/** The ways of choosing shift and scale. `unit` maps bytes to 0..1; `standardize` gives mean 0 and standard deviation 1 over all values. */
export type NormalizationKind = "unit" | "standardize" | "none";

/** The value a model sees is (x - shift) / scale, in f32. */
export interface Normalization {
  readonly shift: number;
  readonly scale: number;
  readonly kind: NormalizationKind;
}

/** Whether a choice is one for each input by name: no name of a kind, and no shift and scale. */
export function isByName(choice: unknown): boolean {
  return isRecord(choice) && typeof choice.scale !== "number";
}

/** Values of samples `rows` (null: all), `width` each. */
interface Samples {
  readonly x: Uint8Array | Float32Array;
  readonly width: number;
  readonly rows: Int32Array | null;
}

/** The default: `unit` for bytes, `none` for floats. */
export function defaultKind(x: Uint8Array | Float32Array): NormalizationKind {
  return x instanceof Uint8Array ? "unit" : "none";
}

/** Shift and scale of a kind for these samples. @throws ConfigError for an unknown kind, a scale of 0 or values that are not finite */
export function normalizationOf(choice: NormalizationKind | Normalization, samples: Samples): Normalization {
  const where = "normalization";
  if (typeof choice === "object" && choice !== null) {
    const shift = Math.fround(choice.shift);
    const scale = Math.fround(choice.scale);
    if (!Number.isFinite(shift) || !Number.isFinite(scale) || scale === 0) {
      throw new ConfigError({ where, got: `shift ${choice.shift}, scale ${choice.scale}`, expected: "finite f32 numbers, the scale not 0" });
    }
    return Object.freeze({ shift, scale, kind: choice.kind });
  }
  if (choice === "none") return Object.freeze({ shift: 0, scale: 1, kind: choice });
  if (choice === "standardize") return Object.freeze({ ...moments(samples), kind: choice });
  if (choice === "unit") {
    if (samples.x instanceof Uint8Array) return Object.freeze({ shift: 0, scale: 255, kind: choice });
    throw new ConfigError({
      where,
      got: '"unit" for float data',
      expected: '"standardize", "none" or { shift, scale, kind }',
      hint: "unit divides bytes by 255",
    });
  }
  throw new ConfigError({ where, got: JSON.stringify(choice) ?? String(choice), expected: '"unit", "standardize", "none" or { shift, scale, kind }' });
}

/** Mean and standard deviation (of the population) over all values, in f64 and in the order of rows. Constant data gets scale 1. */
function moments({ x, width, rows }: Samples): { shift: number; scale: number } {
  const n = rows === null ? x.length / (width || 1) : rows.length;
  const count = n * width;
  if (count === 0) return { shift: 0, scale: 1 };
  const sum = (term: (value: number) => number): number => {
    let total = 0;
    for (let i = 0; i < n; i++) {
      const from = (rows === null ? i : rows[i]) * width;
      for (let j = from; j < from + width; j++) total += term(x[j]);
    }
    return total;
  };
  const mean = sum((value) => value) / count;
  const scale = Math.fround(Math.sqrt(sum((value) => (value - mean) * (value - mean)) / count));
  return { shift: Math.fround(mean), scale: scale > 0 ? scale : 1 };
}
