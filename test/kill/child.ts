/** The process that is killed: `child.ts JOB FOLDER CHECKPOINTS THREADS`. Says `begin`, `resume` before it trains, and at last what came of it. */
import { setFlagsFromString } from "node:v8";
import { hasRelaxedSimd } from "../../src/runtime/probe.ts";
import { type Job, train } from "./job.ts";

if (/^2[01]\./.test(process.versions.node) && !hasRelaxedSimd()) setFlagsFromString("--experimental-wasm-relaxed-simd");
const [job, folder, checkpoints, threads] = process.argv.slice(2);
console.log("begin");
const place = { directory: checkpoints, threads: Number(threads), onResume: () => console.log("resume") };
console.log(JSON.stringify(await train(JSON.parse(job) as Job, folder, place)));
