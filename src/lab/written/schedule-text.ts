/** Schedules as text: what `--schedule` and studies take. @module */
import { ConfigError } from "../../errors.ts";
import { type Schedule, scheduleMakers } from "../../schedules/index.ts";
import { oneOf } from "./nearest.ts";

/** How the options of a schedule are written: NAME[:VALUE,...][@LENGTH,...]. */
interface Syntax {
  /** Options of the values after the colon, in order. */
  readonly values: readonly string[];
  /** How many of them must be there. Default 0. */
  readonly needed?: number;
  /** Names of the lengths after the @, in order. */
  readonly lengths: readonly string[];
  /** The first length must be there. */
  readonly timed?: boolean;
  /** For `--help`. */
  readonly usage: string;
  readonly meaning: string;
}

const SYNTAX: Readonly<Record<string, Syntax>> = {
  constant: { values: [], lengths: [], usage: "constant", meaning: "the learning rate as it is (default but for rnn, lstm and gru)" },
  step: { values: ["gamma"], lengths: ["decay"], timed: true, usage: "step[:FACTOR]@N", meaning: "times FACTOR (0.1) every N epochs" },
  exponential: { values: ["decayRate"], needed: 1, lengths: ["decay"], usage: "exponential:RATE[@N]", meaning: "times RATE over every N (1), smoothly" },
  "inverse-time": { values: ["decayRate"], needed: 1, lengths: ["decay"], usage: "inverse-time:RATE[@N]", meaning: "over 1 + RATE t, t in units of N (1)" },
  polynomial: {
    values: ["endLearningRate", "power"],
    lengths: ["decay"],
    usage: "polynomial[:END[,POWER]][@N]",
    meaning: "to END (0.0001) in N (all), straight or by POWER",
  },
  cosine: { values: ["alpha"], lengths: ["decay"], usage: "cosine[:ALPHA][@N]", meaning: "to ALPHA (0) times it in N (all), along a cosine" },
  "cosine-restarts": {
    values: ["tMul", "mMul", "alpha"],
    lengths: ["firstDecay"],
    timed: true,
    usage: "cosine-restarts[:TMUL[,MMUL]]@N",
    meaning: "again and again: TMUL (2) as long, MMUL (1) as high",
  },
  "one-cycle": {
    values: ["warmUp", "divFactor", "finalDivFactor"],
    lengths: [],
    usage: "one-cycle[:PART]",
    meaning: "up in PART (0.3) of the steps, then down",
  },
  triangular: { values: ["divFactor"], lengths: ["up", "down"], usage: "triangular[:DIV][@UP[,DOWN]]", meaning: "between it and 1/DIV (4) of it" },
  triangular2: { values: ["divFactor"], lengths: ["up", "down"], usage: "triangular2[:DIV][@UP[,DOWN]]", meaning: "the same, half as high each time" },
  "exp-range": {
    values: ["gamma", "divFactor"],
    needed: 1,
    lengths: ["up", "down"],
    usage: "exp-range:GAMMA[,DIV][@UP[,DOWN]]",
    meaning: "the same, times GAMMA each step",
  },
  piecewise: { values: [], lengths: [], usage: "piecewise:R1,R2,...@N1,...", meaning: "R1 to the end of N1, then R2, ..." },
  "warm-up": {
    values: ["startFactor"],
    lengths: ["warmup"],
    timed: true,
    usage: "warm-up[:FROM]@N+SCHEDULE",
    meaning: "up in a line from FROM (0) times it first",
  },
};

/** The forms, for `--help`. */
export const scheduleHelp = `
Schedules, for --schedule; N counts epochs (5, 0.5), or steps (500steps):
${Object.values(SYNTAX)
  .map(({ usage, meaning }) => `  ${usage.padEnd(34)}${meaning}`)
  .join("\n")}`;

function number(where: string, text: string, test: (value: number) => boolean, expected: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || !test(value)) throw new ConfigError({ where, got: JSON.stringify(text), expected });
  return value;
}

const STEPS = /^(.*[^a-z])steps?$/;

/** `500steps` as { nameSteps: 500 }, `5` as { nameEpochs: 5 }. */
function lengthOf(where: string, name: string, text: string): Record<string, number> {
  const steps = STEPS.exec(text);
  if (steps !== null) return { [`${name}Steps`]: number(where, steps[1], (n) => Number.isSafeInteger(n) && n > 0, "a positive integer before steps") };
  return { [`${name}Epochs`]: number(where, text, (n) => n > 0, "a positive number of epochs, or of steps as in 500steps") };
}

/** A schedule from its text. @throws ConfigError */
export function parseSchedule(text: string, where = "--schedule"): Schedule {
  const [, head, name, values, lengths, rest] = /^(([^:@+]*)(?::([^@+]*))?(?:@([^+]*))?)(?:\+(.*))?$/s.exec(text) as RegExpExecArray;
  oneOf(where, name, Object.keys(SYNTAX));
  const syntax = SYNTAX[name];
  const bad = (got: string, expected = syntax.usage): never => {
    throw new ConfigError({ where, got: `${got} in ${JSON.stringify(head)}`, expected });
  };
  if (rest !== undefined && name !== "warm-up") bad(`"+${rest}"`);
  if (name === "warm-up" && rest === undefined) bad("no schedule");
  const given = values?.split(",") ?? [];
  const times = lengths?.split(",") ?? [];
  const options = name === "piecewise" ? piecewise(where, given, times) : {};
  if (name !== "piecewise") {
    if (given.length < (syntax.needed ?? 0) || given.length > syntax.values.length) bad(`${given.length} values`);
    if ((syntax.timed === true && times.length === 0) || times.length > syntax.lengths.length) bad(`${times.length} lengths`);
    given.forEach((value, i) => {
      options[syntax.values[i]] = number(where, value, () => true, `a number in ${syntax.usage}`);
    });
    times.forEach((time, i) => {
      Object.assign(options, lengthOf(where, syntax.lengths[i], time));
    });
  }
  const inner = rest === undefined ? undefined : parseSchedule(rest, where);
  try {
    return scheduleMakers[name](inner === undefined ? options : { ...options, schedule: { name: inner.name, config: inner.config() } });
  } catch (error) {
    // A schedule names its option: here it is a part of the text.
    if (error instanceof ConfigError) throw new ConfigError({ ...error.complaint, where: `${where} ${head}` });
    throw error;
  }
}

/** Boundaries are all epochs or all steps. */
function piecewise(where: string, given: readonly string[], times: readonly string[]): Record<string, unknown> {
  const lengths = times.map((time) => lengthOf(where, "boundary", time));
  const inSteps = lengths.some((length) => "boundarySteps" in length);
  if (inSteps && lengths.some((length) => "boundaryEpochs" in length))
    throw new ConfigError({ where, got: JSON.stringify(times.join(",")), expected: "boundaries all in epochs, or all in steps" });
  return {
    values: given.map((value) => number(where, value, (rate) => rate >= 0, "learning rates, 0 or more")),
    [inSteps ? "boundarySteps" : "boundaryEpochs"]: lengths.flatMap((length) => Object.values(length)),
  };
}
