/** This package's version. @module */
import { readFileSync } from "node:fs";

/** The version in package.json, which stands two folders up from src/runtime and from dist/runtime. */
export function version(): string {
  return (JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }).version;
}
