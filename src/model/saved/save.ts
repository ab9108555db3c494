/** Models as safetensors files: the weights as tensors, the configuration as metadata. @module */
import { CheckpointError } from "../../errors.ts";
import { decodeSafetensors, encodeSafetensors } from "../../formats/safetensors.ts";
import type { CustomLayers } from "../../layers/index.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Model } from "../model.ts";
import { modelFromJSON } from "./json.ts";

/** The bytes of a model file: any safetensors reader opens it. */
export async function encodeModel(model: Model): Promise<Uint8Array> {
  const weights = await model.getWeights();
  const tensors = new Map(weights.map(({ name, shape, data }) => [name, { dtype: "F32" as const, shape: [...shape], data }]));
  return encodeSafetensors(tensors, { format: "gradiente", model: JSON.stringify(model.toJSON()) });
}

/** Options of {@link decodeModel} and loadModel. */
export interface LoadOptions {
  runtime?: Runtime | Promise<Runtime>;
  /** Makers of layers of your own, by class name. */
  customLayers?: CustomLayers;
}

/** A model from the bytes of its file. @throws CheckpointError */
export async function decodeModel(bytes: Uint8Array, where: string, options: LoadOptions = {}): Promise<Model> {
  const { metadata, tensors } = decodeSafetensors(bytes, where);
  if (metadata.format !== "gradiente" || metadata.model === undefined) {
    throw new CheckpointError({ where, got: "a safetensors file without a model of ours in its metadata", expected: "a file written by model.save()" });
  }
  let json: unknown;
  try {
    json = JSON.parse(metadata.model);
  } catch (cause) {
    throw new CheckpointError({ where, got: "model metadata that is not JSON", expected: "a file written by model.save()" }, { cause });
  }
  const model = modelFromJSON(json, options);
  const { parameters } = model.architecture;
  const specs = parameters.weights.map((i) => parameters.specs[i]);
  // A checkpoint holds more than its model.
  if (metadata.checkpoint === undefined && tensors.size !== specs.length)
    throw new CheckpointError({ where, got: `${tensors.size} tensors`, expected: `${specs.length}, the model's weights` });
  const arrays = specs.map(({ name, shape }) => {
    const tensor = tensors.get(name);
    if (tensor === undefined || tensor.dtype !== "F32" || tensor.shape.join() !== shape.join()) {
      throw new CheckpointError({
        where: `${where}, tensor "${name}"`,
        got: tensor === undefined ? "nothing" : `${tensor.dtype} [${tensor.shape}]`,
        expected: `F32 [${shape}]`,
      });
    }
    return tensor.data as Float32Array;
  });
  await model.setWeights(arrays);
  return model;
}

/** Reads a model file. @throws FileError, CheckpointError */
export async function loadModel(path: string, options: LoadOptions = {}): Promise<Model> {
  const { readFile } = await import("../../formats/atomic-file.node.ts");
  return decodeModel(await readFile(path), path, options);
}
