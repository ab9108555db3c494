/** Writes the generated kernels. Run by scripts/build-kernels.mjs before asc. @module */
import { mkdirSync, writeFileSync } from "node:fs";
import { convPlanes } from "./conv-plane.ts";
import { convTiles } from "./conv-tile.ts";
import { convWindows } from "./conv-window.ts";
import { depthwiseTiles } from "./depthwise-tile.ts";
import { dotTiles } from "./dot-tile.ts";
import { outerTiles } from "./outer-tile.ts";
import { peakLoop } from "./peak.ts";
import { convSlices, sparseSlices } from "./sparse-slice.ts";
import { winograd } from "./winograd.ts";

const folder = new URL("../../build/generated/", import.meta.url);
const modules: Record<string, string> = {
  "outer-tiles": outerTiles(),
  "dot-tiles": dotTiles(),
  "conv-planes": convPlanes(),
  "conv-tiles": convTiles(),
  "depthwise-tiles": depthwiseTiles(),
  "sparse-slices": sparseSlices(),
  "conv-windows": convWindows(),
  "conv-slices": convSlices(),
  "peak-loop": peakLoop(),
  winograd: winograd(),
};

mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(modules)) writeFileSync(new URL(`${name}.ts`, folder), `// Written by assembly/generate; not to be edited.\n${text}`);
