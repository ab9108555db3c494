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
  /** Rewrites the last lines of a terminal, as many as it wrote before; nothing elsewhere. Lines must be shorter than the terminal is wide. */
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
  /** Lines that the next output takes the place of. */
  let pending = 0;
  const home = (): string => (pending > 1 ? `\r\x1b[${pending - 1}A` : "\r");
  const clear = (): void => {
    if (pending > 0) stdout.write(`${home()}\x1b[J`);
    pending = 0;
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
      const lines = text.split("\n");
      // Back to the first column: the ^C that a terminal writes must not begin another line.
      stdout.write(`${home()}${lines.join("\x1b[K\n")}\x1b[J\r`);
      pending = lines.length;
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
