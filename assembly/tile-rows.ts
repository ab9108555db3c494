/** Rows cut into tiles of 6 and fewer, all nearly alike: 32 are 6 + 6 + 5 + 5 + 5 + 5, as small tiles do not fill the processor. */

/** Tiles of n rows. */
// @ts-ignore: decorator
@inline
export function tiles_of(n: usize): usize {
  return (n + 5) / 6;
}

/** Rows of the next of the tiles that are left: ceil(left / tiles). */
// @ts-ignore: decorator
@inline
export function tile_rows(left: usize, tiles: usize): usize {
  let rows: usize = 6;
  for (let full: usize = 5 * tiles; left <= full; full -= tiles) --rows;
  return rows;
}
