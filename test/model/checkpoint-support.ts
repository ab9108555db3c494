/** Runs that are cut and resumed, for the tests of checkpoints. */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../../src/formats/safetensors.ts";
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

/** Changes what a checkpoint says, its checksum included: a file as an attacker would make it. @param change gets the state's text and gives another */
export function forge(file: string, change: (state: string) => string): void {
  const { metadata, tensors } = decodeSafetensors(readFileSync(file), file);
  const data = new TextEncoder().encode(change(new TextDecoder().decode(tensors.get("checkpoint/state")?.data as Uint8Array)));
  tensors.set("checkpoint/state", { dtype: "U8", shape: [data.length], data });
  const { sha256: _, ...rest } = metadata;
  const digest = "0".repeat(64);
  const bytes = Buffer.from(encodeSafetensors(tensors, { sha256: digest, ...rest }));
  bytes.write(createHash("sha256").update(bytes).digest("hex"), bytes.indexOf(digest), "latin1");
  writeFileSync(file, bytes);
}
