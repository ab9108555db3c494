/** The competitors of a study: what tells them from each other, and what they are called. @module */
import { canonicalJson } from "../written/canonical.ts";
import { type Factor, hasUnits, levelOf, type Settings, settingKinds, settingNames } from "./settings.ts";
import type { Cell, Printed, Study } from "./study.ts";

type Axis = Study["axes"][number];

/** Names the level that settings have of a factor. */
type Namer = (settings: Settings) => string;

/** Distinct names of the levels of one factor among many settings. */
function namerOf(all: readonly Settings[], factor: Factor): Namer {
  const units = factor === "model" && unitsAreOfModel(all);
  const keyOf = (settings: Settings): string => {
    const level = settings[factor];
    const key = typeof level === "object" ? canonicalJson(level) : String(level);
    return units && hasUnits(settings.model) ? `${key}-${settings.hidden}` : key;
  };
  const names = new Map<string, string>();
  const used = new Set<string>();
  for (const settings of all) {
    const key = keyOf(settings);
    if (names.has(key)) continue;
    const text = `${levelOf(settings, factor)}${units && hasUnits(settings.model) ? `-${settings.hidden}` : ""}`;
    let name = text;
    // Two configurations may have the same name.
    for (let n = 2; used.has(name); n++) name = `${text} (${n})`;
    used.add(name);
    names.set(key, name);
  }
  return (settings) => names.get(keyOf(settings)) as string;
}

/** Hidden units that differ, but not between all models, for some have none: `mlp-128` and `mlp-256` are then two models. */
function unitsAreOfModel(all: readonly Settings[]): boolean {
  const withUnits = all.filter(({ model }) => hasUnits(model));
  return withUnits.length < all.length && new Set(withUnits.map(({ hidden }) => hidden)).size > 1;
}

/** What tells settings from each other. */
export class Naming {
  private readonly namers = new Map<Factor, Namer>();
  private readonly all: readonly Settings[];

  /** @param all whatever is to have a name */
  constructor(all: readonly Settings[]) {
    this.all = all;
  }

  /** The level that settings have of a factor. */
  level(settings: Settings, factor: Factor): string {
    let namer = this.namers.get(factor);
    if (namer === undefined) {
      namer = namerOf(this.all, factor);
      this.namers.set(factor, namer);
    }
    return namer(settings);
  }

  /** The factors that differ among some of them, and their levels in order of appearance. @param first factors that come first, in this order */
  axes(some: readonly Settings[], first: readonly Factor[]): Axis[] {
    const order = [...first, ...settingNames.filter((name) => !first.includes(name))];
    const ofModel = unitsAreOfModel(this.all);
    return order.flatMap((factor) => {
      const levels = [...new Set(some.map((settings) => this.level(settings, factor)))];
      return levels.length > 1 && !(factor === "hidden" && ofModel) ? [{ factor, levels }] : [];
    });
  }

  /** The levels that tell settings from others, with what they are levels of where that is not plain. */
  label(settings: Settings, axes: readonly Axis[]): string {
    const parts = axes.map(({ factor }) => `${settingKinds[factor].prefix ?? ""}${this.level(settings, factor)}`);
    return parts.length === 0 ? this.level(settings, "model") : parts.join(", ");
  }
}

/** Competitors from their settings. @param told axes of their labels; @param axes of the study; @param printed figures by canonical settings */
export function cellsOf(
  some: readonly Settings[],
  { naming, told, axes, printed }: { naming: Naming; told: readonly Axis[]; axes: readonly Axis[]; printed: ReadonlyMap<string, Printed> },
): Cell[] {
  return some.map((settings, index) => {
    const { settings: _, ...figures } = printed.get(canonicalJson(settings)) ?? { settings: null };
    return {
      index,
      label: naming.label(settings, told),
      levels: axes.map(({ factor }) => naming.level(settings, factor)),
      settings,
      printed: Object.keys(figures).length === 0 ? null : figures,
    };
  });
}
