/** The cases of every kernel of the table: the compiler wants one for each. */
import type { KernelName } from "../../../src/program/kernels/index.ts";
import type { KernelCases } from "../harness.ts";
import { activation } from "./activation.ts";
import { elementwise } from "./elementwise.ts";
import { gather } from "./gather.ts";
import { gemm } from "./gemm.ts";
import { optimizer } from "./optimizer.ts";
import { random } from "./random.ts";
import { reduction } from "./reduction.ts";
import { shift } from "./shift.ts";
import { softmax } from "./softmax.ts";
import { sparse } from "./sparse.ts";

export const families = { activation, elementwise, gather, gemm, optimizer, random, reduction, shift, softmax, sparse };

export const cases = {
  ...activation,
  ...elementwise,
  ...gather,
  ...gemm,
  ...optimizer,
  ...random,
  ...reduction,
  ...shift,
  ...softmax,
  ...sparse,
} satisfies Record<KernelName, KernelCases>;
