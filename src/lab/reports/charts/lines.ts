/** Lines with bands, each named at its end. @module */
import type { Markish } from "@observablehq/plot";
import { axisText } from "../numbers.ts";
import type { LineFigure } from "../report.ts";
import { type Canvas, drawn, round, type Shape } from "./canvas.ts";
import { axes, key, label, picture, symbolMark, UNIT } from "./frame.ts";
import { dashes, nameColour, seriesColour, symbol } from "./palette.ts";
import { scaleOf } from "./scale.ts";
import { LINE_HEIGHT, shorten, spread, textWidth } from "./text.ts";

/** Up to so many points a series, each point has its mark; beyond, the line is broken instead. */
const MOST_MARKED = 14;
/** The widest name, in pixels, and as a part of the picture. */
const MOST_NAME = 200;
const MOST_PART = 0.3;

type Series = LineFigure["series"][number];
type Point = Series["points"][number];

export function drawLines(canvas: Canvas, figure: LineFigure, width: number): string[] {
  const { plot } = canvas;
  const { series, rules = [], title, caption } = figure;
  const points = series.flatMap((one) => one.points);
  const x = scaleOf(figure.x, [...points.map((point) => point.x), ...rules.map((rule) => rule.x)], { count: Math.floor(width / 100), tight: true });
  const y = scaleOf(figure.y, [...points.flatMap(({ y, low, high }) => (y === null ? [] : [y, low, high])), ...rules.map((rule) => rule.y)]);

  const names = series.map(({ name }) => shorten(name, Math.min(MOST_NAME, MOST_PART * width)));
  const few = series.every((one) => one.points.length <= MOST_MARKED);
  // Names that have to be cut stand in a key, whole.
  const keyed = names.some((name, i) => name !== series[i].name);
  const keys = key(keyed ? series.map(({ name }, i) => ({ width: 28, sample: sampleOf(i, few), text: name })) : [], 0, width, 2);
  const nameWidth = keyed ? 0 : names.reduce((most, name) => Math.max(most, textWidth(name)), 0);
  const left = 16 + y.ticks.reduce((most, tick) => Math.max(most, textWidth(y.text(tick))), 0);
  const margins = { top: 30 + (keyed ? keys.height + 8 : 0), right: Math.ceil(nameWidth) + 34, bottom: 42, left: Math.ceil(left) };
  const height = Math.max(340 + keys.height, margins.top + margins.bottom + LINE_HEIGHT * series.length);
  const inner = { left: margins.left, right: width - margins.right, top: margins.top, bottom: height - margins.bottom };
  const px = (value: number): number => inner.left + x.at(value) * (inner.right - inner.left);
  const py = (value: number): number => inner.bottom - y.at(value) * (inner.bottom - inner.top);

  const shown = (point: Point): boolean => x.takes(point.x) && y.takes(point.y);
  const across = (point: Point): number => x.at(point.x);
  const up = (value: number | null | undefined): number => (y.takes(value) ? y.at(value) : Number.NaN);
  if (!points.some(shown)) return [];
  const marks: Markish[] = [];
  series.forEach((one, i) => {
    const drawable = one.points.filter((point) => x.takes(point.x));
    if (drawable.some(({ low, high }) => y.takes(low) && y.takes(high)))
      marks.push(
        plot.areaY(drawable, {
          x: across,
          y1: (point: Point) => (shown(point) && y.takes(point.high) ? up(point.low) : Number.NaN),
          y2: (point: Point) => (shown(point) && y.takes(point.low) ? up(point.high) : Number.NaN),
          fill: seriesColour(i),
          fillOpacity: series.length > 4 ? 0.08 : 0.15,
          curve: one.steps === true ? "step-after" : "linear",
        }),
      );
  });
  series.forEach((one, i) => {
    const drawable = one.points.filter((point) => x.takes(point.x));
    if (drawable.length === 0) return;
    marks.push(
      plot.line(drawable, {
        x: across,
        y: (point: Point) => up(point.y),
        stroke: seriesColour(i),
        strokeWidth: 1.8,
        strokeDasharray: few ? undefined : dashes(i),
        curve: one.steps === true ? "step-after" : "linear",
      }),
    );
    const last = drawable.findLast(shown);
    // A point between two gaps has no line.
    const alone = drawable.filter((point, p) => shown(point) && !(p > 0 && shown(drawable[p - 1])) && !(p + 1 < drawable.length && shown(drawable[p + 1])));
    const marked = few ? drawable.filter(shown) : [...new Set([...alone, ...(last === undefined ? [] : [last])])];
    marks.push(
      plot.dot(marked, {
        x: across,
        y: (point: Point) => up(point.y),
        r: 3.4,
        symbol: symbol(i),
        fill: seriesColour(i),
        stroke: "var(--paper)",
        strokeWidth: 0.8,
        title: (point: Point) => pointText(figure, one, point),
      }),
    );
    const chosen = one.marked === undefined ? undefined : one.points[one.marked];
    if (chosen !== undefined && shown(chosen))
      marks.push(plot.dot([chosen], { x: across, y: (point: Point) => up(point.y), r: 7, stroke: seriesColour(i), strokeWidth: 1.8 }));
  });

  const over: Shape[] = [];
  for (const rule of rules) {
    const text = shorten(rule.label, 0.6 * (inner.right - inner.left));
    const line = { stroke: "var(--muted)", "stroke-dasharray": "4 3", "stroke-width": 1 };
    if (y.takes(rule.y)) {
      const at = py(rule.y);
      over.push({ name: "line", attributes: { x1: inner.left, x2: inner.right, y1: at, y2: at, ...line } });
      over.push(label(text, inner.left + 6, at - 8, HALO));
    }
    if (x.takes(rule.x)) {
      const at = px(rule.x);
      const right = at + 6 + textWidth(text) > inner.right;
      over.push({ name: "line", attributes: { x1: at, x2: at, y1: inner.top, y2: inner.bottom, ...line } });
      over.push(label(text, right ? at - 6 : at + 6, inner.top + 7, { ...HALO, "text-anchor": right ? "end" : undefined }));
    }
  }

  return [
    picture(
      canvas,
      { width, height, margins, label: `${title}. ${caption}` },
      {
        x: UNIT,
        y: UNIT,
        marks: [
          ...axes(canvas, x, y, inner, { x: figure.x.label, y: figure.y.label }),
          drawn(
            canvas,
            over.filter(({ name }) => name !== "text"),
          ),
          ...marks,
          drawn(canvas, [...over.filter(({ name }) => name === "text"), ...keys.shapes, ...(keyed ? [] : endNames())]),
        ],
      },
    ),
  ];

  /** Each series' name at its end, moved apart, with a thin line to the end where it is not beside it. */
  function endNames(): Shape[] {
    const ends = series.flatMap((one, i) => {
      const last = one.points.findLast(shown);
      return last === undefined || last.y === null ? [] : [{ i, x: px(last.x), y: py(last.y) }];
    });
    const places = spread(
      ends.map((end) => end.y),
      LINE_HEIGHT,
      inner.top + 4,
      inner.bottom,
    );
    const at = inner.right + 26;
    return ends.flatMap((end, e): Shape[] => [
      {
        name: "path",
        attributes: {
          d: `M${round(end.x + 6)},${round(end.y)}L${round(inner.right + 10)},${round(end.x < inner.right - 12 ? places[e] : end.y)}L${round(at - 5)},${round(places[e])}`,
          fill: "none",
          stroke: seriesColour(end.i),
          "stroke-width": 1,
          "stroke-dasharray": "1 2.5",
          "stroke-opacity": 0.8,
        },
      },
      label(names[end.i], at, places[e], { fill: nameColour(end.i) }),
    ]);
  }
}

/** A line and its mark, for keys. */
const sampleOf = (i: number, marked: boolean): Shape[] => [
  {
    name: "line",
    attributes: { x1: 0, x2: 28, y1: 0, y2: 0, stroke: seriesColour(i), "stroke-width": 1.8, "stroke-dasharray": marked ? undefined : dashes(i) },
  },
  symbolMark(symbol(i), 14, 0, { fill: seriesColour(i), stroke: "var(--paper)", "stroke-width": 0.8 }),
];

/** Text over lines stays readable. */
export const HALO = { stroke: "var(--paper)", "stroke-width": 4, "stroke-linejoin": "round", "paint-order": "stroke" } as const;

function pointText({ x, y }: LineFigure, { name }: Series, point: Point): string {
  const band = point.low === undefined || point.high === undefined ? "" : ` (${axisText(point.low, y)} to ${axisText(point.high, y)})`;
  return `${name}\n${x.label} ${axisText(point.x, x)}\n${y.label} ${axisText(point.y ?? Number.NaN, y)}${band}`;
}
