/** A value for each pair of levels, in a square whose colour says it too. @module */
import { heatText } from "../figure-table.ts";
import { NONE } from "../numbers.ts";
import type { HeatFigure } from "../report.ts";
import { type Canvas, drawn, type Shape } from "./canvas.ts";
import { key, label, picture } from "./frame.ts";
import { HEAT_STEPS } from "./palette.ts";
import { fit, SIZE, textWidth } from "./text.ts";

const MOST_SQUARE = 96;
/** The widest name, in pixels, and as a part of the picture. */
const MOST_NAME = 120;
const MOST_PART = 0.25;
const SLANT = 40;
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
  const { plot } = canvas;
  const { x, y, xLabel, yLabel, values, details, marked = [], title, caption } = figure;
  const { stepOf, low, high, logarithmic } = ramp(figure);
  const squares = y.flatMap((_, row) =>
    x.map((_, column): Square => {
      const value = values[row]?.[column] ?? null;
      return { x: column, y: row, step: stepOf(value), text: heatText(value, figure), detail: details?.[row]?.[column] ?? "" };
    }),
  );

  const room = Math.min(MOST_NAME, MOST_PART * width);
  const rowNames = y.map((name) => fit(name, room));
  const nameWidth = Math.max(textWidth(yLabel), ...rowNames.map((name) => textWidth(name)));
  const left = Math.ceil(Math.min(nameWidth, room + 40)) + 14;
  const side = Math.min(MOST_SQUARE, (width - left - 2) / Math.max(1, x.length));
  const written = squares.every(({ text }) => textWidth(text) <= side - 4);
  const detailed = written && squares.some(({ detail }) => detail !== "") && squares.every(({ detail }) => textWidth(detail, SIZE - 2) <= side - 2);
  const tall = written ? (detailed ? 44 : 32) : Math.max(6, Math.min(32, side));
  const slanted = x.some((name) => textWidth(fit(name, room)) > side - 6);
  const columnNames = x.map((name) => fit(name, room));
  // Many narrow columns: not every name has room.
  const every = Math.ceil(16 / Math.min(16, side));
  const namesHeight = slanted ? Math.sin((SLANT * Math.PI) / 180) * Math.max(...columnNames.map((name) => textWidth(name))) + 14 : 20;
  const top = Math.ceil(namesHeight) + 22;
  const right = width - left - side * x.length;
  const bottomOfSquares = top + tall * y.length;

  const centre = (column: number, row: number): readonly [number, number] => [left + side * (column + 0.5), top + tall * (row + 0.5)];
  const texts: Shape[] = [
    label(`${xLabel} →`, left, 9),
    label(`↓ ${yLabel}`, 0, top - 10),
    ...columnNames.flatMap((name, column): Shape[] => {
      if (column % every !== 0) return [];
      const [at] = centre(column, 0);
      return slanted
        ? [label(name, 0, 0, { fill: "var(--ink)", transform: `translate(${at - 2},${top - 8}) rotate(-${SLANT})` })]
        : [label(name, at, top - 10, { fill: "var(--ink)", "text-anchor": "middle" })];
    }),
    ...rowNames.flatMap((name, row) =>
      row % Math.ceil(14 / tall) === 0 ? [label(name, left - 10, centre(0, row)[1], { fill: "var(--ink)", "text-anchor": "end" })] : [],
    ),
  ];
  if (written)
    for (const square of squares) {
      const [cx, cy] = centre(square.x, square.y);
      const fill = square.step === null ? "var(--muted)" : `var(--heat-ink-${square.step})`;
      texts.push(label(square.text, cx, detailed ? cy - 7 : cy, { fill, "text-anchor": "middle" }));
      if (detailed) texts.push(label(square.detail, cx, cy + 10, { fill, "text-anchor": "middle", "font-size": SIZE - 2 }));
    }

  const tags = marked.length > 1 && new Set(marked.map((mark) => mark.label)).size > 1;
  const kinds = [...new Set(marked.map((mark) => mark.label))];
  for (const mark of marked) {
    const [cx, cy] = centre(mark.x, mark.y);
    texts.push(...frameShapes(cx - side / 2, cy - tall / 2, side, tall, tags ? kinds.indexOf(mark.label) : null));
  }
  const foot = key(
    [
      {
        width: 14 * HEAT_STEPS + textWidth(heatText(low, figure)) + 6,
        sample: [
          label(heatText(low, figure), 0, 0),
          ...Array.from(
            { length: HEAT_STEPS },
            (_, i): Shape => ({
              name: "rect",
              attributes: { x: textWidth(heatText(low, figure)) + 4 + 14 * i, y: -6, width: 14, height: 12, fill: `var(--heat-${i})` },
            }),
          ),
        ],
        text: `${heatText(high, figure)}${figure.percent === true ? " %" : ""}${logarithmic ? " (by the logarithm of the error)" : ""}`,
      },
      ...kinds.map((text, kind) => ({ width: 24, sample: frameShapes(0, -8, 24, 16, tags ? kind : null), text })),
    ],
    left,
    width,
    bottomOfSquares + 10,
  );
  const height = Math.ceil(bottomOfSquares + 10 + foot.height + 4);
  const fillOf = ({ step }: Square): string => (step === null ? "var(--panel)" : `var(--heat-${step})`);
  return [
    picture(
      canvas,
      { width, height, margins: { top, right, bottom: height - bottomOfSquares, left }, label: `${title}. ${caption}` },
      {
        x: { type: "band", domain: x.map((_, i) => i), axis: null, padding: 0 },
        y: { type: "band", domain: y.map((_, i) => i), axis: null, padding: 0 },
        color: { type: "identity" },
        marks: [
          plot.cell(squares, {
            x: "x",
            y: "y",
            fill: fillOf,
            inset: written ? 1 : 0,
            title: (square: Square) => `${yLabel} ${y[square.y]}\n${xLabel} ${x[square.x]}\n${square.text}${square.detail === "" ? "" : ` ${square.detail}`}`,
          }),
          drawn(canvas, [...texts, ...foot.shapes]),
        ],
      },
    ),
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
  /** Null where there is no value. */
  stepOf(value: number | null): number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly logarithmic: boolean;
}

/** Colours by value; shares that lie unevenly near 1 by the logarithm of what is missing to it, so that a collapse does not hide the others. */
function ramp({ values, percent = false }: HeatFigure): Ramp {
  const all = values.flat().filter((value): value is number => value !== null && Number.isFinite(value));
  if (all.length === 0) return { stepOf: () => null, low: null, high: null, logarithmic: false };
  const low = all.reduce((a, b) => Math.min(a, b));
  const high = all.reduce((a, b) => Math.max(a, b));
  const logarithmic = percent && high < 1 && low >= 0 && 1 - low > UNEVEN * (1 - high);
  const by = (value: number): number => (logarithmic ? -Math.log(1 - value) : value / 2);
  const [from, to] = [by(low), by(high)];
  const stepOf = (value: number | null): number | null => {
    if (value === null || !Number.isFinite(value)) return null;
    return to > from ? Math.min(HEAT_STEPS - 1, Math.floor(((by(value) - from) / (to - from)) * HEAT_STEPS)) : Math.floor(HEAT_STEPS / 3);
  };
  return { stepOf, low, high, logarithmic };
}
