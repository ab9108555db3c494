/** A value for each pair of levels, in a square whose colour says it too. @module */
import { heatText } from "../figure-table.ts";
import { NONE } from "../numbers.ts";
import type { HeatFigure } from "../report.ts";
import { type Canvas, drawn, round, type Shape } from "./canvas.ts";
import { type KeyEntry, key, label, minus, picture } from "./frame.ts";
import { HEAT_STEPS } from "./palette.ts";
import { SIZE, shorten, textWidth } from "./text.ts";

const MOST_SQUARE = 96;
/** The widest name, in pixels, and as a part of the picture. */
const MOST_NAME = 120;
const MOST_PART = 0.25;
/** Of long names, in radians. */
const SLANT = 0.7;
/** How much more the greatest error is than the least where colours go by its logarithm. */
const UNEVEN = 6;

interface Square {
  readonly x: number;
  readonly y: number;
  readonly step: number | null;
  readonly text: string;
  readonly detail: string;
}

export function drawHeat(canvas: Canvas, figure: HeatFigure, width: number): string[] {
  const { x, y, xLabel, yLabel, values, details, title, caption } = figure;
  const colours = ramp(figure);
  const squares = y.flatMap((_, row) =>
    x.map((_, column): Square => {
      const value = values[row]?.[column] ?? null;
      return { x: column, y: row, step: colours.stepOf(value), text: heatText(value, figure), detail: details?.[row]?.[column] ?? "" };
    }),
  );
  const place = layout(figure, squares, width);
  const { left, top, side, tall, written } = place;
  const bottom = top + tall * y.length;
  const foot = key(legend(figure, colours, width), width < 2 * MOST_SQUARE + left ? 0 : left, width, bottom + 10);
  const height = Math.ceil(bottom + 14 + foot.height);
  return [
    picture(
      canvas,
      { width, height, margins: { top, right: width - left - side * x.length, bottom: height - bottom, left }, label: `${title}. ${caption}` },
      {
        x: { type: "band", domain: x.map((_, i) => i), axis: null, padding: 0 },
        y: { type: "band", domain: y.map((_, i) => i), axis: null, padding: 0 },
        color: { type: "identity" },
        marks: [
          canvas.plot.cell(squares, {
            x: "x",
            y: "y",
            fill: ({ step }: Square) => (step === null ? "var(--panel)" : `var(--${colours.name}-${step})`),
            inset: written ? 1 : 0,
            title: (square: Square) => `${yLabel} ${y[square.y]}\n${xLabel} ${x[square.x]}\n${square.text}${square.detail === "" ? "" : ` ${square.detail}`}`,
          }),
          drawn(canvas, [
            ...levelNames(figure, place),
            ...(written ? squares.flatMap((square) => squareTexts(square, colours.name, place)) : []),
            ...frames(figure, place),
            ...foot.shapes,
          ]),
        ],
      },
    ),
  ];
}

/** Where squares lie, and what has room in them. */
interface Layout {
  /** Of the first square. */
  readonly left: number;
  readonly top: number;
  /** Width and height of a square. */
  readonly side: number;
  readonly tall: number;
  /** Values have room in the squares. */
  readonly written: boolean;
  /** What stands behind them, too. */
  readonly detailed: boolean;
  /** Names of columns are too long to lie. */
  readonly slanted: boolean;
  readonly rowNames: readonly string[];
  readonly columnNames: readonly string[];
}

function layout({ x, y, yLabel }: HeatFigure, squares: readonly Square[], width: number): Layout {
  const room = Math.min(MOST_NAME, MOST_PART * width);
  const rowNames = y.map((name) => shorten(name, room));
  const columnNames = x.map((name) => shorten(name, room));
  const widest = (names: readonly string[]): number => names.reduce((most, name) => Math.max(most, textWidth(name)), 0);
  const left = Math.ceil(Math.min(Math.max(textWidth(`↓ ${yLabel}`), widest(rowNames)), room + 40)) + 14;
  const across = (free: number): number => Math.min(MOST_SQUARE, free / x.length);
  const slanted = widest(columnNames) > across(width - left - 2) - 6;
  // The last slanted name leans out.
  const side = across(width - left - 2 - (slanted ? Math.cos(SLANT) * textWidth(columnNames[columnNames.length - 1]) * 0.6 : 0));
  const written = squares.every(({ text }) => textWidth(text) <= side - 4);
  const detailed = written && squares.some(({ detail }) => detail !== "") && squares.every(({ detail }) => textWidth(detail, SIZE - 2) <= side - 2);
  return {
    left,
    top: Math.ceil(slanted ? Math.sin(SLANT) * widest(columnNames) + 14 : 20) + 22,
    side,
    tall: written ? (detailed ? 44 : 32) : Math.max(6, Math.min(32, side)),
    written,
    detailed,
    slanted,
    rowNames,
    columnNames,
  };
}

const middle = ({ left, top, side, tall }: Layout, column: number, row: number): readonly [number, number] => [
  left + side * (column + 0.5),
  top + tall * (row + 0.5),
];

