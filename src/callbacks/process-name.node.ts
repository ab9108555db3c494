/** Which process this is. @module */
import { hostname } from "node:os";

/** The machine's name and the number of the process, as a part of a file's name. */
export const processName = (): string => `${hostname().replace(/[^\w.-]/g, "_") || "localhost"}.${process.pid}`;
