/**
 * Typed errors. Every message reads `where: got X, expected Y`, with an optional hint on how to go on.
 * @module
 */

/** What an error says, in parts, so that a program can read them too. */
export interface Complaint {
  /** The place: a function, a layer, a file and byte. */
  where: string;
  /** What was found there. */
  got: string;
  /** What would have been right. */
  expected: string;
  /** What the user may do about it. */
  hint?: string;
}

/** Base of every error this package throws; `code` names the kind, `complaint` holds the parts. */
export class GradienteError extends Error {
  readonly code: string;
  readonly complaint: Complaint;
  readonly hint: string | undefined;

  constructor(code: string, complaint: Complaint, options?: ErrorOptions) {
    const hint = complaint.hint === undefined ? "" : `\nHint: ${complaint.hint}`;
    super(`${complaint.where}: got ${complaint.got}, expected ${complaint.expected}${hint}`, options);
    this.name = new.target.name;
    this.code = code;
    this.complaint = complaint;
    this.hint = complaint.hint;
  }
}

/** Shapes that do not fit: layers, data, labels, broadcasting. */
export class ShapeError extends GradienteError {
  constructor(complaint: Complaint) {
    super("shape", complaint);
  }
}

/** An option or argument outside what it may be. */
export class ConfigError extends GradienteError {
  constructor(complaint: Complaint) {
    super("config", complaint);
  }
}

/** A file or value that is not what its format says. */
export class DataFormatError extends GradienteError {
  constructor(complaint: Complaint, options?: ErrorOptions) {
    super("data-format", complaint, options);
  }
}

/** A model file or checkpoint that cannot be used. */
export class CheckpointError extends GradienteError {
  constructor(complaint: Complaint, options?: ErrorOptions) {
    super("checkpoint", complaint, options);
  }
}

/** A number that is not finite where it must be: data, a weight, a loss. */
export class NumericError extends GradienteError {
  constructor(complaint: Complaint) {
    super("numeric", complaint);
  }
}

/** Linear memory cannot grow as far as asked. */
export class OutOfMemoryError extends GradienteError {
  constructor(complaint: Complaint) {
    super("out-of-memory", complaint);
  }
}

/** The kernels could not be loaded. */
export class WasmInitError extends GradienteError {
  constructor(complaint: Complaint, options?: ErrorOptions) {
    super("wasm-init", complaint, options);
  }
}

/** A thread could not start, failed or was killed. Unless it was at the start, the weights may be those of half a step. */
export class ThreadError extends GradienteError {
  constructor(complaint: Complaint, options?: ErrorOptions) {
    super("thread", complaint, options);
  }
}

/** A file that could not be read or written. */
export class FileError extends GradienteError {
  constructor(complaint: Complaint, options?: ErrorOptions) {
    super("file", complaint, options);
  }
}

/** A command line that cannot be understood (exit status 2). */
export class UsageError extends GradienteError {
  constructor(complaint: Complaint) {
    super("usage", complaint);
  }
}
