/** Parameters between the API's order of axes and that of memory. @module */
import type { Floats } from "../../runtime/memory.ts";

/** What decides the order: see ParameterSpec. */
interface Layout {
  readonly shape: readonly number[];
  readonly layout?: readonly number[];
}

/** Calls `visit(place in memory, place in the API's order)` for every element. */
function eachElement(shape: readonly number[], layout: readonly number[], visit: (memory: number, api: number) => void): void {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  let memory = 0;
  const walk = (depth: number, api: number): void => {
    const axis = layout[depth];
    for (let i = 0; i < shape[axis]; i++, api += strides[axis]) {
      if (depth < layout.length - 1) walk(depth + 1, api);
      else visit(memory++, api);
    }
  };
  walk(0, 0);
}

/** Writes values in the API's order to memory. */
export function toMemory({ shape, layout }: Layout, values: ArrayLike<number>, memory: Floats): void {
  if (layout === undefined) memory.set(values);
  else {
    eachElement(shape, layout, (m, a) => {
      memory[m] = values[a];
    });
  }
}

/** A copy of what memory holds, in the API's order and with memory's precision. */
export function copyFromMemory({ shape, layout }: Layout, memory: Floats): Floats {
  const values = memory.slice();
  if (layout !== undefined) {
    eachElement(shape, layout, (m, a) => {
      values[a] = memory[m];
    });
  }
  return values;
}

/** The same as floats. */
export function fromMemory(layout: Layout, memory: Floats): Float32Array {
  const values = copyFromMemory(layout, memory);
  return values instanceof Float32Array ? values : Float32Array.from(values);
}
