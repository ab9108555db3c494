/** Average ranks on a line, joined where they cannot be told apart (Demsar 2006, figure 1). @module */
import { fixed } from "../numbers.ts";
import type { RankFigure } from "../report.ts";
import { type Canvas, drawn, type Shape } from "./canvas.ts";
import { label, picture } from "./frame.ts";
import { seriesColour } from "./palette.ts";
import { SIZE, shorten, textWidth } from "./text.ts";

const AXIS = 64;
const BAR = 9;
const ROW = 22;
/** The widest name, in pixels, and as a part of the picture. */
const MOST_NAME = 180;
const MOST_PART = 0.26;

export function drawRanks(canvas: Canvas, figure: RankFigure, width: number): string[] {
  const { plot } = canvas;
  const ranks = figure.ranks.filter(({ rank }) => Number.isFinite(rank)).sort((a, b) => a.rank - b.rank);
  const rankOf = new Map(ranks.map(({ name, rank }) => [name, rank]));
  const bars = figure.groups
    .map((group) => group.map((name) => rankOf.get(name)).filter((rank) => rank !== undefined))
    .filter((group) => group.length > 1)
    .map((group) => [Math.min(...group), Math.max(...group)] as const)
    .sort((a, b) => a[0] - b[0]);
  const texts = ranks.map(({ name, rank }) => `${shorten(name, Math.min(MOST_NAME, MOST_PART * width))}  ${fixed(rank, 2)}`);
  const side = Math.ceil(texts.reduce((most, text) => Math.max(most, textWidth(text)), 0)) + 22;
  const most = Math.max(2, ...ranks.map(({ rank }) => Math.ceil(rank)), ranks.length);
  const axis = { left: side, right: width - side };
  const px = (rank: number): number => axis.left + ((rank - 1) / (most - 1)) * (axis.right - axis.left);
  const half = Math.ceil(ranks.length / 2);
  const lanes = lanesOf(bars.map(([from, to]) => [px(from), px(to)]));
  const firstRow = AXIS + 16 + BAR * Math.max(0, ...lanes.map((lane) => lane + 1)) + ROW / 2;
  const height = firstRow + ROW * Math.max(half, 1);

  const shapes: Shape[] = [];
  ranks.forEach(({ rank }, i) => {
    const left = i < half;
    const y = firstRow + ROW * (left ? i : ranks.length - 1 - i);
    const [edge, x] = [left ? side - 14 : width - side + 14, px(rank)];
    shapes.push({ name: "path", attributes: { d: `M${x},${AXIS}V${y}H${edge}`, fill: "none", stroke: "var(--muted)", "stroke-width": 1 } });
    shapes.push({ name: "circle", attributes: { cx: x, cy: AXIS, r: 3.4, fill: seriesColour(0), stroke: "var(--paper)", "stroke-width": 1 } });
    shapes.push(label(texts[i], left ? edge - 6 : edge + 6, y, { fill: "var(--ink)", "text-anchor": left ? "end" : undefined }));
  });
  bars.forEach(([from, to], b) => {
    const y = AXIS + 14 + BAR * lanes[b];
    shapes.push({
      name: "line",
      attributes: { x1: px(from) - 5, x2: px(to) + 5, y1: y, y2: y, stroke: seriesColour(0), "stroke-width": 4.5, "stroke-linecap": "round" },
    });
  });
  const cd = Math.min(figure.criticalDifference, most - 1);
  if (Number.isFinite(cd) && cd > 0) {
    const [from, to] = [px(1), px(1 + cd)];
    const more = figure.criticalDifference > cd ? " (longer than the axis)" : "";
    shapes.push({ name: "path", attributes: { d: `M${from},14V22M${from},18H${to}M${to},14V22`, fill: "none", stroke: "var(--ink)", "stroke-width": 1.4 } });
    shapes.push(label(`critical difference ${fixed(figure.criticalDifference, 2)}${more}`, from, 5, { fill: "var(--ink)" }));
  }
  const ticks = Array.from({ length: most }, (_, i) => i + 1);
  const every = Math.ceil((22 * (ticks.length - 1)) / (axis.right - axis.left));
  return [
    picture(
      canvas,
      { width, height, margins: { top: AXIS, right: width - axis.right, bottom: height - AXIS, left: axis.left }, label: `${figure.title}. ${figure.caption}` },
      {
        x: { type: "linear", domain: [1, most], axis: null },
        y: { type: "identity", axis: null },
        marks: [
          plot.axisX(
            ticks.filter((_, i) => i % every === 0),
            { anchor: "top", fill: "var(--muted)", stroke: "var(--muted)", fontSize: SIZE, tickSize: 5, label: null, tickFormat: String },
          ),
          drawn(canvas, [
            { name: "line", attributes: { x1: axis.left, x2: axis.right, y1: AXIS, y2: AXIS, stroke: "var(--muted)", "stroke-width": 1 } },
            label("← better", axis.left - 12, AXIS - 12, { "text-anchor": "end" }),
            label("worse →", axis.right + 12, AXIS - 12),
            ...shapes,
          ]),
        ],
      },
    ),
  ];
}

/** Bars that would touch lie below each other. */
function lanesOf(bars: readonly (readonly [number, number])[]): number[] {
  const ends: number[] = [];
  return bars.map(([from, to]) => {
    const free = ends.findIndex((end) => end < from - 14);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = to;
    return lane;
  });
}
