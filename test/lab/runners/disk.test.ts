/** Studies on disks that are full: small file systems in memory, where mounting is permitted. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { FileError } from "../../../src/errors.ts";
import { defineStudy } from "../../../src/lab/definition/define-study.ts";
import { type RunStudyOptions, runStudy } from "../../../src/lab/run-study.ts";
import { disk, mount } from "../../small-disk.ts";
import { linesOf, smallData, timelessSummary, tiny } from "./studies.ts";
import { folder } from "./support.ts";

it("a full disk is an error that names the file; finished trials stay, and the study goes on when there is space", async ({ skip }) => {
  const small = disk("24k");
  if (typeof small === "string") {
    console.warn(`not tested on a full disk: ${small}`);
    return skip();
  }
  const data = smallData();
  onTestFinished(data.remove);
  const study = defineStudy(tiny(data.path));
  const options: RunStudyOptions = { seeds: 2, workers: 2, out: small.path };
  const results = join(small.path, "tiny/results.jsonl");
  const error = await runStudy(study, options).catch((e) => e);
  expect(error).toBeInstanceOf(FileError);
  expect(error.message).toMatch(
    /writing .*tiny\/results.jsonl: got no space left on device \(ENOSPC\).*\nHint: check that the disk has space; the same command goes on/,
  );
  // Whole lines only, and no lock.
  expect(readdirSync(join(small.path, "tiny"))).toEqual(["results.jsonl"]);
  expect(readFileSync(results, "utf8")).toMatch(/\n$/);
  const kept = linesOf(results);
  expect(kept.length).toBeGreaterThan(3);
  expect(mount("-o", "remount,size=10m", small.path)).toBeNull();
  const { files } = await runStudy(study, options);
  expect(linesOf(results).slice(0, kept.length)).toEqual(kept);
  const undisturbed = await runStudy(study, { ...options, out: folder() });
  expect(timelessSummary(files.summary)).toEqual(timelessSummary(undisturbed.files.summary));
});

it("a disk that is read-only fails before any trial", async ({ skip }) => {
  const small = disk("8k");
  if (typeof small === "string") {
    console.warn(`not tested on a read-only disk: ${small}`);
    return skip();
  }
  const data = smallData();
  onTestFinished(data.remove);
  expect(mount("-o", "remount,ro", small.path)).toBeNull();
  const error = await runStudy(defineStudy(tiny(data.path)), { out: small.path }).catch((e) => e);
  expect(error).toBeInstanceOf(FileError);
  expect(error.message).toMatch(/read-only file system \(EROFS\)/);
});
