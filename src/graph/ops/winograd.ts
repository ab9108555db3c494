/** Which convolutions are computed by Winograd's algorithm, and by which tiles. @module */

/** A convolution of stride 1 with filters of r x r, for the choice of its tiles. */
export interface WinogradShape {
  /** Outputs that are needed of each image. */
  readonly rows: number;
  readonly columns: number;
  /** Channels that are summed over. */
  readonly C: number;
  /** Channels of the result. */
  readonly OC: number;
  readonly r: number;
  /** Pixels from tap to tap. */
  readonly dilation: number;
  /** Pairs of an output and a tap of an image that the direct sum multiplies. */
  readonly pairs: number;
}

/** Outputs of a tile's side, and tiles that are worked on at a time. */
export interface WinogradTiles {
  readonly tile: number;
  readonly block: number;
}

/** By r. Larger tiles of 5 x 5 filters than 4, or of 3 x 3 filters than 6, err by more than 1e-5. */
const TILES: Readonly<Record<number, readonly number[]>> = { 3: [2, 3, 4, 5, 6], 5: [2, 4] };

/** A tile that is more exact is preferred to a larger one that is this much faster. */
const WORTHWHILE = 0.95;
/** Direct convolution is preferred unless Winograd's cost is less than this share of its own: it is exact, and its cost surer. */
const BETTER = 0.9;

const upTo = (n: number, multiple: number): number => Math.ceil(n / multiple) * multiple;

/** Multiplications per image, phase by phase where taps lie apart, and what costs as much: the transforms of a channel's tile, measured as 1.5 n - 2 for each of its n x n places. */
function cost(tile: number, { rows, columns, C, OC, r, dilation }: WinogradShape): number {
  const n = tile + r - 1;
  const [inner, outer] = [upTo(C, 4), upTo(OC, 8)];
  const [down, across] = [rows, columns].map((outputs) => dilation * Math.ceil(Math.ceil(outputs / dilation) / tile));
  return down * across * n * n * (inner * outer + (1.5 * n - 2) * (inner + outer));
}

/**
 * The tiles with the least cost, or null where direct convolution is better: few channels, few outputs, or filters of another size. It depends
 * on shapes alone, so that the mode, the batch and the machine do not show.
 *
 * Errors in f32 (largest error by largest value, forward and gradients; the direct sum has 4e-7 to 2e-6): F(2,3) 1e-6, F(3,3) 2e-6, F(4,3) 4e-6,
 * F(5,3) and F(6,3) 8e-6, F(2,5) 5e-6 (gradient of the filters 1.5e-5), F(4,5) 8e-6. test/kernels/winograd.test.ts holds ten times as much.
 */
export function chooseWinograd(shape: WinogradShape): WinogradTiles | null {
  const { rows, columns, C, OC, r, pairs } = shape;
  if (!(r in TILES) || rows < 1 || columns < 1) return null;
  const least = Math.min(...TILES[r].map((tile) => cost(tile, shape)));
  if (least >= BETTER * pairs * C * upTo(OC, 8)) return null;
  const tile = TILES[r].find((m) => cost(m, shape) * WORTHWHILE <= least) as number;
  return { tile, block: blockOf(tile + r - 1) };
}

/** Tiles whose products with 8 channels take 32 KB: they are read again from the L1 cache. */
const blockOf = (n: number): number => Math.max(12, Math.floor(1024 / (n * n)));
