/** A copy of a model to try things on. @module */
import type { Dataset } from "../../data/dataset/dataset.ts";
import type { FitOptions } from "../../model/fit/fit-options.ts";
import type { History } from "../../model/history.ts";
import { Model } from "../../model/model.ts";
import type { OptimizerState } from "../../optimizers/index.ts";
import type { Floats } from "../../runtime/memory.ts";

/** Steps between the draws of two rehearsals: none has as many. */
const APART = 2 ** 24;

/**
 * A second model of the same layers, losses and optimizer, with memory of its own. Each `fit` begins where the first model is: its weights, the states of its layers, its
 * optimizer. That one is only read, once, and so keeps every bit, whatever happens here.
 */
export class Rehearsal {
  private readonly model: Model;
  private readonly values: readonly Floats[];
  /** Of each slot the values of each parameter; null: the optimizer has not begun. */
  private readonly slots: readonly (readonly Floats[])[] | null;
  private readonly optimizerState: OptimizerState;
  private readonly stepsTrained: number;

  /** @param where who needs it compiled, for messages */
  constructor(where: string, subject: Model) {
    const compiled = subject.needCompiled(where);
    const { architecture: structure, seed } = subject;
    const { parameters } = structure;
    this.model = new Model({ structure, seed, runtime: subject.runtime() });
    this.model.compiled = compiled;
    this.model.fusion = subject.fusion;
    this.values = parameters.copyValues([...parameters.specs.keys()]);
    const names = Object.keys(compiled.optimizer.slots);
    const placed = names.length > 0 && subject.optimizerSlots().length === names.length * parameters.layout().total;
    this.slots = placed ? names.map((_, k) => parameters.copySlot(k)) : null;
    this.optimizerState = { ...subject.optimizerState };
    this.stepsTrained = subject.stepsTrained;
  }

  /** Trains from the beginning. @param draws what random layers draw: others for each number */
  async fit(data: Dataset, options: FitOptions, draws: number): Promise<History> {
    const { model, values, slots } = this;
    const { parameters } = model.architecture;
    const initial = Object.values(model.needCompiled("fit").optimizer.slots);
    parameters.place(await model.runtime(), initial);
    parameters.writeValues([...values.keys()], values);
    if (slots === null) parameters.resetSlots(initial);
    else for (const [k, arrays] of slots.entries()) parameters.writeSlot(k, arrays);
    model.optimizerState = { ...this.optimizerState };
    model.stepsTrained = this.stepsTrained + draws * APART;
    return model.fit(data, options);
  }

  dispose(): void {
    this.model.dispose();
  }
}
