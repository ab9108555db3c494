/** Where the command line writes to. @module */
import picocolors from "picocolors";

/** Output of a command. */
export interface Io {
  /** A line on stdout. */
  print(text: string): void;
  /** A JSON line on stdout. */
  json(value: unknown): void;
  /** A line on stderr. */
  error(text: string): void;
  /** Rewrites the last line of a terminal; nothing elsewhere. */
  progress(text: string): void;
  readonly isTerminal: boolean;
  /** Columns; 100 where there is no terminal. */
  readonly width: number;
  readonly colour: ReturnType<typeof picocolors.createColors>;
}

/** The process's own streams. */
export function processIo(): Io {
  const { stdout, stderr } = process;
  const isTerminal = stdout.isTTY === true;
  // A reader that leaves (`| head`) does not end a training run: there may be a model to save.
  stdout.on("error", ignoreClosedPipe);
  stderr.on("error", ignoreClosedPipe);
  let pending = false;
  const clear = (): void => {
    if (pending) stdout.write("\r\x1b[K");
    pending = false;
  };
  return {
    print(text) {
      clear();
      stdout.write(`${text}\n`);
    },
    json: (value) => void stdout.write(`${JSON.stringify(value)}\n`),
    error(text) {
      clear();
      stderr.write(`${text}\n`);
    },
    progress(text) {
      if (!isTerminal) return;
      stdout.write(`\r${text}\x1b[K`);
      pending = true;
    },
    isTerminal,
    get width() {
      return stdout.columns ?? 100;
    },
    // CI counts as a place with colours for picocolors, also in files.
    colour: picocolors.createColors(picocolors.isColorSupported && (isTerminal || (process.env.FORCE_COLOR ?? "0") !== "0")),
  };
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
