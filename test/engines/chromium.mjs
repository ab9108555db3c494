// Chromium, on a page of a plain static server without isolation headers: one line of JSON.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = new URL("../../", import.meta.url);
const SERVED = ["/dist/", "/build/", "/test/engines/", "/node_modules/@assemblyscript/loader/", "/node_modules/@noble/hashes/", "/node_modules/fflate/"];
const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };
const PAGE = `<!doctype html><script type="importmap">${JSON.stringify({
  imports: {
    "@assemblyscript/loader": "/node_modules/@assemblyscript/loader/index.js",
    "@noble/hashes/": "/node_modules/@noble/hashes/",
    fflate: "/node_modules/fflate/esm/browser.js",
  },
})}</script>`;

const isolated = process.argv[2] === "isolated";
const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  if (isolated) {
    response.setHeader("cross-origin-opener-policy", "same-origin");
    response.setHeader("cross-origin-embedder-policy", "require-corp");
  }
  if (pathname === "/") return response.setHeader("content-type", "text/html").end(PAGE);
  const type = TYPES[extname(pathname)];
  if (type === undefined || !SERVED.some((folder) => pathname.startsWith(folder))) return response.writeHead(404).end();
  try {
    response.setHeader("content-type", type).end(await readFile(new URL(`.${pathname}`, root)));
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

/** The npm Chromium, unpacked into a folder of its own version: it would take any file of its name for itself. */
async function executable() {
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
  const { default: packed } = await import("@sparticuz/chromium");
  const path = await packed.executablePath();
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  writeFileSync(complete, "");
  return path;
}

let browser;
try {
  browser = await chromium.launch({ executablePath: await executable(), args: ["--no-sandbox"] });
  const page = await browser.newPage();
  page.on("console", (message) => console.error(message.text()));
  page.on("requestfailed", (request) => console.error(`${request.url()}: ${request.failure()?.errorText}`));
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  console.log(JSON.stringify(await page.evaluate(async () => (await import("/test/engines/page.mjs")).result)));
} finally {
  await browser?.close();
  server.close();
}
