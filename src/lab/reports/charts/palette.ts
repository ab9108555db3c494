/** Colours of reports, for light and dark pages, as CSS variables. @module */

/** What a page and its charts are coloured with. Series keep 3 : 1 to the page, texts 4.5 : 1. */
export interface Scheme {
  /** The page. */
  readonly paper: string;
  /** Boxes on it. */
  readonly panel: string;
  /** Text. */
  readonly ink: string;
  /** Text of less weight. */
  readonly muted: string;
  /** Grid and table lines. */
  readonly line: string;
  readonly link: string;
  /** Of a quick study's banner: its ground, its edge and its text. */
  readonly notice: readonly [ground: string, edge: string, ink: string];
  /** Lines and marks, in order of use; told apart with every kind of colour vision. */
  readonly series: readonly string[];
  /** The same, for their names. */
  readonly names: readonly string[];
  /** From the least value to the greatest, evenly darker or lighter, each with the colour of a text on it. */
  readonly heat: readonly (readonly [ground: string, ink: string])[];
  /** From far below the middle to far above it. */
  readonly sides: readonly (readonly [ground: string, ink: string])[];
}

export const light: Scheme = {
  paper: "#ffffff",
  panel: "#f5f6f8",
  ink: "#1b1e23",
  muted: "#5c626b",
  line: "#dadde2",
  link: "#1d55a0",
  notice: ["#fff6e0", "#c98a00", "#5c3d00"],
  series: ["#2f5fa8", "#b9500a", "#0e5230", "#6a1f70", "#b0901c", "#3b9ad9", "#7e787a"],
  names: ["#2f5fa8", "#b9500a", "#0e5230", "#6a1f70", "#806609", "#1a73ad", "#696466"],
  heat: [
    ["#eef4fb", "#0b0e12"],
    ["#c9ddf4", "#0b0e12"],
    ["#a6c6ea", "#0b0e12"],
    ["#87aede", "#0b0e12"],
    ["#6b96cd", "#0b0e12"],
    ["#547fb9", "#0b0e12"],
    ["#4168a0", "#ffffff"],
    ["#325284", "#ffffff"],
    ["#263e66", "#ffffff"],
  ],
  sides: [
    ["#954d1d", "#ffffff"],
    ["#b37553", "#0b0e12"],
    ["#ce9f85", "#0b0e12"],
    ["#e8caba", "#0b0e12"],
    ["#f1f4f6", "#0b0e12"],
    ["#bfd3eb", "#0b0e12"],
    ["#8caed5", "#0b0e12"],
    ["#5c89bc", "#0b0e12"],
    ["#2c65a2", "#ffffff"],
  ],
};

export const dark: Scheme = {
  paper: "#16181c",
  panel: "#1f2227",
  ink: "#e7e9ec",
  muted: "#a3a9b3",
  line: "#353a42",
  link: "#8ab8f0",
  notice: ["#33290f", "#b98a1d", "#f4dfa8"],
  series: ["#3d92d6", "#fba65a", "#8fe3c4", "#c76494", "#9e9433", "#5cc9f5", "#b1a9ab"],
  names: ["#5aa6e4", "#fba65a", "#8fe3c4", "#d57ea8", "#b3a83f", "#5cc9f5", "#b1a9ab"],
  heat: [
    ["#172641", "#ffffff"],
    ["#203961", "#ffffff"],
    ["#294d80", "#ffffff"],
    ["#34639d", "#ffffff"],
    ["#4077b2", "#ffffff"],
    ["#5892cc", "#0b0e12"],
    ["#73aadd", "#0b0e12"],
    ["#92c2eb", "#0b0e12"],
    ["#b5d9f6", "#0b0e12"],
  ],
  sides: [
    ["#f1ab84", "#0b0e12"],
    ["#c2805a", "#0b0e12"],
    ["#8b5c42", "#ffffff"],
    ["#5c4031", "#ffffff"],
    ["#23272b", "#ffffff"],
    ["#354960", "#ffffff"],
    ["#496c92", "#ffffff"],
    ["#6596cc", "#0b0e12"],
    ["#8fc2fb", "#0b0e12"],
  ],
};

/** The colours as declarations of CSS variables. */
export function variables({ paper, panel, ink, muted, line, link, notice, series, names, heat, sides }: Scheme): string {
  const all = {
    paper,
    panel,
    ink,
    muted,
    line,
    link,
    "notice-ground": notice[0],
    "notice-edge": notice[1],
    "notice-ink": notice[2],
    ...Object.fromEntries(series.map((colour, i) => [`series-${i}`, colour])),
    ...Object.fromEntries(names.map((colour, i) => [`name-${i}`, colour])),
    ...ramp("heat", heat),
    ...ramp("sides", sides),
  };
  return Object.entries(all)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(";");
}

const ramp = (name: string, steps: Scheme["heat"]): Record<string, string> =>
  Object.fromEntries(steps.flatMap(([ground, text], i) => [[`${name}-${i}`, ground] as const, [`${name}-ink-${i}`, text] as const]));

/** The colour of series i: after the last they begin again, and dashes and marks tell them apart. */
export const seriesColour = (i: number): string => `var(--series-${i % light.series.length})`;
/** Of its name. */
export const nameColour = (i: number): string => `var(--name-${i % light.names.length})`;

const DASHES = ["", "7 3", "2 2.5", "10 3 2 3", "5 2 1.5 2 1.5 2", "12 4", "4 4"] as const;
/** How the line of series i is broken. */
export const dashes = (i: number): string | undefined => DASHES[(i + Math.floor(i / light.series.length)) % DASHES.length] || undefined;

const SYMBOLS = ["circle", "square", "triangle", "diamond", "star", "cross", "wye"] as const;
/** The mark of series i. */
export const symbol = (i: number): (typeof SYMBOLS)[number] => SYMBOLS[(i + Math.floor(i / light.series.length)) % SYMBOLS.length];

/** How many steps the colours of heat maps have. */
export const HEAT_STEPS = light.heat.length;
