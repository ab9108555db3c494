/** How a command fails. @module */
import { CommanderError } from "commander";
import { GradienteError, UsageError } from "../errors.ts";
import type { Io } from "./io.ts";

const FAILED = 1;
const BAD_USAGE = 2;

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

/**
 * Tells the error, on stdout with `json` and else on stderr; returns the exit status. `GRADIENTE_DEBUG=1` adds the stack.
 * @param study the one of several that failed
 */
export function fail(error: unknown, json: boolean, io: Io, study?: string): number {
  const { code, message, hint } = describe(error);
  if (json) io.json({ event: "error", ...(study !== undefined && { study }), code, message, hint });
  else {
    io.error(io.colour.red(`error${study === undefined ? "" : ` in study ${study}`}: ${message}`));
    if (hint !== null) io.error(`hint: ${hint}`);
  }
  if (process.env.GRADIENTE_DEBUG === "1" && error instanceof Error) io.error(error.stack ?? String(error));
  return error instanceof UsageError || error instanceof CommanderError ? BAD_USAGE : FAILED;
}

function describe(error: unknown): Failure {
  if (error instanceof GradienteError) {
    const { where, got, expected } = error.complaint;
    return { code: error.code, message: `${where}: got ${got}, expected ${expected}`, hint: error.hint ?? null };
  }
  if (error instanceof CommanderError) {
    const [message, suggestion] = error.message.replace(/^error: /, "").split("\n");
    return { code: "usage", message, hint: suggestion?.replace(/^\((.*)\)$/, "$1").replace(/^Did/, "did") ?? null };
  }
  return {
    code: "internal",
    message: error instanceof Error ? error.message : String(error),
    hint: "this is a fault of gradiente: GRADIENTE_DEBUG=1 shows where",
  };
}
