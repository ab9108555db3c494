/** Small file systems in memory, where mounting is permitted. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** Mounts; null, or why it cannot. */
export const mount = (...argv: string[]): string | null => {
  const { status, stderr, error } = spawnSync("mount", argv, { encoding: "utf8" });
  return status === 0 ? null : (error?.message ?? stderr.trim());
};

/** A file system of so many bytes, which goes when the test ends; or why there is none. */
export function disk(size: string): { path: string } | string {
  const path = join(mkdtempSync(join(tmpdir(), "gradiente-disk-")), "disk");
  mkdirSync(path);
  const reason = mount("-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path);
  if (reason !== null) return reason;
  onTestFinished(() => {
    spawnSync("umount", [path]);
    rmSync(dirname(path), { recursive: true, force: true });
  });
  return { path };
}
