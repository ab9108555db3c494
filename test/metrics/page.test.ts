/** The examples of docs/metrics.md print what the page says. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { run } from "../reference/examples.ts";

it("docs/metrics.md", async () => {
  const page = readFileSync(new URL("../../docs/metrics.md", import.meta.url), "utf8");
  const code = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block]) => block).join("\n");
  const expected = [...code.matchAll(/console\.log\(.* \/\/ (.*)$/gm)].map(([, text]) => text);
  expect(expected.length).toBeGreaterThan(4);
  expect(await run({ name: "metrics", path: "docs/metrics.ts", source: `${code}\nexport {};\n`, expected })).toEqual(expected);
});
