/**
 * Convolution (stride 1, no padding) + bias + rectifier + 2x2 max-pooling in one, which never stores the map that is pooled, and its
 * gradients, which use that at most one of a window's four positions has one. x [N,H,W,C], y, dy and code [N,PH,PW,OC].
 * @module
 */
import { flag, inout, input, kernel, optional, out, SHARD, type Sizes, type Split, scratch, size } from "./kernel.ts";

/** Output channels that are listed together. */
const GROUP = 64;

const upTo4 = (n: number): number => Math.ceil(n / 4) * 4;

/** Windows per sample: PH x PW. */
export const windowsOf = ({ H, W, KH, KW }: Sizes): number => Math.floor((H - KH + 1) / 2) * Math.floor((W - KW + 1) / 2);

const image = (s: Sizes): number => s.H * s.W * s.C;
/** An image without its border. */
const inner = (s: Sizes): number => s.IH * s.IW * s.C;
const pooled = (s: Sizes): number => windowsOf(s) * s.OC;
const filters = (s: Sizes): number => s.OC * s.KH * s.KW * s.C;
const groups = (s: Sizes): number => Math.ceil(s.OC / GROUP);
/** Bytes of a sample's lists by output position. */
export const channelListsOf = (s: Sizes): number => pooled(s) + 8 * groups(s);
const blocks = (s: Sizes): number => (s.N === 0 ? 0 : Math.ceil(s.N / s.block));
const perSample =
  (extent: (s: Sizes) => number) =>
  (s: Sizes): number =>
    s.N * extent(s);
const perShard =
  (extent: (s: Sizes) => number) =>
  (s: Sizes): number =>
    Math.ceil(s.N / SHARD) * extent(s);
const dense = (s: Sizes): number => 2 * s.N * 4 * pooled(s) * s.KH * s.KW * s.C;
const sample = { N: size, H: size, W: size, C: size };
const filter = { OC: size, KH: size, KW: size };
const along = (shift: Split["shift"], grain?: Split["grain"]): Split => ({ along: "N", shift, ...(grain !== undefined && { grain }) });
const windows = (s: Sizes): number => 2 * windowsOf(s);

/** Products of three windows, the transformed patches of 24 and the transformed filters, where conv_window_forward_f32 transforms them. */
const tilesScratch = ({ C, OC, KH, KW }: Sizes): number =>
  KH === 3 && KW === 3 && C > 1 && C <= 4 ? 192 + 4 * (24 * 16 + 16) + Math.ceil(OC / 8) * 128 * C : 0;

/** windows [N,PH*PW,2] = { index, byte offset of its patch in the image } of the pooling windows whose patch is not all +0; counts [N] = how many. */
export const conv_windows_f32 = kernel(
  {
    windows: out("i32", perSample(windows)),
    counts: out("i32", (s) => s.N),
    x: input("f32", perSample(image)),
    ...sample,
    KH: size,
    KW: size,
  },
  () => 0,
  along({ windows, counts: () => 1, x: image }),
);

/**
 * y = max over each window of (x * w) + bias, not below 0 if relu is 1, and code = 2 row + column of the maximum, the first of equals.
 * w is packed by conv2d_pack_nhwc_forward_f32. Only the listed windows are computed; the others see zeros.
 */
export const conv_window_forward_f32 = kernel(
  {
    y: out("f32", perSample(pooled)),
    code: out("u8", perSample(pooled)),
    x: input("f32", perSample(image)),
    w: input("f32", (s) => Math.ceil(s.OC / 8) * 8 * s.KH * s.KW * s.C),
    bias: optional("f32", (s) => s.OC),
    windows: input("i32", perSample(windows)),
    counts: input("i32", (s) => s.N),
    scratch: scratch("f32", tilesScratch),
    ...sample,
    ...filter,
    relu: flag,
  },
  dense,
  along({ y: pooled, code: pooled, x: image, windows, counts: () => 1 }),
);

/**
 * Parts, one for each SHARD of samples, of the gradients of w (dw [shards,OC,KH,KW,C]) and bias (db [shards,OC]). With relu 1 only
 * windows with y > 0 count. Needs KH = 3 and KW C <= 12, or KH = 5 and KW C <= 8; (W + 1) C < 2^16.
 */
