import { expect, it } from "vitest";
import { killStudy } from "./kill.ts";

it("a study that is killed and run again ends as if nothing had happened", async () => {
  const tally = await killStudy(3);
  expect(tally.kills).toBe(3);
  expect(tally.before).toBeGreaterThanOrEqual(1);
}, 120_000);
