/** Whether a value is a model's configuration. @module */
import { ConfigError, GradienteError } from "../../errors.ts";
import type { Model } from "../../model/model.ts";
import type { ModelJSON } from "../../model/saved/config.ts";
import { modelFromJSON } from "../../model/saved/json.ts";
import { text } from "./fields.ts";

/**
 * The configuration of the network alone, if a model with one input and one output can be made of it: trials have their own seeds, losses and optimizers.
 * @throws ConfigError
 */
export function checkConfiguration(where: string, value: object): ModelJSON {
  const model = made(where, value);
  const { inputs, outputs } = model.architecture;
  if (inputs.length !== 1 || outputs.length !== 1)
    throw new ConfigError({ where, got: `a model with ${inputs.length} inputs and ${outputs.length} outputs`, expected: "one of each" });
  const json = model.toJSON();
  // It stands in reports, and on terminals.
  if (json.name !== undefined) text(`${where}.name`, json.name);
  return { ...json, seed: 0, compiled: null };
}

function made(where: string, value: object): Model {
  try {
    return modelFromJSON(value);
  } catch (error) {
    if (!(error instanceof GradienteError)) throw error;
    throw new ConfigError({ ...error.complaint, where: `${where}, ${error.complaint.where}` });
  }
}
