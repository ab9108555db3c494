/** Random numbers: src/random.ts has the generator. @module */
import { fillNormal, fillUniform, threefry } from "../../random.ts";
import type { References } from "./reference.ts";

export const random: References<"fill_uniform_f32" | "fill_normal_f32" | "dropout_mask_f32" | "normal_rows_f32"> = {
  fill_uniform_f32: ({ y, n, key }) => fillUniform(y, n, [key[0], key[1]]),
  fill_normal_f32: ({ y, n, key }) => fillNormal(y, n, [key[0], key[1]]),
  dropout_mask_f32({ y, key, positions, n, width, threshold, value, stream }) {
    for (let i = 0; i < n; i++) {
      const row = y.subarray(i * width, (i + 1) * width);
      threefry(rowKey, key[0], key[1], positions[i], stream);
      fillUniform(row, width, rowKey);
      for (let j = 0; j < width; j++) row[j] = row[j] * 2 ** 24 >= threshold ? value : 0;
    }
  },
  normal_rows_f32({ y, key, positions, n, width, mean, stddev, stream }) {
    for (let i = 0; i < n; i++) {
      const row = y.subarray(i * width, (i + 1) * width);
      threefry(rowKey, key[0], key[1], positions[i], stream);
      fillNormal(row, width, rowKey);
      for (let j = 0; j < width; j++) row[j] = Math.fround(Math.fround(Math.fround(stddev) * row[j]) + Math.fround(mean));
    }
  },
};

const rowKey: [number, number] = [0, 0];
