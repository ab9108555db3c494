// Chromium, on a page of a plain static server without isolation headers: one line of JSON.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { chromium } from "playwright-core";
import { executable } from "./executable.mjs";

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