export const conv_window_gradient_f32 = kernel(
  {
    dw: out("f32", perShard(filters)),
    db: out(
      "f32",
      perShard((s) => s.OC),
    ),
    x: input("f32", perSample(image)),
    dy: input("f32", perSample(pooled)),
    y: input("f32", perSample(pooled)),
    code: input("u8", perSample(pooled)),
    windows: input("i32", perSample(windows)),
    counts: input("i32", (s) => s.N),
    scratch: scratch("entries", (s) => windowsOf(s) * (4 + Math.ceil(s.OC / 2)) + 2),
    ...sample,
    ...filter,
    relu: flag,
  },
  dense,
  along(
    {
      dw: (s) => filters(s) / SHARD,
      db: (s) => s.OC / SHARD,
      x: image,
      dy: pooled,
      y: pooled,
      code: pooled,
      windows,
      counts: () => 1,
    },
    SHARD,
  ),
);

/** y [n] = sum over the shards of rows samples, in their order, of parts [shards,n] + beta y. */
export const sum_shards_f32 = kernel(
  { y: inout("f32", (s) => s.n), parts: input("f32", (s) => Math.ceil(s.rows / SHARD) * s.n), rows: size, n: size, beta: flag },
  (s) => Math.ceil(s.rows / SHARD) * s.n,
);

/**
 * Lists of the gradients that pass maximum and rectifier and are not 0, twice. By output position: for each group of 64 channels (the last may be
 * smaller), window and place, the channels, counted from the group's first; a window's four lists follow each other, 8 bytes more follow a group's, lengths
 * windowCounts [N,groups,PH*PW,4]. By output channel: for each `block` of samples (1, 2 or 4) { byte offset in the block's x of the place
 * that won, gradient }, in order of windows, lengths channelCounts [blocks,OC]. db [shards,OC]: their sums over SHARDs of samples.
 */
export const conv_block_lists_f32 = kernel(
  {
    windowChannels: out("u8", perSample(channelListsOf)),
    windowCounts: out("i32", (s) => s.N * groups(s) * windowsOf(s) * 4),
    channelEntries: out("entries", (s) => blocks(s) * s.block * pooled(s)),
    channelCounts: out("i32", (s) => blocks(s) * s.OC),
    db: out(
      "f32",
      perShard((s) => s.OC),
    ),
    dy: input("f32", perSample(pooled)),
    y: input("f32", perSample(pooled)),
    code: input("u8", perSample(pooled)),
    scratch: scratch("f32", (s) => windowsOf(s) * (s.OC + 2 + 2 * s.block) + upTo4(s.OC)),
    ...sample,
    ...filter,
    block: size,
    relu: flag,
  },
  () => 0,
  along(
    {
      windowChannels: channelListsOf,
      windowCounts: (s) => groups(s) * windowsOf(s) * 4,
      channelEntries: pooled,
      channelCounts: (s) => s.OC / s.block,
      db: (s) => s.OC / SHARD,
      dy: pooled,
      y: pooled,
      code: pooled,
    },
    SHARD,
  ),
);

/** dx [N,IH,IW,C] = gradient of x + beta dx, from dy and the lists by output position of conv_block_lists_f32; x [N,H,W,C] is dx's image at (top, left) in a border. */
export const conv_block_backward_input_f32 = kernel(
  {
    dx: inout("f32", perSample(inner)),
    windowChannels: input("u8", perSample(channelListsOf)),
    windowCounts: input("i32", (s) => s.N * groups(s) * windowsOf(s) * 4),
    dy: input("f32", perSample(pooled)),
    w: input("f32", filters),
    ...sample,
    ...filter,
    IH: size,
    IW: size,
    top: size,
    left: size,
    beta: flag,
    scratch: scratch(
      "f32",
      (s) => GROUP + 1 + 12 * windowsOf(s) + 3 + 2 * (windowsOf(s) * Math.min(s.OC, GROUP) + 3) + (s.IH === s.H && s.IW === s.W ? 0 : image(s)),
    ),
  },
  dense,
  along({ dx: inner, windowChannels: channelListsOf, windowCounts: (s) => groups(s) * windowsOf(s) * 4, dy: pooled }),
);

/** dw [OC,KH,KW,C] = gradient of w + beta dw, from the lists by output channel, of whose `channels` channels these are OC. */
export const conv_block_backward_filter_f32 = kernel(
  {
    dw: inout("f32", filters),
    channelEntries: input("entries", (s) => blocks(s) * s.block * windowsOf(s) * s.channels),
    channelCounts: input("i32", (s) => blocks(s) * s.channels),
    x: input("f32", perSample(image)),
    ...sample,
    ...filter,
    block: size,
    channels: size,
    beta: flag,
  },
  dense,
  { along: "OC", shift: { dw: (s) => s.KH * s.KW * s.C, channelEntries: (s) => s.block * windowsOf(s), channelCounts: () => 1 } },
);
