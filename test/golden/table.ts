/** The report's table: 784-128-10 on MNIST, 7 optimizers x 6 activations. */
import { type Activation, dense, flatten, glorotUniform, type Model, type Runtime, sequential } from "../../src/index.ts";
import { optimizerOf } from "../../src/optimizers/index.ts";
import { golden } from "./golden.ts";

interface TableGolden {
  seed: number;
  batchSize: number;
  initialSha256: string;
  optimizers: Record<string, { name: string; options: Record<string, unknown> }>;
  /** By activation and optimizer. */
  cells: Record<
    string,
    Record<
      string,
      {
        /** The largest relative distance of PyTorch's float32 losses from its float64 ones. */
        float32Distance: number;
        /** The same from five weights a unit in the last place away. */
        movedDistances: number[];
        /** Of each step. */
        losses: number[];
      }
    >
  >;
}

export const table = golden<TableGolden>("table.json");

/** Every activation and optimizer of the table. */
export const cells: readonly (readonly [activation: string, optimizer: string])[] = Object.entries(table.cells).flatMap(([activation, row]) =>
  Object.keys(row).map((optimizer) => [activation, optimizer] as const),
);

/** The network of a cell. @throws Error if its weights are not those that PyTorch started from */
export async function cellModel(activation: string, optimizer: string, runtime?: Runtime): Promise<Model> {
  const model = sequential({ inputShape: [28, 28, 1], seed: table.seed, runtime }, [
    flatten(),
    dense(128, { activation: activation as Activation, kernelInitializer: glorotUniform() }),
    dense(10, { activation: "softmax", kernelInitializer: glorotUniform() }),
  ]);
  if ((await model.weightsSha256()) !== table.initialSha256) throw new Error("other initial weights");
  const { name, options } = table.optimizers[optimizer];
  return model.compile({ optimizer: optimizerOf(name, options), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
}
