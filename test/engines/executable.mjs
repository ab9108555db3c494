// Where Chromium is: the npm one, unpacked into a folder of its own version, since it would take any file of its name for itself.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

export async function executable() {
  if (process.env.GRADIENTE_CHROMIUM) return process.env.GRADIENTE_CHROMIUM;
  const { version } = JSON.parse(readFileSync(new URL("node_modules/@sparticuz/chromium/package.json", import.meta.url), "utf8"));
  const folder = fileURLToPath(new URL(`node_modules/.cache/chromium-${version}/`, import.meta.url));
  const complete = `${folder}complete`;
  if (!existsSync(complete)) rmSync(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { TMPDIR } = process.env;
  process.env.TMPDIR = folder;
  // Brings its own libraries where the machine has none.
  process.env.AWS_LAMBDA_JS_RUNTIME ??= "nodejs20.x";
  // But not its own fonts where the machine has some: those that it brings have no letters.
  if (existsSync("/etc/fonts/fonts.conf")) process.env.FONTCONFIG_PATH ??= "/etc/fonts";
  const { default: packed } = await import("@sparticuz/chromium");
  const path = await packed.executablePath();
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  writeFileSync(complete, "");
  return path;
}
