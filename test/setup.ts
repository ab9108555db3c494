/** Runs before every test file. */
import { hasRelaxedSimd } from "../src/runtime/probe.ts";

// A gap in what is tested is said aloud, once.
if (!hasRelaxedSimd() && process.env.VITEST_POOL_ID === "1") {
  console.warn(`node ${process.versions.node}: no relaxed SIMD; the relaxed kernels are not tested`);
}
if (!hasRelaxedSimd() && process.env.GRADIENTE_NO_SKIP === "1")
  throw new Error("no relaxed SIMD, and GRADIENTE_NO_SKIP=1 forbids leaving the relaxed kernels out");
