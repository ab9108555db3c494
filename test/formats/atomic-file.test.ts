import { chmod, mkdir, mkdtemp, readdir, readFile as readPlain, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FileError } from "../../src/errors.ts";
import { readFile, writeFileAtomic } from "../../src/formats/atomic-file.node.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gradiente-file-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bytes = Uint8Array.of(1, 2, 3);

describe("writeFileAtomic", () => {
  test("writes, replaces and leaves nothing else", async () => {
    const path = join(folder, "m.safetensors");
    await writeFileAtomic(path, new Uint8Array(100_000));
    await writeFileAtomic(path, bytes);
    expect([...(await readPlain(path))]).toEqual([1, 2, 3]);
    expect(await readdir(folder)).toEqual(["m.safetensors"]);
  });

  test("keeps an existing file's permissions and follows a link", async () => {
    await writeFile(join(folder, "real"), "old");
    await chmod(join(folder, "real"), 0o640);
    await symlink(join(folder, "real"), join(folder, "link"));
    await writeFileAtomic(join(folder, "link"), bytes);
    expect([...(await readPlain(join(folder, "real")))]).toEqual([1, 2, 3]);
    expect((await stat(join(folder, "real"))).mode & 0o777).toBe(0o640);
  });

  test("a missing folder is a FileError that names the path", async () => {
    const path = join(folder, "no", "m.safetensors");
    await expect(writeFileAtomic(path, bytes)).rejects.toThrow(FileError);
    await expect(writeFileAtomic(path, bytes)).rejects.toThrow(`writing ${path}: got no such file or directory (ENOENT)`);
  });

  test("a directory as target", async () => {
    await mkdir(join(folder, "d"));
    await expect(writeFileAtomic(join(folder, "d"), bytes)).rejects.toThrow(/got a directory/);
    expect(await readdir(folder)).toEqual(["d"]);
  });

  test("a failure half way keeps the old content and removes the temporary file", async () => {
    const path = join(folder, "m");
    await writeFile(path, "old");
    const broken = { length: 3 } as unknown as Uint8Array;
    await expect(writeFileAtomic(path, broken)).rejects.toThrow(FileError);
    expect(await readPlain(path, "utf8")).toBe("old");
    expect(await readdir(folder)).toEqual(["m"]);
  });

  test.skipIf(process.platform !== "linux")("a device that is full or no file", async () => {
    await expect(writeFileAtomic("/dev/null", bytes)).rejects.toThrow(/no regular file/);
  });

  test("two at once: one of them whole", async () => {
    const path = join(folder, "m");
    await Promise.all([1, 2, 3, 4].map((v) => writeFileAtomic(path, new Uint8Array(50_000).fill(v))));
    const content = await readPlain(path);
    expect(content.length).toBe(50_000);
    expect(new Set(content).size).toBe(1);
    expect(await readdir(folder)).toEqual(["m"]);
  });
});

describe("readFile", () => {
  test("reads what is there", async () => {
    for (const size of [0, 1, 65_535, 65_536, 200_001]) {
      const content = new Uint8Array(size).map((_, i) => i * 7);
      await writeFile(join(folder, "f"), content);
      expect(Buffer.compare(await readFile(join(folder, "f")), content)).toBe(0);
    }
  });

  test.skipIf(process.platform !== "linux")("reads files that do not know their size", async () => {
    expect(new TextDecoder().decode(await readFile("/proc/self/status"))).toContain("Pid:");
    await expect(readFile("/dev/zero", { limit: 100_000 })).rejects.toThrow(/more than 100000 bytes/);
  });

  test("missing, a directory, too large", async () => {
    await writeFile(join(folder, "f"), bytes);
    expect((await readFile(join(folder, "f"), { limit: 3 })).length).toBe(3);
    await expect(readFile(join(folder, "f"), { limit: 2 })).rejects.toThrow(/got 3 bytes, expected at most 2 bytes/);
    await expect(readFile(join(folder, "none"))).rejects.toThrow(/reading .*none: got no such file or directory \(ENOENT\)/);
    await expect(readFile(folder)).rejects.toThrow(/got a directory/);
    await expect(readFile(folder)).rejects.toThrow(FileError);
  });
});
