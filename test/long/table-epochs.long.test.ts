/** Five epochs of every cell of the report's table end where PyTorch's do. */
import { expect, it } from "vitest";
import { mnist } from "../../src/data/index.ts";
import { golden } from "../golden/golden.ts";
import { cellModel, table } from "../golden/table.ts";
import { length } from "./length.ts";

interface TableEpochsGolden {
  seed: number;
  batchSize: number;
  epochs: number;
  initialSha256: string;
  /** Accuracy on the test set of five runs from initial weights a unit in the last place apart, by activation and optimizer. */
  cells: Record<string, Record<string, number[]>>;
}

const { seed, batchSize, epochs, initialSha256, cells: accuracies } = golden<TableEpochsGolden>("table-epochs.json");
const { train, test } = await mnist();
const cells = Object.entries(accuracies).flatMap(([activation, row]) => Object.entries(row).map(([optimizer, theirs]) => ({ activation, optimizer, theirs })));

it("is the same table", () => {
  expect([seed, batchSize, initialSha256]).toEqual([table.seed, table.batchSize, table.initialSha256]);
  const names = (rows: Record<string, object>): string[] =>
    Object.entries(rows).flatMap(([activation, row]) => Object.keys(row).map((optimizer) => `${activation} ${optimizer}`));
  expect(names(accuracies).sort()).toEqual(names(table.cells).sort());
});

it.each(cells.slice(0, length(cells.length, 2)))(
  "$activation, $optimizer: accuracy within 0.3 points of the mean of five runs",
  async ({ activation, optimizer, theirs }) => {
    const model = await cellModel(activation, optimizer);
    await model.fit(train, { epochs, batchSize, shuffle: false });
    const accuracy = (await model.evaluate(test)).accuracy as number;
    model.dispose();
    const mean = theirs.reduce((a, b) => a + b) / theirs.length;
    console.log(`${activation}, ${optimizer}: ${accuracy}, ${(100 * (accuracy - mean)).toFixed(2)} points from the mean of ${theirs.join(" ")}`);
    expect(Math.abs(accuracy - mean)).toBeLessThan(0.003);
  },
);
