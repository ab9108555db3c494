/** Whether tests can have Fashion-MNIST, which is no npm package. */
import { fashionMnistDirectories } from "../../../src/data/idx/fashion-mnist.node.ts";
import { idxNames } from "../../../src/data/idx/idx-dataset.ts";
import { findIdxFile } from "../../../src/data/idx/idx-files.node.ts";

const isAt = async (directory: string): Promise<boolean> =>
  (await Promise.all(Object.values(idxNames).map((name) => findIdxFile(directory, name)))).every((path) => path !== null);

const directories = fashionMnistDirectories();
const found = (await Promise.all(directories.map(isAt))).indexOf(true);
if (found < 0) {
  const absent = "Fashion-MNIST is not here (Debian: apt install dataset-fashion-mnist)";
  if (process.env.GRADIENTE_NO_SKIP === "1") throw new Error(`${absent}, and GRADIENTE_NO_SKIP=1 forbids leaving its tests out`);
  console.warn(`tests are left out: ${absent}`);
}

/** The directory that has it; null if there is none: `describe.skipIf(fashionMnistAt === null)(...)`. */
export const fashionMnistAt = found < 0 ? null : directories[found];
