/** Images of one size, one after another. @module */
import { DataFormatError, ShapeError } from "../../errors.ts";
import { type DecodedImage, decodePng } from "./png.ts";
import { resizeImage } from "./resize.ts";

/** The most bytes of pixels. */
const MOST_BYTES = 2 ** 31;

/** So many images, as they are added. */
export class ImageStack {
  private readonly count: number;
  private readonly channels: 1 | 3 | undefined;
  private readonly size: readonly [number, number] | undefined;
  private readonly limit: number;
  private filled = 0;
  private first: { readonly where: string; readonly height: number; readonly width: number; channels: 1 | 3 } | null = null;
  private pixels = new Uint8Array(0);

  /** @param count how many will be added */
  constructor(count: number, options: { channels?: 1 | 3; size?: readonly [number, number] }, limit = MOST_BYTES) {
    this.count = count;
    this.channels = options.channels;
    this.size = options.size;
    this.limit = limit;
  }

  /** All images, row-major. */
  get data(): Uint8Array {
    return this.pixels;
  }

  /** Of one image: height, width, channels. */
  get shape(): [number, number, number] {
    const { height, width, channels } = this.first ?? { height: 0, width: 0, channels: 1 };
    return [height, width, channels];
  }

  /** Adds the image of a PNG file. @throws DataFormatError, ShapeError for another size than the first one's */
  add(bytes: Uint8Array, where: string): void {
    const decoded = decodePng(bytes, where, { channels: this.channels ?? "auto" });
    const image = this.size === undefined ? decoded : resizeImage(decoded, ...this.size);
    if (this.first === null) {
      const { height, width, channels } = image;
      this.first = { where, height, width, channels };
      this.pixels = this.room(channels, where);
    }
    const { first } = this;
    if (image.height !== first.height || image.width !== first.width) {
      throw new ShapeError({
        where,
        got: sizeOf(image),
        expected: `${sizeOf(first)}, as of ${first.where}`,
        hint: "bring all images to one size: imageFolder(directory, { size: [height, width] }); on the command line --resize WIDTHxHEIGHT, in evaluate --resize alone",
      });
    }
    if (image.channels > first.channels) this.becomeColour(first, where);
    const width = first.height * first.width * first.channels;
    this.pixels.set(image.channels === first.channels ? image.data : colours(image.data), this.filled * width);
    this.filled++;
  }

  private becomeColour(first: { channels: 1 | 3 }, where: string): void {
    const [height, width] = this.shape;
    const grey = this.pixels.subarray(0, this.filled * height * width);
    const room = this.room(3, where);
    room.set(colours(grey));
    this.pixels = room;
    first.channels = 3;
  }

  private room(channels: number, where: string): Uint8Array<ArrayBuffer> {
    const [height, width] = this.shape;
    const total = this.count * height * width * channels;
    if (total <= this.limit) return new Uint8Array(total);
    throw new DataFormatError({
      where,
      got: `${width} x ${height} pixels of ${channels} channels, ${total} bytes for ${this.count} images`,
      expected: `at most ${this.limit} bytes in all`,
      hint: "give a smaller size, or train on a stream of batches",
    });
  }
}

const sizeOf = ({ width, height }: Pick<DecodedImage, "width" | "height">): string => `${width} x ${height} pixels`;

/** Grey pixels as red, green and blue. */
function colours(grey: Uint8Array): Uint8Array {
  const data = new Uint8Array(grey.length * 3);
  for (let i = 0; i < data.length; i++) data[i] = grey[Math.floor(i / 3)];
  return data;
}
