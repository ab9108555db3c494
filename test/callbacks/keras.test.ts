/** What Keras 3's callbacks of these names do, worked by hand from its documentation: epochs here count from 1, Keras's from 0. */
import { describe, expect, it } from "vitest";
import type { EarlyStoppingOptions, ReduceLROnPlateauOptions } from "../../src/index.ts";
import { ConfigError, earlyStopping, learningRateScheduler, reduceLROnPlateau } from "../../src/index.ts";
import { drive } from "./support.ts";

const cuts = [undefined, 1, 2, 3, 4];

describe.each(cuts)("cut after %s epochs and resumed", (cut) => {
  describe("earlyStopping", () => {
    // The values of valLoss, the epoch after which it stops, and whose weights remain.
    it.each<[string, EarlyStoppingOptions, number[], number | null, number]>([
      ["patience 0: the first epoch without improvement", {}, [3, 2, 2.5, 1], 3, 3],
      ["patience 2: two epochs in a row without improvement", { patience: 2 }, [3, 2, 2.5, 2.1, 1], 4, 4],
      ["an improvement starts the count anew", { patience: 2 }, [3, 2, 2.5, 1.9, 2, 1.95, 0], 6, 6],
      ["equal is no improvement", { patience: 1 }, [2, 2, 1], 2, 2],
      ["it improves to the end", { patience: 1 }, [5, 4, 3, 2, 1], null, 5],
      // 2.6 + 0.5 is not below 3; 2.4 + 0.5 is.
      ["minDelta", { patience: 2, minDelta: 0.5 }, [3, 2.6, 2.4, 2.3, 2.2, 2.1], 5, 5],
      ["mode max", { patience: 1, mode: "max" }, [1, 2, 1.5, 3], 3, 3],
      ["startFromEpoch: the first two epochs are not looked at", { patience: 1, startFromEpoch: 2 }, [1, 5, 4, 3, 3.5], 5, 5],
      // Each improves on the last, none on 1: the count goes on.
      ["baseline not reached", { patience: 3, baseline: 1 }, [5, 4, 3, 3.5, 2], 4, 4],
      // Epoch 3 beats the baseline; then two without improvement.
      ["baseline reached", { patience: 2, baseline: 3.5 }, [5, 4, 3, 3.5, 3.2, 1], 5, 5],
      ["restoreBest", { patience: 2, restoreBest: true }, [3, 2, 2.5, 2.1, 1], 4, 2],
      ["restoreBest at the end of a fit that was not stopped", { patience: 9, restoreBest: true }, [3, 1, 2, 2, 2], null, 2],
      ["a NaN is no improvement", { patience: 2 }, [Number.NaN, Number.NaN, 1], 2, 2],
      ["restoreBest without any improvement: the first epoch watched", { patience: 2, restoreBest: true }, [Number.NaN, Number.NaN, 1], 2, 1],
    ])("%s", async (_, options, values, stopped, weights) => {
      const driven = await drive(() => earlyStopping(options), "valLoss", values, { cut });
      expect(driven).toMatchObject({ stopped, weights });
    });
  });

  describe("reduceLROnPlateau", () => {
    it.each<[string, ReduceLROnPlateauOptions, number[], number[]]>([
      ["patience 1", { patience: 1, factor: 0.5 }, [3, 2, 2, 2, 1], [8, 8, 4, 2, 2]],
      ["patience 2", { patience: 2, factor: 0.5 }, [3, 3, 3, 3, 3], [8, 8, 4, 4, 2]],
      ["patience 0 as 1, as the count begins at 1", { patience: 0, factor: 0.5 }, [3, 3, 3, 1], [8, 4, 2, 2]],
      // Reduced after epoch 2; epoch 3 is cooled down in, and only its end reopens the count for epoch 4.
      ["cooldown 2", { patience: 1, cooldown: 2, factor: 0.5 }, [3, 3, 3, 3, 3, 3], [8, 4, 4, 2, 2, 1]],
      ["minLearningRate", { patience: 1, factor: 0.25, minLearningRate: 1 }, [3, 3, 3, 3], [8, 2, 1, 1]],
      ["minDelta", { patience: 1, factor: 0.5, minDelta: 0.5 }, [3, 2.6, 2.4, 1], [8, 4, 4, 4]],
      ["mode max", { patience: 1, factor: 0.5, mode: "max" }, [3, 4, 3.5, 5], [8, 8, 4, 4]],
    ])("%s", async (_, options, values, rates) => {
      expect((await drive(() => reduceLROnPlateau(options), "valLoss", values, { rate: 8, cut })).rates).toEqual(rates);
    });
  });

  it("learningRateScheduler sees epochs from 0 and the last rate", async () => {
    const seen: number[][] = [];
    const make = () =>
      learningRateScheduler((epoch, rate) => {
        seen.push([epoch, rate]);
        return epoch < 2 ? rate : rate / 2;
      });
    expect((await drive(make, "loss", [1, 1, 1, 1], { rate: 8, cut })).rates).toEqual([8, 8, 4, 2]);
    expect(seen).toEqual([
      [0, 8],
      [1, 8],
      [2, 8],
      [3, 4],
    ]);
  });
});

describe("bad options", () => {
  it.each<[string, () => unknown, RegExp]>([
    ["half an epoch of patience", () => earlyStopping({ patience: 1.5 }), /^earlyStopping: got patience = 1.5, expected an integer, 0 or more/],
    ["a negative minDelta", () => earlyStopping({ minDelta: -1 }), /minDelta = -1/],
    ["a baseline that is none", () => earlyStopping({ baseline: Number.NaN }), /baseline = NaN/],
    ["an unknown direction", () => earlyStopping({ monitor: "score" }), /"auto" for the monitor "score", expected "min" or "max"/],
    ["an unknown mode", () => earlyStopping({ mode: "up" as never }), /mode: got "up"/],
    ["a factor of 1", () => reduceLROnPlateau({ factor: 1 }), /factor = 1, expected a number below 1/],
    ["a negative rate", () => reduceLROnPlateau({ minLearningRate: -1 }), /minLearningRate = -1/],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
  });
});
