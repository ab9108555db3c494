/** How much of the long tests runs: all of it, or with GRADIENTE_LONG=short a piece of each, in seconds. */
export const short = process.env.GRADIENTE_LONG === "short";

/** `whole`, or in the short version `piece`. */
export const length = <T>(whole: T, piece: T): T => (short ? piece : whole);
