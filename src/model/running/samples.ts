/** Samples to predict, given as plain numbers. @module */
import { isRecord } from "../../data/dataset/by-name.ts";
import { type InputColumn, product } from "../../data/dataset/columns.ts";
import { type NumberArray, storedNumbers } from "../../data/dataset/make-columns.ts";
import { ConfigError, NumericError, ShapeError } from "../../errors.ts";
import { firstNonFinite } from "../../finite.ts";

/** Samples of an input one after another. */
export type Samples = NumberArray;

/** What a model says of an input. */
export interface InputSpec {
  readonly name: string;
  /** Of one sample. */
  readonly shape: readonly number[];
}

const BYTES = Object.freeze({ shift: 0, scale: 255, kind: "unit" });
const AS_THEY_ARE = Object.freeze({ shift: 0, scale: 1, kind: "none" });

/**
 * The columns that plain arrays are: one array for a model of one input, or an object of arrays by the names of inputs. Bytes are divided by 255, but not
 * where they are indices.
 * @param indices numbers of the inputs that hold indices
 * @throws ConfigError for a name that is missing or unknown, ShapeError where lengths do not fit, NumericError for a NaN or an infinity
 */
export function plainColumns(inputs: readonly InputSpec[], given: Samples | Readonly<Record<string, Samples>>, indices: ReadonlySet<number>): InputColumn[] {
  const arrays = isRecord(given) ? byName(inputs, given as Readonly<Record<string, Samples>>) : [single(inputs, given as Samples)];
  const columns = inputs.map(({ name, shape }, k): InputColumn => {
    const where = inputs.length === 1 ? "predict" : `predict, input "${name}"`;
    const values = storedNumbers(where, arrays[k], product(shape));
    check(where, values, shape);
    return { name, values, shape, normalization: values instanceof Uint8Array && !indices.has(k) ? BYTES : AS_THEY_ARE };
  });
  const [first] = columns;
  const count = first.values.length / product(first.shape);
  for (const { name, values, shape } of columns) {
    const own = values.length / product(shape);
    if (own !== count) throw new ShapeError({ where: `predict, input "${name}"`, got: `${own} samples`, expected: `${count}, as of "${first.name}"` });
  }
  return columns;
}

function single(inputs: readonly InputSpec[], given: Samples): Samples {
  if (!ArrayBuffer.isView(given)) throw new ConfigError({ where: "predict", got: String(given), expected: "a dataset, a typed array, or an object of arrays" });
  if (inputs.length === 1) return given;
  throw new ConfigError({ where: "predict", got: "one array", expected: `an object of arrays for the inputs ${quoted(inputs)}` });
}

function byName(inputs: readonly InputSpec[], given: Readonly<Record<string, Samples>>): Samples[] {
  const unknown = Object.keys(given).find((key) => !inputs.some(({ name }) => name === key));
  if (unknown !== undefined) throw new ConfigError({ where: "predict", got: `an array for "${unknown}"`, expected: `names of inputs: ${quoted(inputs)}` });
  return inputs.map(({ name }) => {
    const array = Object.hasOwn(given, name) ? given[name] : undefined;
    if (ArrayBuffer.isView(array)) return array;
    throw new ConfigError({ where: `predict, input "${name}"`, got: array === undefined ? "nothing" : typeof array, expected: "a typed array of its samples" });
  });
}

function check(where: string, values: Uint8Array | Float32Array, shape: readonly number[]): void {
  const width = product(shape);
  if (!Number.isInteger(values.length / width))
    throw new ShapeError({ where, got: `${values.length} values`, expected: `a multiple of ${width}, samples of shape [${shape.join(",")}]` });
  if (!(values instanceof Float32Array)) return;
  const at = firstNonFinite(values);
  if (at >= 0) throw new NumericError({ where, got: `${values[at]} in sample ${Math.floor(at / width)}`, expected: "finite values" });
}

const quoted = (inputs: readonly InputSpec[]): string => inputs.map(({ name }) => JSON.stringify(name)).join(", ");
