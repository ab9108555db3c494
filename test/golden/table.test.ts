/** The first 100 steps of every cell of the report's table are PyTorch's, within ten times the distance of its float32 from its float64. */
import { describe, expect, it } from "vitest";
import { mnist } from "../../src/data/index.ts";
import { everyRuntime, relativeDistance } from "./golden.ts";
import { cellModel, cells, table } from "./table.ts";

// The reference kernels run these steps in mlp.test.ts.
const runtimes = (await everyRuntime()).filter(([, { backend }]) => backend === "wasm");
const { train } = await mnist();

describe.each(runtimes)("%s", (_, runtime) => {
  it.each(cells)("%s, %s", async (activation, optimizer) => {
    const { float32Distance, losses } = table.cells[activation][optimizer];
    const model = await cellModel(activation, optimizer, runtime);
    const seen: number[] = [];
    await model.fit(train.take(table.batchSize * losses.length), { batchSize: table.batchSize, shuffle: false, onStep: ({ loss }) => void seen.push(loss) });
    model.dispose();
    expect(seen).toHaveLength(losses.length);
    expect(relativeDistance(seen, losses)).toBeLessThan(10 * float32Distance);
  });
});
