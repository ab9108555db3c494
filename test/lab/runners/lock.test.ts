import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { FileError } from "../../../src/errors.ts";
import { lockFolder } from "../../../src/lab/runners/lock.node.ts";
import { folder } from "./support.ts";

const lockOf = (pid: number | undefined): string => `.gradiente-${pid}.lock`;

it("one at a time holds a folder, in this process too", async () => {
  const [path, other] = [folder(), folder()];
  const release = await lockFolder(path);
  const error = await lockFolder(path).catch((e) => e);
  expect(error).toBeInstanceOf(FileError);
  expect(error.message).toContain(`folder ${path}: got a study that this process is running`);
  await (await lockFolder(other))();
  await release();
  expect(readdirSync(path)).toEqual([]);
  await (await lockFolder(path))();
});

it.skipIf(process.platform === "win32")("a folder is the same under another name", async () => {
  const [path, link] = [folder(), join(folder(), "link")];
  symlinkSync(path, link);
  const release = await lockFolder(path);
  await expect(lockFolder(link)).rejects.toThrow(/got a study that this process is running/);
  await release();
});

it("another process that lives keeps it, and its lock stays", async () => {
  const path = folder();
  const sleeper = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"], { stdio: "ignore" });
  onTestFinished(() => void sleeper.kill("SIGKILL"));
  writeFileSync(join(path, lockOf(sleeper.pid)), "");
  const error = await lockFolder(path).catch((e) => e);
  expect(error).toBeInstanceOf(FileError);
  expect(error.message).toContain(`got a study that process ${sleeper.pid} is running`);
  expect(error.message).toContain(`remove ${join(path, lockOf(sleeper.pid))}`);
  expect(readdirSync(path)).toEqual([lockOf(sleeper.pid)]);
});

it("locks of processes that are gone, and of an earlier one with this number, are taken over", async () => {
  const path = folder();
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  writeFileSync(join(path, lockOf(pid)), "");
  writeFileSync(join(path, lockOf(process.pid)), "");
  writeFileSync(join(path, "gradiente.lock"), "not ours");
  const release = await lockFolder(path);
  expect(existsSync(join(path, lockOf(pid)))).toBe(false);
  expect(existsSync(join(path, lockOf(process.pid)))).toBe(true);
  await release();
  expect(readdirSync(path)).toEqual(["gradiente.lock"]);
});