/** The factors and their levels; not each level's name where squares are small. */
function levelNames({ xLabel, yLabel }: HeatFigure, place: Layout): Shape[] {
  const { left, top, side, tall, slanted, rowNames, columnNames } = place;
  const every = (size: number): number => Math.ceil(15 / Math.min(15, size));
  const columns = columnNames.map((name, column): Shape => {
    const [at] = middle(place, column, 0);
    return slanted
      ? label(name, 0, 0, { fill: "var(--ink)", transform: `translate(${round(at - 2)},${top - 8}) rotate(${round((-SLANT * 180) / Math.PI)})` })
      : label(name, at, top - 10, { fill: "var(--ink)", "text-anchor": "middle" });
  });
  const rows = rowNames.map((name, row) => label(name, left - 10, middle(place, 0, row)[1], { fill: "var(--ink)", "text-anchor": "end" }));
  return [
    label(`${shorten(xLabel, side * columnNames.length - 16)} →`, left, 9),
    label(shorten(`↓ ${yLabel}`, left - 4), 0, top - 10),
    ...columns.filter((_, column) => column % every(side) === 0),
    ...rows.filter((_, row) => row % every(tall) === 0),
  ];
}

function squareTexts({ x, y, step, text, detail }: Square, colours: Ramp["name"], place: Layout): Shape[] {
  const [cx, cy] = middle(place, x, y);
  const look = { fill: step === null ? "var(--muted)" : `var(--${colours}-ink-${step})`, "text-anchor": "middle" };
  if (!place.detailed) return [label(minus(text), cx, cy, look)];
  return [label(minus(text), cx, cy - 7, look), label(detail, cx, cy + 10, { ...look, "font-size": SIZE - 2 })];
}

/** What frames mean, each once. */
const kindsOf = ({ marked = [] }: HeatFigure): string[] => [...new Set(marked.map((mark) => mark.label))];

function frames(figure: HeatFigure, place: Layout): Shape[] {
  const { side, tall } = place;
  const kinds = kindsOf(figure);
  return (figure.marked ?? []).flatMap((mark) => {
    const [cx, cy] = middle(place, mark.x, mark.y);
    return frameShapes(cx - side / 2, cy - tall / 2, side, tall, kinds.length > 1 ? kinds.indexOf(mark.label) : null);
  });
}

/** What colours and frames mean. */
function legend(figure: HeatFigure, { name, low, high, logarithmic }: Ramp, width: number): KeyEntry[] {
  const kinds = kindsOf(figure);
  const least = heatText(low, figure);
  const start = textWidth(least) + 4;
  const size = Math.min(14, width / 34);
  const steps = Array.from(
    { length: HEAT_STEPS },
    (_, i): Shape => ({ name: "rect", attributes: { x: start + size * i, y: -6, width: size + 0.2, height: 12, fill: `var(--${name}-${i})` } }),
  );
  return [
    {
      width: start + size * HEAT_STEPS,
      sample: [label(least, 0, 0), ...steps],
      text: `${heatText(high, figure)}${figure.percent === true ? " %" : ""}${logarithmic ? ", by the log of the error" : ""}`,
    },
    ...kinds.map((text, kind) => ({ width: 24, sample: frameShapes(0, -8, 24, 16, kinds.length > 1 ? kind : null), text })),
  ];
}

/** A frame on any colour: dark in light, with its letter where there are several kinds. */
function frameShapes(x: number, y: number, width: number, height: number, kind: number | null): Shape[] {
  const inside = (inset: number, attributes: Shape["attributes"]): Shape => ({
    name: "rect",
    attributes: { x: x + inset, y: y + inset, width: width - 2 * inset, height: height - 2 * inset, fill: "none", ...attributes },
  });
  const letter =
    kind === null
      ? []
      : [
          label("abcdefghij"[kind] ?? NONE, x + 6, y + 8, {
            fill: "var(--ink)",
            "font-size": SIZE - 2,
            "font-weight": 700,
            stroke: "var(--paper)",
            "stroke-width": 3,
            "paint-order": "stroke",
          }),
        ];
  return [inside(0.5, { stroke: "var(--ink)", "stroke-width": 2.5 }), inside(2.5, { stroke: "var(--paper)", "stroke-width": 1.5 }), ...letter];
}

interface Ramp {
  /** Of its colours' variables. */
  readonly name: "heat" | "sides";
  /** Null where there is no value. */
  stepOf(value: number | null): number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly logarithmic: boolean;
}

/** Colours by value; shares that lie unevenly near 1 by the logarithm of what is missing to it, so that a collapse does not hide the others. */
function ramp({ values, percent = false, centre }: HeatFigure): Ramp {
  const all = values.flat().filter((value): value is number => value !== null && Number.isFinite(value));
  if (all.length === 0) return { name: "heat", stepOf: () => null, low: null, high: null, logarithmic: false };
  const least = all.reduce((a, b) => Math.min(a, b));
  const greatest = all.reduce((a, b) => Math.max(a, b));
  const reach = centre === undefined ? 0 : Math.max(centre - least, greatest - centre);
  const [low, high] = centre === undefined ? [least, greatest] : [centre - reach, centre + reach];
  const logarithmic = centre === undefined && percent && high < 1 && low >= 0 && 1 - low > UNEVEN * (1 - high);
  const by = (value: number): number => (logarithmic ? -Math.log(1 - value) : value / 2);
  const [from, to] = [by(low), by(high)];
  const alike = centre === undefined ? Math.floor(HEAT_STEPS / 3) : Math.floor(HEAT_STEPS / 2);
  const stepOf = (value: number | null): number | null => {
    if (value === null || !Number.isFinite(value)) return null;
    return to > from ? Math.min(HEAT_STEPS - 1, Math.floor(((by(value) - from) / (to - from)) * HEAT_STEPS)) : alike;
  };
  return { name: centre === undefined ? "heat" : "sides", stepOf, low, high, logarithmic };
}
