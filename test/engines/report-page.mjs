// A report in Chromium without network: what it complains of and asks for, and what of it cannot be read. One line of JSON.
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { executable } from "./executable.mjs";

/** In the page: charts that are shown, texts of them that lie on each other, ground and text colours, and how far the page is too wide. */
function look() {
  const charts = [...document.querySelectorAll("svg")].filter((svg) => svg.getClientRects().length > 0);
  const overlaps = charts.flatMap((svg) => {
    const texts = [...svg.querySelectorAll("text")].filter((text) => text.textContent !== "" && text.closest("[transform*=rotate]") === null);
    const boxes = texts.map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }));
    return boxes.flatMap(({ text, box }, i) =>
      boxes
        .slice(0, i)
        .filter(
          (other) =>
            Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left) > 3 &&
            Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top) > 4,
        )
        .map((other) => `${svg.getAttribute("aria-label").slice(0, 40)}: "${other.text}" and "${text}"`),
    );
  });
  return {
    charts: charts.length,
    measured: charts.some((svg) => [...svg.querySelectorAll("text")].some((text) => text.getBoundingClientRect().width > 0)),
    overlaps,
    colours: [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color],
    tooWide: document.documentElement.scrollWidth - innerWidth,
  };
}

const browser = await chromium.launch({ executablePath: await executable(), args: ["--no-sandbox"] });
const views = {
  light: { colorScheme: "light", viewport: { width: 1100, height: 900 } },
  dark: { colorScheme: "dark", viewport: { width: 1100, height: 900 } },
  phone: { colorScheme: "light", viewport: { width: 390, height: 844 } },
  paper: { colorScheme: "dark", viewport: { width: 700, height: 900 } },
};
const result = {};
try {
  for (const [name, options] of Object.entries(views)) {
    const context = await browser.newContext({ ...options, offline: true });
    const page = await context.newPage();
    const complaints = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => /^(file|data):/.test(request.url()) || complaints.push(request.url()));
    if (name === "paper") await page.emulateMedia({ media: "print" });
    await page.goto(pathToFileURL(process.argv[2]).href);
    result[name] = { complaints, ...(await page.evaluate(look)) };
    await context.close();
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(result));
