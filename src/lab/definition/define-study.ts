/** Studies from what somebody wrote: checked, with defaults and competitors. @module */
import { ConfigError } from "../../errors.ts";
import { analysisNames } from "../analyses/names.ts";
import { measureNames } from "../diagnostics/names.ts";
import { isTableFile } from "../loading/load-table.ts";
import { canonicalJson, digestOf } from "../written/canonical.ts";
import { distinct, folderName, list, number, record, text } from "../written/fields.ts";
import { oneOf, quoted } from "../written/nearest.ts";
import { parseSchedule } from "../written/schedule-text.ts";
import { cellsOf, Naming } from "./competitors.ts";
import { rateGrid, usualRates } from "./rates.ts";
import { completeSettings, type Factor, hasUnits, isRecurrent, OF_LAYERS, ofShapes, type Settings, settingKinds, settingNames } from "./settings.ts";
import type { Printed, Study, StudyDefinition } from "./study.ts";

/** How a study is run otherwise than it is written. */
export interface StudyOptions {
  /** The quick form: 6,400 training samples, the whole test set. Default false. */
  readonly quick?: boolean;
  /** Epochs of every trial, instead of the study's. */
  readonly epochs?: number;
  /** Only the first n training samples, instead of the study's. */
  readonly limit?: number;
}

/** Training samples of the quick form. */
export const QUICK_SAMPLES = 6400;
/** Competitors, and printed figures. */
const MOST_CELLS = 10_000;
/** Of a list of rates. */
const MOST_RATES = 100;
/** Rates that are tried, so that those beyond them are numbers of 32 bits too. */
const RATE_RANGE = [1e-30, 1e30];

const FIELDS = [
  "name",
  "title",
  "question",
  "data",
  "limit",
  "validation",
  "base",
  "factors",
  "cells",
  "tune",
  "rates",
  "carry",
  "target",
  "measures",
  "analyses",
  "printed",
  "printedNote",
  "quickForm",
] as const satisfies readonly (keyof StudyDefinition)[];

/**
 * A study from its definition, which may come from TypeScript or a JSON file.
 * @throws ConfigError that names the field, whatever is wrong with it
 * @example
 * const study = defineStudy({ name: "widths", title: "Widths", question: "Does width help?", factors: { hidden: [32, 128, 512] } });
 */
export function defineStudy(definition: unknown, options: StudyOptions = {}): Study {
  const given = record("study", definition, FIELDS, "an object with name, title, question and what varies: factors or cells");
  const name = folderName("study, name", given.name);
  return new Reader(`study ${name}`, given).read(name, options);
}

/** @throws ConfigError for a table: studies compare accuracies and times of networks on images */
function checkData(where: string, value: unknown): string {
  const data = text(where, value);
  if (isTableFile(data))
    throw new ConfigError({
      where,
      got: `the table ${data}`,
      expected: "mnist, fashion-mnist, or a directory of IDX files or of folders of PNG images",
      hint: "gradiente search and cross-validate take tables",
    });
  return data;
}

const checkTarget = (where: string, value: unknown): number => number(where, value, (part) => part > 0 && part <= 1, "an accuracy, more than 0, at most 1");

class Reader {
  private readonly where: string;
  private readonly given: Readonly<Record<string, unknown>>;

  constructor(where: string, given: Readonly<Record<string, unknown>>) {
    this.where = where;
    this.given = given;
  }

  read(name: string, options: StudyOptions): Study {
    const { given } = this;
    const positive = (n: number): boolean => Number.isSafeInteger(n) && n > 0;
    const { quick = false } = options;
    const title = text(this.at("title"), given.title);
    const question = text(this.at("question"), given.question);
    const ownLimit = this.optional("limit", (at, value) => number(at, value, positive, "a positive integer"));
    const form = this.quickForm();
    if (options.limit !== undefined) number("limit", options.limit, positive, "a positive integer");
    const limits = [options.limit ?? ownLimit, quick ? QUICK_SAMPLES : undefined].filter((limit) => limit !== undefined);
    const epochs = options.epochs === undefined ? (quick ? form.epochs : undefined) : settingKinds.epochs.check("epochs", options.epochs);
    const validation = this.optional("validation", (at, value) => number(at, value, (part) => part >= 0 && part < 1, "a number, 0 or more, below 1")) ?? 0.1;

    const base = this.optional("base", (at, value) => this.settings(at, value)) ?? {};
    const factors = this.factors();
    const competitors = this.cross(base, factors, epochs);
    const printed = this.printed();
    const printedSettings = printed.map(({ settings }, i) => this.complete(`printed[${i}].settings`, { ...base, ...settings }, epochs));
    distinct(this.at("printed"), printedSettings.map(canonicalJson), "settings");

    const naming = new Naming([...competitors, ...printedSettings]);
    const names = Object.keys(factors) as Factor[];
    const axes = naming.axes(competitors, names);
    const figures = new Map(printed.map((entry, i) => [canonicalJson(printedSettings[i]), entry]));
    const cells = cellsOf(competitors, { naming, told: axes, axes, printed: figures });
    const toldPrinted = naming.axes([...competitors, ...printedSettings], names);
    const printedCells = printed.length === 0 ? cells : cellsOf(printedSettings, { naming, told: toldPrinted, axes, printed: figures });
    const decisive = {
      data: this.optional("data", checkData) ?? "mnist",
      limit: limits.length === 0 ? null : Math.min(...limits),
      validation,
      tune: this.tune(competitors),
      rates: this.rates(competitors),
      carry: this.carry(names),
      measures: this.names("measures", measureNames),
    };
    return {
      name,
      title,
      question,
      ...decisive,
      target: (quick ? form.target : undefined) ?? this.optional("target", checkTarget) ?? null,
      analyses: this.names("analyses", analysisNames),
      printed,
      printedNote: this.optional("printedNote", (at, value) => text(at, value)) ?? null,
      axes,
      cells,
      printedCells,
      quick,
      digest: digestOf({ ...decisive, cells: competitors, printed: printedSettings }),
    };
  }

