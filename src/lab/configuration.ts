/** Whether a value is a model's configuration. @module */
import { ConfigError, GradienteError } from "../errors.ts";
import type { ModelJSON } from "../model/config.ts";
import { modelFromJSON } from "../model/json.ts";

/** The configuration, if a model can be made of it. @throws ConfigError */
export function checkConfiguration(where: string, value: object): ModelJSON {
  try {
    const { inputs, outputs } = modelFromJSON(value).architecture;
    if (inputs.length !== 1 || outputs.length !== 1)
      throw new ConfigError({ where: "inputs and outputs", got: `${inputs.length} and ${outputs.length}`, expected: "one of each" });
  } catch (error) {
    if (!(error instanceof GradienteError)) throw error;
    throw new ConfigError({ ...error.complaint, where: `${where}, ${error.complaint.where}` });
  }
  return value as ModelJSON;
}
