/** Rows of the next tile of those that are left: 6, unless the last ones are then better cut into tiles of 5 and 4 (8 as 4 + 4, 13 as 5 + 4 + 4). */
// @ts-ignore: decorator
@inline
export function tile_rows(left: usize): usize {
  if (left < 6) return left;
  if (left == 7 || left == 8) return 4;
  return left == 9 || left == 13 ? 5 : 6;
}
