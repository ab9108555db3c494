// A page of a plain static server, without a bundler: one object.
import * as data from "../../dist/data/index.js";
import * as gradiente from "../../dist/index.js";
import * as lab from "../../dist/lab/index.js";
import { scenario } from "./scenario.mjs";

export const result = {
  isolated: crossOriginIsolated,
  ...(await scenario({ ...gradiente, ...data, ...lab }, (mode, threads) => gradiente.createRuntime({ mode, threads }))),
};
