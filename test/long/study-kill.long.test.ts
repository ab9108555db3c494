/** A study that is killed at twenty random moments. */
import { expect, it } from "vitest";
import { killStudy, type Tally } from "../lab/runners/kill.ts";
import { length } from "./length.ts";

it("a study that is killed at random moments ends as if nothing had happened", async () => {
  const wanted = length(20, 3);
  const total: Tally = { kills: 0, before: 0, carried: 0, torn: 0 };
  while (total.kills < wanted) {
    const tally = await killStudy(Math.min(10, wanted - total.kills));
    for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += tally[key];
  }
  console.log(
    `${total.kills} kills: ${total.before} before the first trial, ${total.carried} while weights were carried, ${total.torn} during the writing of a line`,
  );
  expect(total.carried).toBeGreaterThanOrEqual(length(5, 0));
});
