/** Random numbers: src/random.ts has the generator. @module */
import { fillNormal, fillUniform } from "../../random.ts";
import type { References } from "./reference.ts";

export const random: References<"fill_uniform_f32" | "fill_normal_f32"> = {
  fill_uniform_f32: ({ y, n, key }) => fillUniform(y, n, [key[0], key[1]]),
  fill_normal_f32: ({ y, n, key }) => fillNormal(y, n, [key[0], key[1]]),
};
