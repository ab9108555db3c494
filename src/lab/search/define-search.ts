/** Searches from what somebody wrote: checked, with defaults. @module */
import { ConfigError } from "../../errors.ts";
import { QUICK_SAMPLES } from "../definition/define-study.ts";
import { MODELS } from "../definition/models.ts";
import { type Factor, hasUnits, OF_LAYERS, type Settings, settingKinds, settingNames } from "../definition/settings.ts";
import { checkTableOptions } from "../loading/table-use.ts";
import { MOST_SEEDS } from "../runners/seeds.ts";
import { digestOf } from "../written/canonical.ts";
import { folderName, number, record, text } from "../written/fields.ts";
import { quoted } from "../written/nearest.ts";
import { parseSchedule } from "../written/schedule-text.ts";
import { checkSpace } from "./check-space.ts";
import type { EpochRange, MethodChoice, Search, SearchDefinition } from "./definition.ts";
import { madeMethod, spendsEpochs } from "./made-method.ts";
import { checkObjective } from "./objective.ts";
import type { Dimension, Space } from "./space.ts";

/** How a search is run otherwise than it is written. */
export interface DefineSearchOptions {
  /** The quick form: 6,400 training samples, 3 reporting seeds; marked in every report. Default false. */
  readonly quick?: boolean;
  /** Another method; its own options are then those of the definition only if that names the same. */
  readonly method?: string;
  readonly trials?: number;
  readonly seed?: number;
}

const FIELDS = [
  "name",
  "title",
  "question",
  "data",
  "target",
  "table",
  "limit",
  "validation",
  "base",
  "space",
  "method",
  "trials",
  "budget",
  "roundSize",
  "seed",
  "seeds",
  "objective",
  "epochs",
  "report",
] as const satisfies readonly (keyof SearchDefinition)[];

/** Trainings of a point, and settings that are tested in the end. */
const MOST_OF_A_POINT = 100;
/** Whose ranges hold whole numbers only. */
const WHOLE: readonly Factor[] = ["hidden", "batchSize", "epochs"];

/**
 * A search from its definition, which may come from TypeScript or a JSON file.
 * @throws ConfigError that names the field, whatever is wrong with it
 * @example
 * const search = defineSearch({ name: "rates", title: "Rates", question: "Which?", space: { learningRate: { low: 1e-4, high: 1, log: true } } });
 */
export function defineSearch(definition: unknown, options: DefineSearchOptions = {}): Search {
  const given = record("search", definition, FIELDS, "an object with name, title, question and space");
  const name = folderName("search, name", given.name);
  return new Reader(`search ${name}`, given).read(name, options);
}

const whole = (least: number, most: number) => (where: string, value: unknown) =>
  number(where, value, (n) => Number.isSafeInteger(n) && n >= least && n <= most, `an integer from ${least} to ${most}`);
const positive = whole(1, Number.MAX_SAFE_INTEGER);

class Reader {
  private readonly where: string;
  private readonly given: Readonly<Record<string, unknown>>;

  constructor(where: string, given: Readonly<Record<string, unknown>>) {
    this.where = where;
    this.given = given;
  }

  read(name: string, options: DefineSearchOptions): Search {
    const { quick = false } = options;
    const title = text(this.at("title"), this.given.title);
    const question = text(this.at("question"), this.given.question);
    const ownLimit = this.optional("limit", positive);
    const method = this.method(options.method);
    const epochs = this.epochs(method.name);
    const base = this.optional("base", (at, value) => this.settings(at, value)) ?? {};
    const space = this.space(base, epochs);
    const table = this.optional("table", checkTableOptions);
    const decisive = {
      data: this.optional("data", (at, value) => text(at, value)) ?? "mnist",
      target: this.optional("target", (at, value) => text(at, value)) ?? null,
      ...(table !== undefined && { table }),
      limit: quick ? Math.min(ownLimit ?? QUICK_SAMPLES, QUICK_SAMPLES) : (ownLimit ?? null),
      validation:
        this.optional("validation", (at, value) => number(at, value, (part) => part > 0 && part < 1, "a number above 0, below 1: settings are chosen by it")) ??
        0.1,
      base,
      space,
      method,
      roundSize: this.optional("roundSize", positive) ?? null,
      seed: options.seed ?? this.optional("seed", whole(0, Number.MAX_SAFE_INTEGER)) ?? 0,
      seeds: this.optional("seeds", whole(1, MOST_OF_A_POINT)) ?? 1,
      objective: this.optional("objective", checkObjective) ?? null,
      epochs,
    };
    if (decisive.objective === "loss" && "loss" in space)
      throw new ConfigError({
        where: this.at("objective"),
        got: "loss, with losses that vary",
        expected: "accuracy or a metric: different losses are not comparable",
      });
    const search = {
      name,
      title,
      question,
      ...decisive,
      trials: options.trials ?? this.optional("trials", positive) ?? null,
      budget: this.optional("budget", positive) ?? null,
      report: this.report(quick),
      quick,
      digest: digestOf(decisive),
    };
    madeMethod(search);
    return search;
  }

  private at(field: string): string {
    return `${this.where}, ${field}`;
  }

  private optional<T>(field: keyof SearchDefinition, check: (where: string, value: unknown) => T): T | undefined {
    const value = this.given[field];
    return value === undefined ? undefined : check(this.at(field), value);
  }

