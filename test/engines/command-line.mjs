// Node, Deno and Bun: one line of JSON.
import * as data from "../../dist/data/index.js";
import * as gradiente from "../../dist/index.js";
import * as lab from "../../dist/lab/index.js";
import { scenario } from "./scenario.mjs";

console.log(JSON.stringify(await scenario({ ...gradiente, ...data, ...lab }, (mode, threads) => gradiente.createRuntime({ mode, threads }))));
