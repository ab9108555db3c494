/** Files that say what is to be run. @module */
import { DataFormatError } from "../errors.ts";
import { readFile } from "../formats/atomic-file.node.ts";

/** A JSON file of reasonable size. @param what it should be, for messages @throws FileError, DataFormatError */
export async function readDefinition(path: string, what: { readonly expected: string; readonly hint: string }): Promise<unknown> {
  const text = new TextDecoder().decode(await readFile(path, { limit: 2 ** 26 }));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DataFormatError({ where: path, got: (cause as Error).message, ...what }, { cause });
  }
}
