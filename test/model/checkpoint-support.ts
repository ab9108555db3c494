/** Runs that are cut and resumed, for the tests of checkpoints. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { History } from "../../src/index.ts";

/** A folder that goes when the test ends. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "gradiente-checkpoint-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A history without its times. */
export function timeless(history: History): unknown {
  const epochs = history.epochs.map((epoch) => ({ ...epoch, seconds: null, stepMs: null, samplesPerSecond: null }));
  return { ...history, epochs, seconds: null };
}
