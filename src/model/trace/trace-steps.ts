/** What recurrent layers do from step to step, put together from the tracer's values of each step. @module */

/** A value with its shape. */
interface Value {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** A gate or state of a layer through time. */
export interface StepsTrace {
  /** Of the layer, and of the one inside it if there is one. */
  readonly layer: string;
  /** `i`, `f`, `candidate`, `o`, `z`, `r`, `h` or `c`. */
  readonly name: string;
  /** Of each step: the mean over samples and units. */
  readonly means: readonly number[];
  /** The length of a sample's values, and of their gradient, on average (root mean square). */
  readonly norms: readonly number[];
  readonly gradientNorms: readonly number[];
}

const STEP = /^(forward|backward)\/(.+)\/(\w+)\/(\d+)$/;

/** Puts values of single steps, `forward/lstm/h/0` [N,U] and so on, together as `forward/lstm/h` [N,T,U]; a step that no gradient reaches has zeros. Gives the names of those of `forward`. */
export function stackSteps(tensors: Map<string, Value>): string[] {
  const found = new Map<string, Map<number, Value>>();
  for (const [name, value] of [...tensors]) {
    const match = STEP.exec(name);
    if (match === null) continue;
    const whole = `${match[1]}/${match[2]}/${match[3]}`;
    const steps = found.get(whole) ?? new Map<number, Value>();
    found.set(whole, steps.set(Number(match[4]), value));
    tensors.delete(name);
  }
  const lengths = new Map([...found].map(([name, steps]) => [name, Math.max(...steps.keys()) + 1]));
  for (const [name, steps] of found) {
    const [[, { shape }]] = steps;
    const [N, U] = shape;
    const T = lengths.get(name.replace(/^backward/, "forward")) as number;
    const data = new Float32Array(N * T * U);
    for (const [t, value] of steps) for (let n = 0; n < N; n++) data.set(value.data.subarray(n * U, (n + 1) * U), (n * T + t) * U);
    tensors.set(name, { shape: [N, T, U], data });
  }
  return [...found.keys()].filter((name) => name.startsWith("forward/"));
}

/** What is to be drawn of the values that {@link stackSteps} made: those named. */
export function stepsOf(tensors: ReadonlyMap<string, Value>, names: readonly string[]): StepsTrace[] {
  return names.map((whole) => {
    const value = tensors.get(whole) as Value;
    const [, layer, name] = /^forward\/(.+)\/(\w+)$/.exec(whole) as RegExpExecArray;
    const gradient = tensors.get(`backward/${layer}/${name}`);
    const [N, T, U] = value.shape;
    const ofStep = <R>(x: Value | undefined, reduce: (values: number[]) => R): R[] =>
      Array.from({ length: T }, (_, t) => reduce(Array.from({ length: N * U }, (_u, k) => x?.data[(Math.floor(k / U) * T + t) * U + (k % U)] ?? 0)));
    const norm = (values: number[]): number => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / N);
    return {
      layer,
      name,
      means: ofStep(value, (values) => values.reduce((a, b) => a + b, 0) / values.length),
      norms: ofStep(value, norm),
      gradientNorms: ofStep(gradient, norm),
    };
  });
}
