/** First values of parameters. @module */
export { constant, ones, zeros } from "./constant.ts";
export { glorotNormal, glorotUniform } from "./glorot.ts";
export { heNormal, heUniform } from "./he.ts";
export type { Initializer } from "./initializer.ts";
export { lecunNormal, lecunUniform } from "./lecun.ts";
export { type OrthogonalOptions, orthogonal } from "./orthogonal.ts";
export { type RandomNormalOptions, randomNormal } from "./random-normal.ts";
export { type RandomUniformOptions, randomUniform } from "./random-uniform.ts";
export { describeInitializer, type InitializerConfig, initializerFromConfig } from "./registry.ts";
