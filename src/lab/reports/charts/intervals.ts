/** Estimates with their intervals, a row each, beside what was printed. @module */
import { axisText } from "../numbers.ts";
import type { IntervalFigure } from "../report.ts";
import { type Canvas, drawn, type Shape } from "./canvas.ts";
import { axisX, type KeyEntry, key, label, minus, nameX, picture, symbolMark, UNIT } from "./frame.ts";
import { HALO } from "./lines.ts";
import { nameColour, seriesColour } from "./palette.ts";
import { type Scale, scaleOf } from "./scale.ts";
import { shorten, textWidth } from "./text.ts";

const ROW = 24;
/** With its name above it. */
const TALL_ROW = 40;
const NO_VALUE = "no value";
/** The widest name, in pixels, and as a part of the picture. */
const MOST_NAME = 220;
const MOST_PART = 0.31;
/** A group has an axis of its own where the groups lie so many times further apart than each is wide. */
const APART = 4;
/** Rows this many times further out than the others are wide are only pointed at. */
const OUT = 5;

type Row = IntervalFigure["rows"][number];

export function drawIntervals(canvas: Canvas, figure: IntervalFigure, width: number): string[] {
  const groups = [...new Set(figure.rows.map(({ group }) => group))].map((group) => ({ group, rows: figure.rows.filter((row) => row.group === group) }));
  const widest = figure.rows.reduce((most, { name }) => Math.max(most, textWidth(name)), 0);
  const nameWidth = widest <= Math.min(MOST_NAME, MOST_PART * width) ? widest : null;
  const valueWidth = figure.rows.reduce(
    (most, { value }) => Math.max(most, textWidth(value === null ? NO_VALUE : scaleOf(figure.x, extent(figure.rows)).fine(value))),
    0,
  );
  const panels = ownAxes(groups.map(({ rows }) => rows)) ? groups.map((group) => [group]) : [groups];
  return panels.map((panel, p) => drawPanel(canvas, figure, panel, { width, nameWidth, valueWidth, withKey: p === 0, own: panels.length > 1 }));
}

interface Layout {
  readonly width: number;
  /** Of the names beside their rows; null: they are too long and stand above. */
  readonly nameWidth: number | null;
  readonly valueWidth: number;
  readonly withKey: boolean;
  readonly own: boolean;
}

