/** What all charts have in common: size, axes, names and keys. @module */
import type { Markish } from "@observablehq/plot";
import { escapeHtml } from "../escape-html.ts";
import { type Canvas, drawn, round, type Shape } from "./canvas.ts";
import type { Scale } from "./scale.ts";
import { LINE_HEIGHT, SIZE, shorten, textWidth } from "./text.ts";

/** Pixels around what is drawn. */
export interface Margins {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/** Where the axes are. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly margins: Margins;
  /** What the picture says, for who cannot see it. */
  readonly label: string;
}

/** The picture as SVG. Its colours are the page's variables, its font the page's. */
export function picture({ plot, document }: Canvas, { width, height, margins, label }: Frame, options: Parameters<Canvas["plot"]["plot"]>[0]): string {
  const svg = plot.plot({
    document,
    width,
    height,
    marginTop: margins.top,
    marginRight: margins.right,
    marginBottom: margins.bottom,
    marginLeft: margins.left,
    className: "chart",
    ...options,
  });
  svg.querySelector("style")?.remove();
  const named = `<svg role="img" aria-label="${escapeHtml(label)}" `;
  return (
    svg.outerHTML
      .replace(/^<svg /, () => named)
      // A hundredth of a pixel is enough.
      .replace(/<[^>]+>/g, (tag) => tag.replace(/\d+\.\d{3,}/g, (number) => String(Math.round(100 * Number(number)) / 100)))
      // Pages may hold no control characters.
      .replace(/[^\P{Cc}\n\t]+/gu, " ")
  );
}

/** Grid and ticks of both axes, and what they measure. */
export function axes(canvas: Canvas, x: Scale, y: Scale, inner: Box, names: { readonly x: string; readonly y: string }): Markish[] {
  const { plot } = canvas;
  return [
    plot.gridY(y.ticks.map(y.at), { stroke: "var(--line)", strokeOpacity: 1 }),
    plot.axisY(y.ticks.map(y.at), { fill: "var(--muted)", fontSize: SIZE, tickSize: 0, tickPadding: 8, tickFormat: tickTexts(y), label: null }),
    ...(x.minor.length > 0 ? [plot.axisX(x.minor.map(x.at), { stroke: "var(--line)", tickSize: 3, tickFormat: () => "", label: null })] : []),
    axisX(canvas, x),
    plot.ruleY([0], { stroke: "var(--muted)" }),
    drawn(canvas, [label(shorten(`↑ ${names.y}`, inner.right), 0, inner.top - 18), nameX(names.x, inner)]),
  ];
}

/** The axis below, with its ticks. */
export function axisX({ plot }: Canvas, x: Scale): Markish {
  return plot.axisX(x.ticks.map(x.at), { fill: "var(--muted)", fontSize: SIZE, stroke: "var(--muted)", tickSize: 5, tickFormat: tickTexts(x), label: null });
}

/** What the axis below measures, at its right end. */
export const nameX = (name: string, { right, bottom }: Box): Shape => label(`${shorten(name, right - 16)} →`, right, bottom + 33, { "text-anchor": "end" });

const tickTexts =
  ({ ticks, text }: Scale) =>
  (_: unknown, i: number): string =>
    minus(text(ticks[i]));

/** With a sign that is one. */
export const minus = (text: string): string => text.replace(/^-(?=\d)/, "−");

/** Plot gets places from 0 to 1: what is between is the affair of {@link Scale}. */
export const UNIT = { type: "linear", domain: [0, 1], axis: null } as const;

/** An entry of a key: a sample of the mark, drawn around (0, 0) in `width` pixels to the right, and what it means. */
export interface KeyEntry {
  readonly width: number;
  readonly sample: readonly Shape[];
  readonly text: string;
}

/** Entries side by side from (left, top), in as many lines as they take. */
export function key(entries: readonly KeyEntry[], left: number, right: number, top: number): { shapes: Shape[]; height: number } {
  const shapes: Shape[] = [];
  let [x, y] = [left, top + LINE_HEIGHT / 2];
  for (const { width, sample, text: full } of entries) {
    const text = shorten(full, right - left - width - 6);
    const whole = width + 6 + textWidth(text);
    if (x > left && x + whole > right) [x, y] = [left, y + LINE_HEIGHT + 3];
    shapes.push({ name: "g", attributes: { transform: `translate(${Math.round(x)},${y})` }, content: sample });
    shapes.push(label(text, x + width + 6, y));
    x += whole + 18;
  }
  return { shapes, height: entries.length === 0 ? 0 : y + LINE_HEIGHT / 2 - top };
}

/** A text whose middle is at height y. */
export function label(text: string, x: number, y: number, attributes: Shape["attributes"] = {}): Shape {
  return {
    name: "text",
    attributes: { x, y, dy: ".32em", fill: "var(--muted)", "font-size": SIZE, ...attributes, "text-anchor": attributes["text-anchor"] ?? "start" },
    content: text,
  };
}

/** The mark of a symbol of Plot's around (x, y), for keys. */
export function symbolMark(kind: keyof typeof SYMBOL_PATHS, x: number, y: number, attributes: Shape["attributes"]): Shape {
  return { name: "path", attributes: { d: SYMBOL_PATHS[kind], transform: `translate(${round(x)},${round(y)})`, ...attributes } };
}

const SYMBOL_PATHS = {
  circle: "M4,0A4,4,0,1,1,-4,0A4,4,0,1,1,4,0Z",
  square: "M-3.5,-3.5H3.5V3.5H-3.5Z",
  triangle: "M0,-4.8L4.4,2.8H-4.4Z",
  diamond: "M0,-5.5L5.5,0L0,5.5L-5.5,0Z",
  star: "M0,-5.2L1.2,-1.6H5L1.9,0.6L3.1,4.2L0,2L-3.1,4.2L-1.9,0.6L-5,-1.6H-1.2Z",
  cross: "M-1.5,-4.5H1.5V-1.5H4.5V1.5H1.5V4.5H-1.5V1.5H-4.5V-1.5H-1.5Z",
  wye: "M1.5,0.8V4.5H-1.5V0.8L-4.7,-1L-3.2,-3.6L0,-1.8L3.2,-3.6L4.7,-1Z",
} as const;
