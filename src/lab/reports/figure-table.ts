/** A figure's numbers as a table: where there is no picture, and beside it for who cannot see one. @module */
import { scaleOf } from "./charts/scale.ts";
import { axisText, fixed, NONE, short } from "./numbers.ts";
import type { Axis, Figure, HeatFigure, IntervalFigure, LineFigure, RankFigure, ScatterFigure, Table, TableValue } from "./report.ts";

/** The table of a figure, with the figure's title and caption. */
export function figureTable(figure: Figure): Table {
  const { texts = 1, columns, rows, note } = parts(figure);
  return { kind: "table", title: figure.title, columns: columns.map((name, i) => (i < texts ? { name } : { name, digits: 0 })), rows, note };
}

/** Whether anybody reads a figure's numbers as a table: there are not too many, and no other table has them. */
export function isReadable(figure: Figure, { columns, rows }: Table, most: { readonly rows: number; readonly columns: number }): boolean {
  const tabled = (figure.kind === "intervals" || figure.kind === "scatter") && figure.tabled === true;
  return !tabled && rows.length <= most.rows && columns.length <= most.columns;
}

interface Parts {
  /** So many columns are text, default 1; the others are numbers, written out. */
  readonly texts?: number;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly TableValue[])[];
  readonly note?: string;
}

function parts(figure: Figure): Parts {
  switch (figure.kind) {
    case "lines":
      return lines(figure);
    case "intervals":
      return intervals(figure);
    case "heat":
      return heat(figure);
    case "ranks":
      return ranks(figure);
    case "scatter":
      return scatter(figure);
  }
}

/** A row for each x of any series. */
function lines({ x, y, series }: LineFigure): Parts {
  const byX = series.map(({ points }) => new Map(points.map((point) => [point.x, point])));
  const xs = [...new Set(series.flatMap(({ points }) => points.map((point) => point.x)))].sort((a, b) => a - b);
  return {
    columns: [x.label, ...series.map(({ name }) => name)],
    rows: xs.map((at) => [axisText(at, x), ...byX.map((points) => withInterval(points.get(at), y))]),
    note: `${y.label}${series.some(({ points }) => points.some(({ low }) => low !== undefined)) ? ", with its interval" : ""}.`,
  };
}

function withInterval(point: LineFigure["series"][number]["points"][number] | undefined, axis: Axis): string | null {
  if (point === undefined || point.y === null) return null;
  const { y, low, high } = point;
  return low === undefined || high === undefined ? axisText(y, axis) : `${axisText(y, axis)} (${range(low, high, axis)})`;
}

const range = (low: number, high: number, axis: Axis): string => `${axisText(low, axis)} to ${axisText(high, axis)}`;

function intervals({ x, rows }: IntervalFigure): Parts {
  const grouped = rows.some(({ group }) => group !== undefined);
  const printed = rows.some((row) => row.printed !== undefined);
  // With as many digits as in the picture.
  const { fine } = scaleOf(
    x,
    rows.flatMap(({ value, low, high, printed: figure }) => [value, low, high, figure]),
  );
  const text = (value: number | null | undefined): string | null => (value === null || value === undefined ? null : fine(value));
  return {
    texts: grouped ? 2 : 1,
    columns: ["", ...(grouped ? ["group"] : []), x.label, "interval", ...(printed ? ["printed"] : [])],
    rows: rows.map(({ name, group, value, low, high, printed: figure }) => [
      name,
      ...(grouped ? [group ?? null] : []),
      text(value),
      low === null || high === null ? null : `${fine(low)} to ${fine(high)}`,
      ...(printed ? [text(figure)] : []),
    ]),
  };
}

function heat({ x, y, xLabel, yLabel, values, details, percent, digits, marked = [] }: HeatFigure): Parts {
  const placesOf = (kind: string): string[] => marked.flatMap((mark) => (mark.label === kind ? [`${yLabel} ${y[mark.y]}, ${xLabel} ${x[mark.x]}`] : []));
  return {
    columns: [`${yLabel} \\ ${xLabel}`, ...x],
    rows: y.map((level, row) => [
      level,
      ...x.map((_, column) => [heatText(values[row]?.[column] ?? null, { percent, digits }), details?.[row]?.[column] ?? ""].filter(Boolean).join(" ")),
    ]),
    note: [...new Set(marked.map(({ label }) => label))].map((kind) => `${kind}: ${placesOf(kind).join("; ")}.`).join(" "),
  };
}

/** The value of a square. */
export function heatText(value: number | null, { percent = false, digits }: Pick<HeatFigure, "percent" | "digits">): string {
  if (value === null || !Number.isFinite(value)) return NONE;
  return percent ? fixed(100 * value, digits ?? 2) : digits === undefined ? short(value, 3) : fixed(value, digits);
}

function ranks({ ranks: all, criticalDifference, groups }: RankFigure): Parts {
  const alike = groups.filter((group) => group.length > 1).map((group) => group.join(", "));
  return {
    columns: ["", "average rank"],
    rows: [...all].sort((a, b) => a.rank - b.rank).map(({ name, rank }) => [name, fixed(rank, 2)]),
    note: `${Number.isFinite(criticalDifference) ? `Critical difference ${fixed(criticalDifference, 2)}.` : ""}${alike.length === 0 ? "" : ` Cannot be told apart: ${alike.join("; ")}.`}`,
  };
}

function scatter({ x, y, series }: ScatterFigure): Parts {
  return {
    texts: 2,
    columns: ["", "series", x.label, y.label],
    rows: series.flatMap(({ name, points }) => points.map((point) => [point.label ?? "", name, axisText(point.x, x), axisText(point.y, y)])),
  };
}
