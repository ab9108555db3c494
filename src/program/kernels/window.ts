/** The size arguments that convolutions and pooling share. @module */
import { size } from "./kernel.ts";

/** Images [N,H,W,C] and the places of their windows. */
export const images = { N: size, H: size, W: size, C: size, OH: size, OW: size };
/** Windows: their size, the steps between them, and what lies outside above and to the left. */
export const windows = { KH: size, KW: size, strideH: size, strideW: size, padTop: size, padLeft: size };