  private at(field: string): string {
    return `${this.where}, ${field}`;
  }

  private optional<T>(field: keyof StudyDefinition, check: (where: string, value: unknown) => T): T | undefined {
    const value = this.given[field];
    return value === undefined ? undefined : check(this.at(field), value);
  }

  private quickForm(): { epochs?: number; target?: number } {
    const form = this.optional("quickForm", (at, value) => record(at, value, ["epochs", "target"], "an object with epochs, target")) ?? {};
    return {
      ...(form.epochs !== undefined && { epochs: settingKinds.epochs.check(this.at("quickForm.epochs"), form.epochs) }),
      ...(form.target !== undefined && { target: checkTarget(this.at("quickForm.target"), form.target) }),
    };
  }

  /** Some settings, each checked. */
  private settings(where: string, value: unknown): Partial<Settings> {
    const given = record(where, value, settingNames, "an object of settings");
    const told = Object.entries(given).filter(([, level]) => level !== undefined);
    return Object.fromEntries(told.map(([name, level]) => [name, settingKinds[name as Factor].check(`${where}.${name}`, level)]));
  }

  private factors(): { readonly [F in Factor]?: readonly unknown[] } {
    const { factors } = this.given;
    if (factors === undefined) return {};
    const at = this.at("factors");
    const given = record(at, factors, settingNames, "an object of settings, each with its levels");
    return Object.fromEntries(
      Object.entries(given).map(([name, value]) => {
        const where = `${at}.${name}`;
        const levels = list(where, value, "levels").map((level, i) => settingKinds[name as Factor].check(`${where}[${i}]`, level));
        distinct(where, levels.map(canonicalJson), "level");
        return [name, levels];
      }),
    );
  }

  /** The competitors: cells x every combination of factors. */
  private cross(base: Partial<Settings>, factors: { readonly [F in Factor]?: readonly unknown[] }, epochs: number | undefined): Settings[] {
    const at = this.at("cells");
    const { cells } = this.given;
    const listed = cells === undefined ? [{}] : list(at, cells, "cells").map((cell, i) => this.settings(`${at}[${i}]`, cell));
    const names = Object.keys(factors) as Factor[];
    const size = names.reduce((product, name) => product * (factors[name]?.length ?? 1), listed.length);
    if (size > MOST_CELLS)
      throw new ConfigError({ where: this.at("factors"), got: `${size} combinations with the cells`, expected: `at most ${MOST_CELLS} competitors` });
    for (const name of names) {
      const i = listed.findIndex((cell) => name in cell);
      if (i >= 0) throw new ConfigError({ where: `${at}[${i}].${name}`, got: "a setting that is a factor too", expected: "one of them" });
    }
    if (epochs !== undefined && names.includes("epochs"))
      throw new ConfigError({ where: this.where, got: `${epochs} epochs for a study whose factor they are`, expected: "one of them" });
    let combinations: Partial<Settings>[] = [{}];
    for (const name of names) combinations = combinations.flatMap((settings) => (factors[name] ?? []).map((level) => ({ ...settings, [name]: level })));
    const all = listed.flatMap((cell, i) =>
      combinations.map((levels) => this.complete(cells === undefined ? "factors" : `cells[${i}]`, { ...base, ...cell, ...levels }, epochs)),
    );
    distinct(this.at("competitors"), all.map(canonicalJson), "settings");
    return all;
  }

  /** With defaults. @throws ConfigError for settings that contradict each other */
  private complete(field: string, given: Partial<Settings>, epochs: number | undefined): Settings {
    const settings = { ...completeSettings(given), ...(epochs !== undefined && { epochs }) };
    const { model } = settings;
    const useless = (name: Factor, expected: string): never => {
      throw new ConfigError({ where: this.at(`${field}, ${name}`), got: `${quoted(settings[name])} with the model ${this.nameOf(model)}`, expected });
    };
    if (typeof model !== "string") {
      for (const name of OF_LAYERS) if (name in given) useless(name, "a configuration says itself what its layers are");
    } else {
      if (!hasUnits(model) && "hidden" in given) useless("hidden", "mlp, rnn, lstm or gru, which have hidden units");
      if (model === "softmax") {
        if ("activation" in given) useless("activation", "a model with hidden layers");
        if (settings.dropout > 0) useless("dropout", "0: there is no layer before the output");
      }
      if ((model === "softmax" || isRecurrent(model)) && settings.normalization !== "none") useless("normalization", "none, or the model mlp or cnn");
    }
    if (settings.learningRate !== null && parseSchedule(settings.schedule).name === "piecewise")
      throw new ConfigError({
        where: this.at(`${field}, learningRate`),
        got: "a rate with the schedule piecewise, which names its own",
        expected: "one of them",
      });
    return settings;
  }