function drawPanel(
  canvas: Canvas,
  figure: IntervalFigure,
  groups: readonly { readonly group: string | undefined; readonly rows: readonly Row[] }[],
  { width, nameWidth, valueWidth, withKey, own }: Layout,
): string {
  const { plot } = canvas;
  const rows = groups.flatMap((group) => group.rows);
  const { scale: x, inside } = robust(figure, rows, Math.floor((width - (nameWidth ?? 0) - valueWidth) / 75));
  const margins = { top: 0, right: Math.ceil(valueWidth) + 22, bottom: 42, left: nameWidth === null ? 8 : Math.ceil(nameWidth) + 22 };
  const inner = { left: margins.left, right: width - margins.right };
  const px = (value: number): number => inner.left + x.at(value) * (inner.right - inner.left);
  const keys = withKey ? key(entries(figure, rows, inside), inner.left, width, 4) : { shapes: [], height: 0 };

  let top = keys.height + (withKey ? 14 : 4);
  const rules = (figure.rules ?? []).filter((rule) => x.takes(rule.x) && x.at(rule.x) >= 0 && x.at(rule.x) <= 1);
  if (rules.length > 0) top += 16;
  const first = top;
  const under: Shape[] = [];
  const marks: Shape[] = [];
  const tall = nameWidth === null ? TALL_ROW : ROW;
  let odd = false;
  for (const { group, rows: members } of groups) {
    if (group !== undefined) {
      marks.push(label(shorten(group, width), 0, top + ROW / 2 + 2, { fill: "var(--ink)", "font-weight": 600 }));
      top += ROW;
      odd = false;
    }
    for (const row of members) {
      if (odd) under.push({ name: "rect", attributes: { x: 0, y: top, width, height: tall, fill: "var(--panel)" } });
      odd = !odd;
      marks.push(...rowShapes(row, top + tall - ROW / 2));
      top += tall;
    }
  }
  const height = top + margins.bottom;

  for (const rule of rules) {
    const at = px(rule.x);
    const text = shorten(rule.label, 0.6 * width);
    const half = textWidth(text) / 2;
    const [left, right] = [at - half < 0, at + half > width];
    under.push({ name: "line", attributes: { x1: at, x2: at, y1: first - 4, y2: top, stroke: "var(--muted)", "stroke-dasharray": "4 3" } });
    marks.push(label(text, left ? 0 : right ? width : at, first - 12, { "text-anchor": left ? undefined : right ? "end" : "middle" }));
  }

  const what = own && groups[0].group !== undefined ? `, ${groups[0].group}` : "";
  return picture(
    canvas,
    { width, height, margins: { ...margins, top: 0 }, label: `${figure.title}${what}. ${figure.caption}` },
    {
      x: UNIT,
      y: { type: "identity", axis: null },
      marks: [
        drawn(canvas, under),
        plot.gridX(x.ticks.map(x.at), { stroke: "var(--line)", strokeOpacity: 1, insetTop: first }),
        axisX(canvas, x),
        plot.ruleY([top], { stroke: "var(--muted)" }),
        drawn(canvas, [...keys.shapes, ...marks, nameX(figure.x.label, { ...inner, top: first, bottom: top })]),
      ],
    },
  );

  function rowShapes(row: Row, y: number): Shape[] {
    const found: Shape[] = [
      nameWidth === null
        ? label(shorten(row.name, width - 8), margins.left, y - 17, { fill: "var(--ink)" })
        : label(row.name, margins.left - 12, y, { fill: "var(--ink)", "text-anchor": "end" }),
    ];
    const at = (value: number): number => inner.left + Math.min(Math.max(x.at(value), 0), 1) * (inner.right - inner.left);
    const within = (value: number): boolean => x.at(value) >= 0 && x.at(value) <= 1;
    for (const point of row.points ?? []) if (x.takes(point) && within(point)) found.push(seed(px(point), y));
    if (x.takes(row.printed)) {
      if (within(row.printed)) found.push(printedMark(px(row.printed), y));
      else found.push(...pointer(row.printed, y, { stroke: seriesColour(1), fill: nameColour(1) }, "printed "));
    }
    if (x.takes(row.value)) {
      if (within(row.value)) {
        if (x.takes(row.low) && x.takes(row.high)) found.push(interval(at(row.low), at(row.high), y));
        found.push(mean(px(row.value), y));
      } else found.push(...pointer(row.value, y, { stroke: seriesColour(0), fill: nameColour(0) }, ""));
    }
    found.push(label(x.takes(row.value) ? minus(x.fine(row.value)) : NO_VALUE, width - 4, y, { fill: "var(--ink)", "text-anchor": "end" }));
    return found;
  }

  /** An arrow at the edge towards a value beyond it. */
  function pointer(value: number, y: number, { stroke, fill }: { stroke: string; fill: string }, what: string): Shape[] {
    const left = x.at(value) < 0;
    const edge = left ? inner.left + 3 : inner.right - 3;
    const back = left ? 1 : -1;
    return [
      {
        name: "path",
        attributes: {
          d: `M${edge + back * 18},${y}H${edge}M${edge + back * 5},${y - 4}L${edge},${y}L${edge + back * 5},${y + 4}`,
          fill: "none",
          stroke,
          "stroke-width": 1.8,
        },
      },
      label(`${what}${axisText(value, figure.x)}`, edge + back * 24, y, { ...HALO, fill, "text-anchor": left ? undefined : "end" }),
    ];
  }
}

