// workerd compiles no WebAssembly at run time: it is handed modules that were compiled at deployment.
import * as data from "../../dist/data/index.js";
import * as gradiente from "../../dist/index.js";
import * as lab from "../../dist/lab/index.js";
import relaxed from "./relaxed.wasm";
import { scenario } from "./scenario.mjs";
import simd from "./simd.wasm";

const modules = { deterministic: simd, fast: relaxed };

export default {
  async fetch() {
    return Response.json(
      await scenario({ ...gradiente, ...data, ...lab }, (mode, threads) => gradiente.createRuntime({ mode, threads, module: modules[mode] })),
    );
  },
};
