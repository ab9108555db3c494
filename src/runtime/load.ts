/** Finding and compiling the kernels, wherever we run. @module */
import { WasmInitError } from "../errors.ts";

/** The two builds of the kernels. */
export type KernelBuild = "simd" | "relaxed";

// Written out so that bundlers see the assets.
const urls: Record<KernelBuild | `${KernelBuild}-shared`, () => URL> = {
  simd: () => new URL("../../build/simd.wasm", import.meta.url),
  relaxed: () => new URL("../../build/relaxed.wasm", import.meta.url),
  "simd-shared": () => new URL("../../build/simd-shared.wasm", import.meta.url),
  "relaxed-shared": () => new URL("../../build/relaxed-shared.wasm", import.meta.url),
};

/** Compiles a build, for memory of its own or `shared` memory: from disk in Node, Deno and Bun, by fetch elsewhere. @throws WasmInitError */
export async function compileKernels(build: KernelBuild, shared: boolean): Promise<WebAssembly.Module> {
  const url = urls[shared ? (`${build}-shared` as const) : build]();
  try {
    if (url.protocol === "file:") {
      const { readBytes } = await import("./load.node.ts");
      return await WebAssembly.compile(readBytes(url));
    }
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    return await WebAssembly.compile(await response.arrayBuffer());
  } catch (cause) {
    throw new WasmInitError(
      {
        where: `kernels (${build})`,
        got: `${url.href}: ${(cause as Error).message}`,
        expected: "a WebAssembly module",
        hint: "in a checkout run `npm run build`; where code cannot be compiled at run time, give createRuntime({ module })",
      },
      { cause },
    );
  }
}
