/** What charts are drawn with. @module */
import type { Markish } from "@observablehq/plot";

/** Observable Plot and a document without a browser. */
export interface Canvas {
  readonly plot: typeof import("@observablehq/plot");
  readonly document: Document;
}

/** Null where the optional packages `@observablehq/plot` and `linkedom` are not installed. */
export async function loadCanvas(): Promise<Canvas | null> {
  // A catch of its own tells bundlers that each may be absent.
  const [plot, linkedom] = await Promise.all([import("@observablehq/plot").catch(absent), import("linkedom").catch(absent)]);
  if (plot === null || linkedom === null) return null;
  return { plot, document: linkedom.parseHTML("<!doctype html><html></html>").document as unknown as Document };
}

/** Null for a package that is not there, which pages, having no code for it, tell by a TypeError. @throws what else went wrong */
function absent(error: unknown): null {
  if (error instanceof TypeError || (error as { code?: unknown }).code === "ERR_MODULE_NOT_FOUND") return null;
  throw error;
}

const SVG = "http://www.w3.org/2000/svg";

/** A piece of a drawing: an element, its attributes, and text or pieces in it. */
export interface Shape {
  readonly name: "g" | "line" | "path" | "rect" | "circle" | "text" | "title";
  readonly attributes?: Readonly<Record<string, string | number | undefined>>;
  readonly content?: string | readonly Shape[];
}

/** Pixels to a tenth. */
export const round = (value: number): number => Math.round(10 * value) / 10;

/** A mark of Plot that draws pieces where they say, in pixels. */
export function drawn({ document }: Canvas, shapes: readonly Shape[]): Markish {
  const build = ({ name, attributes = {}, content = [] }: Shape): SVGElement => {
    const element = document.createElementNS(SVG, name) as SVGElement;
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== undefined) element.setAttribute(key, typeof value === "number" ? String(round(value)) : value);
    }
    if (typeof content === "string") element.textContent = content;
    else for (const child of content) element.appendChild(build(child));
    return element;
  };
  return () => build({ name: "g", content: shapes });
}
