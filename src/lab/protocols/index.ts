/** The ways to run a study, by name. @module */
import { asPrinted } from "./as-printed.ts";
import { carryOver } from "./carry-over.ts";
import { fair } from "./fair.ts";
import type { Protocol, ProtocolName } from "./protocol.ts";

export type { Arm, CellRun, Execute, Protocol, ProtocolName, ProtocolOptions, RateTried, Tuning } from "./protocol.ts";
export { protocolNames } from "./protocol.ts";

export const protocols: Readonly<Record<ProtocolName, Protocol>> = { "as-printed": asPrinted, "carry-over": carryOver, fair };
