/** An IDX file of bytes. */
export function idx(shape: readonly number[], data: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x0800 + shape.length);
  shape.forEach((dim, i) => {
    view.setUint32(4 + 4 * i, dim);
  });
  bytes.set(data, 4 + 4 * shape.length);
  return bytes;
}
