import { write_constants } from "../simd/constants";
import { first_lanes, max_lanes, max_row, store_tail, sum_lanes } from "../simd/f32x4";

/** Below this lie only constants of the kernels (see as-pect.asconfig.json). */
const SCRATCH: usize = 6144;
const CANARY: i32 = 0x7fc0dead;

describe("lanes", () => {
  beforeAll(() => {
    write_constants();
  });

  it("store_tail stores n & 3 lanes and nothing else", () => {
    for (let n: i32 = 0; n < 8; n++) {
      v128.store(SCRATCH, i32x4.splat(CANARY));
      store_tail(SCRATCH, i32x4(1, 2, 3, 4), n);
      for (let i: i32 = 0; i < 4; i++) expect(load<i32>(SCRATCH + 4 * i)).toBe(i < (n & 3) ? i + 1 : CANARY, "lane " + i.toString() + " of " + n.toString());
    }
  });

  it("first_lanes masks from the left", () => {
    for (let n: i32 = 0; n <= 4; n++) expect(i32x4.bitmask(first_lanes(n))).toBe((1 << n) - 1);
  });

  it("sum_lanes adds (0 + 2) + (1 + 3)", () => {
    expect(sum_lanes(f32x4(1e8, 1, -1e8, 2))).toBe(3);
  });

  it("max_lanes hands on NaN from any lane", () => {
    expect(max_lanes(f32x4(-4, -1, -3, -2))).toBe(-1);
    expect(max_lanes(f32x4(1, 2, 3, NaN))).toBeNaN();
    expect(max_lanes(f32x4(NaN, 2, 3, 4))).toBeNaN();
  });

  it("max_row leaves out what follows the row", () => {
    for (let i: i32 = 0; i < 12; i++) store<f32>(SCRATCH + 4 * i, <f32>i - 100);
    for (let n: i32 = 1; n < 12; n++) expect(max_row(SCRATCH, n)).toBe(<f32>n - 101);
    expect(max_row(SCRATCH, 0)).toBe(-Infinity);
    store<f32>(SCRATCH + 20, NaN);
    expect(max_row(SCRATCH, 5)).toBe(-96);
    expect(max_row(SCRATCH, 6)).toBeNaN();
  });
});
