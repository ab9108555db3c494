/** Rates that go up and down. @module */
import { ConfigError } from "../errors.ts";
import { check } from "./check.ts";
import { pow } from "./exact-math.ts";
import { type LengthOptions, lengthConfig, optionalLength } from "./length.ts";
import type { Schedule } from "./schedule.ts";

/** What becomes of the height of a cycle: it stays, is halved with each cycle, or shrinks by `gamma` with each step. */
export type CyclicalMode = "triangular" | "triangular2" | "exp-range";

/** Options of {@link cyclical}: `upSteps` or `upEpochs` (default 2000 steps), `downSteps` or `downEpochs` (default: as long as up). */
export interface CyclicalOptions extends LengthOptions<"up">, LengthOptions<"down"> {
  /** Default `triangular`. */
  mode?: CyclicalMode;
  /** The lowest rate is learningRate / divFactor. Default 4. */
  divFactor?: number;
  /** Of `exp-range`. Default 1. */
  gamma?: number;
}

const MODES: readonly CyclicalMode[] = ["triangular", "triangular2", "exp-range"];
const UP_STEPS = 2000;

/**
 * From learningRate / divFactor in a straight line up to learningRate and down again, over and over: base + (learningRate - base) height scale, where
 * scale is 1, 1 / 2^cycle or gamma^step by mode. PyTorch's CyclicLR with base_lr = learningRate / divFactor and max_lr = learningRate (momentum not
 * cycled). Smith 2017, "Cyclical learning rates for training neural networks"; divFactor 4 from its section 3.3.
 * @throws ConfigError for options out of range
 */
export function cyclical(options: CyclicalOptions = {}): Schedule {
  const { mode = "triangular", divFactor = 4, gamma = 1 } = options;
  if (!MODES.includes(mode)) throw new ConfigError({ where: "cyclical", got: `mode ${JSON.stringify(mode)}`, expected: MODES.join(", ") });
  check("cyclical", { divFactor }, (value) => value >= 1, "1 or more");
  check("cyclical", { gamma }, (value) => value > 0 && value <= 1, "above 0, up to 1");
  if (options.gamma !== undefined && mode !== "exp-range")
    throw new ConfigError({ where: "cyclical", got: `gamma with mode ${mode}`, expected: 'mode "exp-range"' });
  const upLength = optionalLength("cyclical", "up", options) ?? (() => UP_STEPS);
  const downLength = optionalLength("cyclical", "down", options) ?? upLength;
  return {
    name: mode,
    at(step, steps, learningRate, stepsPerEpoch = steps) {
      const up = upLength(stepsPerEpoch);
      const down = downLength(stepsPerEpoch);
      const cycle = Math.floor(step / (up + down));
      const place = step % (up + down);
      const height = place <= up ? place / up : (up + down - place) / down;
      const scale = mode === "triangular" ? 1 : mode === "triangular2" ? pow(0.5, cycle) : pow(gamma, step);
      const base = learningRate / divFactor;
      return base + (learningRate - base) * height * scale;
    },
    config: () => ({ divFactor, ...(mode === "exp-range" ? { gamma } : {}), ...lengthConfig("up", options), ...lengthConfig("down", options) }),
  };
}