const seed = (x: number, y: number): Shape => ({ name: "circle", attributes: { cx: x, cy: y, r: 2.4, fill: "var(--muted)", "fill-opacity": 0.45 } });

const interval = (from: number, to: number, y: number): Shape => ({
  name: "path",
  attributes: { d: `M${from},${y}H${to}M${from},${y - 4}V${y + 4}M${to},${y - 4}V${y + 4}`, fill: "none", stroke: seriesColour(0), "stroke-width": 2 },
});

const mean = (x: number, y: number): Shape => symbolMark("circle", x, y, { fill: seriesColour(0), stroke: "var(--paper)", "stroke-width": 1 });

const printedMark = (x: number, y: number): Shape =>
  symbolMark("diamond", x, y, { fill: "var(--paper)", "fill-opacity": 0.7, stroke: seriesColour(1), "stroke-width": 1.8 });

function entries(figure: IntervalFigure, shown: readonly Row[], inside: boolean): KeyEntry[] {
  const { rows, marks = "single seeds" } = figure;
  const intervals = rows.some(({ low, high }) => low !== null && high !== null);
  return [
    { width: 24, sample: [...(intervals ? [interval(0, 24, 0)] : []), mean(12, 0)], text: intervals ? "mean with 95 % interval" : "value" },
    ...(rows.some(({ points = [] }) => points.length > 0) ? [{ width: 18, sample: [seed(2, 0), seed(9, 0), seed(15, 0)], text: marks }] : []),
    ...(rows.some(({ printed }) => printed !== undefined) ? [{ width: 12, sample: [printedMark(6, 0)], text: "as printed" }] : []),
    ...(inside || shown.length === 0
      ? []
      : [
          {
            width: 18,
            sample: [{ name: "path", attributes: { d: "M18,0H0M5,-4L0,0L5,4", fill: "none", stroke: "var(--muted)", "stroke-width": 1.8 } } as Shape],
            text: "beyond the axis",
          },
        ]),
  ];
}

const extent = (rows: readonly Row[]): number[] =>
  rows
    .flatMap((row) => [row.value, row.low, row.high, row.printed ?? null, ...(row.points ?? [])])
    .filter((v): v is number => v !== null && Number.isFinite(v));

const span = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b));

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Whether groups lie so far apart that one axis would hide what is in them. */
function ownAxes(groups: readonly (readonly Row[])[]): boolean {
  if (groups.length < 2 || groups.some((rows) => rows[0].group === undefined)) return false;
  return span(groups.flatMap(extent)) > APART * median(groups.map((rows) => span(extent(rows))));
}

/** An axis for most rows: a few that lie far out would press the others together. */
function robust(figure: IntervalFigure, rows: readonly Row[], ticks: number): { scale: Scale; inside: boolean } {
  const rules = (figure.rules ?? []).map((rule) => rule.x);
  const all = scaleOf(figure.x, [...extent(rows), ...rules], { count: ticks });
  if (figure.x.scale === "log" || rows.length < 4) return { scale: all, inside: true };
  const middle = median(rows.map(({ value }) => value).filter((value): value is number => value !== null));
  const distance = (row: Row): number => extent([row]).reduce((most, value) => Math.max(most, Math.abs(value - middle)), 0);
  const distances = rows.map(distance).sort((a, b) => a - b);
  const usual = distances[Math.ceil(0.7 * distances.length) - 1];
  const near = rows.filter((row) => distance(row) <= OUT * usual);
  if (near.length === rows.length || usual === 0) return { scale: all, inside: true };
  const centre = (row: Row): number[] => extent([row]).filter((value) => Math.abs(value - middle) <= OUT * usual);
  return {
    scale: scaleOf(figure.x, [...rows.flatMap(centre), ...rules.filter((rule) => Math.abs(rule - middle) <= OUT * usual)], { count: ticks }),
    inside: false,
  };
}
