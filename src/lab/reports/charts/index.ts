/** Figures as pictures. @module */
import type { Figure } from "../report.ts";
import type { Canvas } from "./canvas.ts";
import { drawHeat } from "./heat.ts";
import { drawIntervals } from "./intervals.ts";
import { drawLines } from "./lines.ts";
import { drawRanks } from "./ranks.ts";
import { drawScatter } from "./scatter.ts";

export { type Canvas, loadCanvas } from "./canvas.ts";

/** One or more pictures below each other, as SVG, none where a figure has nothing to show. */
export function draw(canvas: Canvas, figure: Figure, width: number): string[] {
  switch (figure.kind) {
    case "lines":
      return figure.series.length === 0 ? [] : drawLines(canvas, figure, width);
    case "intervals":
      return figure.rows.length === 0 ? [] : drawIntervals(canvas, figure, width);
    case "heat":
      return figure.x.length === 0 || figure.y.length === 0 ? [] : drawHeat(canvas, figure, width);
    case "ranks":
      return figure.ranks.length === 0 ? [] : drawRanks(canvas, figure, width);
    case "scatter":
      return figure.series.length === 0 ? [] : drawScatter(canvas, figure, width);
  }
}
