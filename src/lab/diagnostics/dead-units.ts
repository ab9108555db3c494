/** Units of rectified layers that no longer answer to any sample. @module */
import type { Measure } from "./measure.ts";
import { integer, recorded, someOf } from "./numbers.ts";
import { Watch } from "./watch.ts";

/** Options of {@link deadUnits}. */
export interface DeadUnitsOptions {
  /** Default 256. */
  samples?: number;
}

/** A layer at an epoch. */
export interface DeadShare {
  /** 0: the weights before the first step. */
  readonly epoch: number;
  /** The share of the units that give 0 for every sample, at every position. */
  readonly dead: number;
  /** The share of all values that are 0. */
  readonly zeros: number;
}

/** What rectified layers give in inference, for the same training samples each time; no layers where none has `relu` or `relu6`. */
export interface DeadUnits {
  readonly samples: number;
  readonly layers: readonly {
    readonly name: string;
    readonly activation: string;
    /** Along the last axis: units of dense layers, filters of convolutions. */
    readonly units: number;
    readonly epochs: readonly DeadShare[];
  }[];
}

/** Activations that give 0, and let no gradient through, for whatever is below 0. */
const RECTIFIERS: readonly string[] = ["relu", "relu6"];

export function deadUnits({ samples = 256 }: DeadUnitsOptions = {}): Measure<DeadUnits> {
  integer("dead-relu", "samples", samples, 1);
  let watch: Watch;
  let taken = 0;
  let records: DeadShare[][] = [];
  return {
    begin({ context: { model, data }, seed }) {
      const some = someOf(data, samples, seed);
      taken = some.length;
      watch = new Watch(model, some, (activation) => RECTIFIERS.includes(activation));
    },
    async atEpoch(epoch, { context: { model } }) {
      const alive = watch.layers.map(({ units }) => new Uint8Array(units));
      const totals = watch.layers.map(() => ({ values: 0, zeros: 0 }));
      await watch.run(model, (k, values) => {
        const { units } = watch.layers[k];
        const total = totals[k];
        total.values += values.length;
        for (let i = 0; i < values.length; i++) {
          if (values[i] === 0) total.zeros++;
          else alive[k][i % units] = 1;
        }
      });
      records.push(
        watch.layers.map(({ units }, k) => ({
          epoch,
          dead: recorded(1 - alive[k].reduce((sum, one) => sum + one, 0) / units) as number,
          zeros: recorded(totals[k].zeros / totals[k].values) as number,
        })),
      );
    },
    finish() {
      watch.dispose();
      return { samples: taken, layers: watch.layers.map((layer, k) => ({ ...layer, epochs: records.map((epoch) => epoch[k]) })) };
    },
    records: () => records,
    restore(saved) {
      records = saved as DeadShare[][];
    },
  };
}