  private method(other: string | undefined): MethodChoice {
    const own = this.optional("method", (at, value): MethodChoice => {
      if (typeof value === "string") return { name: value };
      if (typeof value !== "object" || value === null || Array.isArray(value))
        throw new ConfigError({ where: at, got: quoted(value), expected: "the name of a method, or an object with its name and options" });
      return { ...value, name: text(`${at}.name`, (value as { name?: unknown }).name, "the name of a method") };
    }) ?? { name: "tpe" };
    return other === undefined || other === own.name ? own : { name: other };
  }

  private epochs(method: string): Search["epochs"] {
    const given = this.optional("epochs", (at, value): Required<EpochRange> => {
      const range = record(at, value, ["least", "most", "factor"], "{ least, most, factor }");
      const least = settingKinds.epochs.check(`${at}.least`, range.least);
      const most = settingKinds.epochs.check(`${at}.most`, range.most);
      if (least >= most) throw new ConfigError({ where: at, got: `an empty range from ${least} to ${most}`, expected: "least less than most" });
      return { least, most, factor: range.factor === undefined ? 3 : whole(2, 100)(`${at}.factor`, range.factor) };
    });
    if (given !== undefined && !spendsEpochs(method)) return null;
    if (given === undefined && spendsEpochs(method))
      throw new ConfigError({
        where: this.at("epochs"),
        got: `nothing for the method ${method}`,
        expected: "{ least, most, factor }: the epochs that it deals out",
      });
    return given ?? null;
  }

  /** Some settings, each checked. */
  private settings(where: string, value: unknown): Partial<Settings> {
    const given = record(where, value, settingNames, "an object of settings");
    const told = Object.entries(given).filter(([, level]) => level !== undefined);
    return Object.fromEntries(told.map(([name, level]) => [name, settingKinds[name as Factor].check(`${where}.${name}`, level)]));
  }

  private space(base: Partial<Settings>, epochs: Search["epochs"]): Space {
    const at = this.at("space");
    if (this.given.space === undefined) throw new ConfigError({ where: at, got: "nothing", expected: "an object of settings, each with a range or a list" });
    record(at, this.given.space, settingNames, "an object of settings, each with a range or a list");
    const space = Object.fromEntries(
      Object.entries(checkSpace(this.given.space, at)).map(([name, dimension]) => [name, checkDimension(`${at}, ${name}`, name as Factor, dimension)]),
    );
    const twice = Object.keys(space).find((name) => name in base);
    if (twice !== undefined) throw new ConfigError({ where: `${at}, ${twice}`, got: "a setting of base", expected: "one of them" });
    this.checkModels(space, base);
    if (epochs === null) return space;
    for (const [field, settings] of [
      ["space", space],
      ["base", base],
    ] as const)
      if ("epochs" in settings)
        throw new ConfigError({
          where: this.at(`${field}, epochs`),
          got: "epochs, which the method deals out",
          expected: "only the field epochs of the search",
        });
    const schedules = (space.schedule as readonly string[] | undefined) ?? [base.schedule ?? "constant"];
    for (const schedule of schedules) {
      if (parseSchedule(schedule).usesTotal !== true) continue;
      throw new ConfigError({
        where: this.at("schedule" in space ? "space, schedule" : "base, schedule"),
        got: `${schedule}, which depends on the number of epochs in all, with a method that trains on`,
        expected: "a schedule that does not, such as constant, step:0.5@5 or exponential:0.9",
        hint: "with tpe, random, grid ... every trial has all its epochs",
      });
    }
    return space;
  }

  /** What says nothing of any of the models is a mistake. */
  private checkModels(space: Space, base: Partial<Settings>): void {
    const models = (space.model as readonly Settings["model"][] | undefined) ?? [base.model ?? settingKinds.model.default];
    const useless = (name: Factor): string | null => {
      if (models.every((model) => typeof model !== "string")) return OF_LAYERS.includes(name) ? "a configuration says itself what its layers are" : null;
      if (name === "hidden" && !models.some(hasUnits)) return `one of ${MODELS.filter(hasUnits).join(", ")}, which have hidden units`;
      if ((name === "dropout" || name === "activation") && models.every((model) => model === "softmax")) return "a model with hidden layers";
      return null;
    };
    for (const [field, settings] of [
      ["space", space],
      ["base", base],
    ] as const)
      for (const name of Object.keys(settings) as Factor[]) {
        const expected = useless(name);
        if (expected !== null) throw new ConfigError({ where: this.at(`${field}, ${name}`), got: "a setting that the model does not have", expected });
      }
  }

  private report(quick: boolean): Search["report"] {
    const given = this.optional("report", (at, value) => record(at, value, ["settings", "seeds"], "{ settings, seeds }")) ?? {};
    const at = this.at("report");
    const seeds = given.seeds === undefined ? (quick ? 3 : 5) : whole(1, MOST_SEEDS)(`${at}.seeds`, given.seeds);
    return {
      settings: given.settings === undefined ? 3 : whole(1, MOST_OF_A_POINT)(`${at}.settings`, given.settings),
      seeds: quick ? Math.min(seeds, 3) : seeds,
    };
  }
}

/** Values that the setting may have. @throws ConfigError */
function checkDimension(where: string, name: Factor, dimension: Dimension): Dimension {
  const { check } = settingKinds[name] as { readonly check: (where: string, value: unknown) => unknown };
  if ("low" in dimension) {
    for (const end of ["low", "high"] as const) check(`${where}.${end}`, dimension[end]);
    if (WHOLE.includes(name) && dimension.integer !== true)
      throw new ConfigError({ where, got: "a range of all numbers", expected: "whole numbers", hint: 'write "integer": true' });
    return dimension;
  }
  return dimension.map((value, i) => check(`${where}[${i}]`, value)) as Dimension;
}
