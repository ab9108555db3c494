/** Points: printed against measured. @module */
import { axisText } from "../numbers.ts";
import type { ScatterFigure } from "../report.ts";
import { type Canvas, drawn, type Shape } from "./canvas.ts";
import { axes, type Box, key, label, picture, symbolMark, UNIT } from "./frame.ts";
import { HALO } from "./lines.ts";
import { seriesColour, symbol } from "./palette.ts";
import { scaleOf } from "./scale.ts";
import { SIZE, shorten, textWidth } from "./text.ts";

/** The widest name, in pixels, and as a part of the picture. */
const MOST_NAME = 110;
const EQUAL = "equal";
const MOST_PART = 0.2;

export function drawScatter(canvas: Canvas, figure: ScatterFigure, width: number): string[] {
  const { plot } = canvas;
  const { series, diagonal = false, title, caption } = figure;
  const points = series.flatMap((one) => one.points);
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  // With a diagonal both axes are one.
  const x = scaleOf(figure.x, diagonal ? [...xs, ...ys] : xs, { count: Math.floor(width / 100) });
  const y = scaleOf(figure.y, diagonal ? [...xs, ...ys] : ys);
  const named = series.length > 1;
  const keys = key(named ? series.map(({ name }, i) => ({ width: 12, sample: [mark(i, 6, 0)], text: name })) : [], 0, width, 2);
  const left = 16 + y.ticks.reduce((most, tick) => Math.max(most, textWidth(y.text(tick))), 0);
  const margins = { top: keys.height + 32, right: 16, bottom: 42, left: Math.ceil(left) };
  const height = margins.top + margins.bottom + (diagonal ? Math.min(width - margins.left - margins.right, 440) : 320);
  const inner = { left: margins.left, right: width - margins.right, top: margins.top, bottom: height - margins.bottom };
  const px = (value: number): number => inner.left + x.at(value) * (inner.right - inner.left);
  const py = (value: number): number => inner.bottom - y.at(value) * (inner.bottom - inner.top);
  const shown = series.flatMap(({ name, points }, i) => points.filter((point) => x.takes(point.x) && y.takes(point.y)).map((point) => ({ ...point, name, i })));
  if (shown.length === 0) return [];
  type Shown = (typeof shown)[number];

  // Of the word on the diagonal.
  const equal = { left: inner.right - 8 - textWidth(EQUAL), right: inner.right - 8, top: inner.top + 14, bottom: inner.top + 30 };
  const line: Shape[] = diagonal
    ? [
        { name: "line", attributes: { x1: inner.left, y1: inner.bottom, x2: inner.right, y2: inner.top, stroke: "var(--muted)", "stroke-dasharray": "4 3" } },
        label(EQUAL, equal.right, (equal.top + equal.bottom) / 2, { ...HALO, "text-anchor": "end" }),
      ]
    : [];
  return [
    picture(
      canvas,
      { width, height, margins, label: `${title}. ${caption}` },
      {
        x: UNIT,
        y: UNIT,
        marks: [
          ...axes(canvas, x, y, inner, { x: figure.x.label, y: figure.y.label }),
          drawn(canvas, [...keys.shapes, ...line]),
          ...series.map((_, i) =>
            plot.dot(
              shown.filter((point) => point.i === i),
              {
                x: (point: Shown) => x.at(point.x),
                y: (point: Shown) => y.at(point.y),
                r: 4,
                symbol: symbol(i),
                fill: seriesColour(i),
                fillOpacity: 0.85,
                stroke: "var(--paper)",
                strokeWidth: 0.8,
                title: (point: Shown) =>
                  `${[point.name, point.label].filter(Boolean).join(", ")}\n${figure.x.label} ${axisText(point.x, figure.x)}\n${figure.y.label} ${axisText(point.y, figure.y)}`,
              },
            ),
          ),
          drawn(
            canvas,
            namesBeside(
              shown.map((point) => ({ x: px(point.x), y: py(point.y), text: shorten(point.label ?? "", Math.min(MOST_NAME, MOST_PART * width)) })),
              inner,
              diagonal ? [equal] : [],
            ),
          ),
        ],
      },
    ),
  ];
}

const mark = (i: number, x: number, y: number): Shape => symbolMark(symbol(i), x, y, { fill: seriesColour(i) });

interface Place {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** A name beside its point where it hides no other name or point; the others are told on hovering and in the table. */
function namesBeside(places: readonly Place[], inner: Box, occupied: readonly Box[]): Shape[] {
  const taken: Box[] = [...occupied];
  taken.push(...places.map(({ x, y }) => ({ left: x - 4, right: x + 4, top: y - 4, bottom: y + 4 })));
  const meets = (a: Box, b: Box): boolean => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const shapes: Shape[] = [];
  for (const { x, y, text } of places) {
    if (text === "") continue;
    const [wide, tall] = [textWidth(text, SIZE - 1), SIZE];
    const candidates = [
      [x + 8, y],
      [x - 8 - wide, y],
      [x - wide / 2, y - 14],
      [x - wide / 2, y + 14],
      [x + 7, y - 10],
      [x + 7, y + 10],
    ];
    for (const [left, middle] of candidates) {
      const box = { left, right: left + wide, top: middle - tall / 2, bottom: middle + tall / 2 };
      if (box.left < inner.left || box.right > inner.right + 12 || box.top < inner.top - 8 || box.bottom > inner.bottom) continue;
      if (taken.some((other) => meets(box, other))) continue;
      taken.push(box);
      shapes.push(label(text, left, middle, { "font-size": SIZE - 1 }));
      break;
    }
  }
  return shapes;
}