  private nameOf(model: Settings["model"]): string {
    return typeof model === "string" ? model : "of a configuration";
  }

  private tune(competitors: readonly Settings[]): boolean {
    const given = this.optional("tune", (at, value) => {
      if (typeof value !== "boolean") throw new ConfigError({ where: at, got: quoted(value), expected: "true or false" });
      return value;
    });
    const named = competitors.some(({ learningRate }) => learningRate !== null);
    if (given === true && named)
      throw new ConfigError({ where: this.at("tune"), got: "true for competitors that name their learning rate", expected: "false, or no learning rates" });
    const tune = given ?? !named;
    if (tune && competitors.some(({ schedule }) => parseSchedule(schedule).name === "piecewise"))
      throw new ConfigError({ where: this.at("tune"), got: "true with the schedule piecewise, which names its own rates", expected: "tune: false" });
    return tune;
  }

  private rates(competitors: readonly Settings[]): Study["rates"] {
    const used = [...new Set(competitors.map(({ optimizer }) => optimizer))];
    const own = this.optional("rates", (at, value) => {
      const given = record(at, value, used, "an object of lists of rates, by the study's optimizers");
      return Object.fromEntries(Object.entries(given).map(([optimizer, rates]) => [optimizer, this.ascending(`${at}.${optimizer}`, rates)]));
    });
    return Object.fromEntries(used.map((optimizer) => [optimizer, own?.[optimizer] ?? rateGrid(usualRates[optimizer])]));
  }

  private ascending(where: string, value: unknown): number[] {
    const given = list(where, value, "learning rates");
    if (given.length > MOST_RATES) throw new ConfigError({ where, got: `${given.length} learning rates`, expected: `at most ${MOST_RATES}` });
    const [least, most] = RATE_RANGE;
    const rates = given.map((rate, i) => number(`${where}[${i}]`, rate, (n) => n >= least && n <= most, `a number from ${least} to ${most}`));
    const i = rates.findIndex((rate, k) => k > 0 && rate <= rates[k - 1]);
    if (i >= 0) throw new ConfigError({ where: `${where}[${i}]`, got: `${rates[i]} behind ${rates[i - 1]}`, expected: "ascending rates" });
    return rates;
  }

  private carry(factors: readonly Factor[]): Factor | null {
    const possible = factors.filter((name) => !ofShapes.includes(name));
    const given = this.optional("carry", (at, value) => {
      const name = oneOf(at, value, settingNames);
      if (ofShapes.includes(name)) throw new ConfigError({ where: at, got: `${name}, which changes the shapes of weights`, expected: "another factor" });
      if (!factors.includes(name))
        throw new ConfigError({ where: at, got: `${name}, which is no factor`, expected: possible.join(", ") || "a study with factors" });
      return name;
    });
    return given ?? (factors.includes("optimizer") ? "optimizer" : null);
  }

  private names<const T extends string>(field: "measures" | "analyses", allowed: readonly T[]): T[] {
    const names = this.optional(field, (at, value) => {
      if (Array.isArray(value) && value.length === 0) return [];
      const given = list(at, value, field).map((name, i) => oneOf(`${at}[${i}]`, name, allowed));
      distinct(at, given, "name");
      return given;
    });
    return names ?? [];
  }

  private printed(): Printed[] {
    const at = this.at("printed");
    const { printed } = this.given;
    if (printed === undefined || (Array.isArray(printed) && printed.length === 0)) return [];
    return list(at, printed, "printed figures").map((entry, i) => {
      const where = `${at}[${i}]`;
      const { settings, ...figures } = record(where, entry, ["settings", "accuracy", "loss", "trainAccuracy"], "{ settings, accuracy, loss, trainAccuracy }");
      if (settings === undefined) throw new ConfigError({ where, got: "no settings", expected: "the settings it was printed for" });
      const told = Object.entries(figures).filter(([, value]) => value !== undefined);
      if (told.length === 0) throw new ConfigError({ where, got: "no figure", expected: "accuracy, loss or trainAccuracy" });
      for (const [name, value] of told) {
        if (name === "loss") number(`${where}.loss`, value, (n) => n >= 0, "a number, 0 or more");
        else number(`${where}.${name}`, value, (n) => n >= 0 && n <= 1, "a part, 0 to 1");
      }
      return { settings: this.settings(`${where}.settings`, settings), ...(Object.fromEntries(told) as Omit<Printed, "settings">) };
    });
  }
}
