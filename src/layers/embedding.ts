/** A vector for each of a fixed number of things. @module */
import { type Constraint, constraintOf, describeConstraint } from "../constraints/index.ts";
import { ConfigError } from "../errors.ts";
import * as ops from "../graph/ops/index.ts";
import { describeInitializer, type Initializer, randomUniform } from "../initializers/index.ts";
import { describeRegularizer, type Regularizer, regularizerOf } from "../regularizers/index.ts";
import type { Layer } from "./layer.ts";
import { withMask } from "./mask.ts";

/** Options of {@link embedding}. */
export interface EmbeddingOptions {
  /** Default randomUniform() between -0.05 and 0.05, as in Keras (PyTorch: standard normal). */
  embeddingsInitializer?: Initializer;
  /** Penalty on the vectors, all of them: l1(), l2(), l1l2() or a name. Default: none. */
  embeddingsRegularizer?: Regularizer | string;
  /** What the vectors are kept to after each step. Default: anything goes. */
  embeddingsConstraint?: Constraint | string;
  /** Index 0 stands for no step: y [N,T,outputDim] has a mask that is 0 there. Default false. */
  maskZero?: boolean;
  name?: string;
}

/**
 * y[n,...,:] = embeddings[x[n,...],:]: indices x [N,...], whole numbers from 0 to inputDim - 1, embeddings [inputDim,outputDim],
 * y [N,...,outputDim]. The gradient of embeddings is the sum of dy where an index occurs; it is kept for all rows, 0 for those that do not occur.
 * Indices that the model computes are brought into this range.
 * @throws ConfigError unless both sizes are positive integers, and before a run whose data hold another index
 */
export function embedding(inputDim: number, outputDim: number, options: EmbeddingOptions = {}): Layer {
  for (const [key, size] of Object.entries({ inputDim, outputDim })) {
    if (!Number.isInteger(size) || size < 1) throw new ConfigError({ where: "embedding", got: `${key} = ${size}`, expected: "a positive integer" });
  }
  const { embeddingsInitializer = randomUniform(), maskZero = false, name } = options;
  const embeddingsRegularizer = regularizerOf("embedding", options.embeddingsRegularizer);
  const embeddingsConstraint = constraintOf("embedding", options.embeddingsConstraint);
  return {
    className: "Embedding",
    name,
    apply(x, context) {
      context.expectIndices(x, inputDim);
      const table = context.parameter("embeddings", [inputDim, outputDim], {
        initializer: embeddingsInitializer,
        regularizer: embeddingsRegularizer,
        constraint: embeddingsConstraint,
      });
      // Indices that are computed nobody looked at; data in range stay as they are.
      const y = ops.gather(table, ops.cast(ops.clip(ops.cast(x, "f32"), 0, inputDim - 1), "i32"));
      return maskZero && x.shape.length === 2 ? withMask(y, ops.compare(x, "notEqual", 0)) : y;
    },
    config: () => ({
      inputDim,
      outputDim,
      embeddingsInitializer: describeInitializer(embeddingsInitializer),
      embeddingsRegularizer: describeRegularizer(embeddingsRegularizer),
      embeddingsConstraint: describeConstraint(embeddingsConstraint),
      maskZero,
    }),
  };
}
