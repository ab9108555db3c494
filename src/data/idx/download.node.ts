/** Files from a list of mirrors. @module */
import { FileError } from "../../errors.ts";
import type { DownloadProgress } from "./mnist.ts";

/** Options of {@link download}. */
export interface DownloadOptions {
  /** The most bytes to take. */
  limit: number;
  /** Called for each piece that arrives. */
  onProgress?: (progress: DownloadProgress) => void;
  /** Gives up on a mirror that is silent for so long. Default 30 s. */
  timeoutMs?: number;
}

/** The bytes at `url`. @throws FileError if the server cannot be reached, refuses, stalls or sends too much */
export async function download(file: string, url: string, options: DownloadOptions): Promise<Uint8Array> {
  const { limit, onProgress, timeoutMs = 30_000 } = options;
  const where = `downloading ${url}`;
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(), timeoutMs);
  const pieces: Uint8Array[] = [];
  let received = 0;
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || response.body === null) throw new FileError({ where, got: `HTTP status ${response.status}`, expected: "200" });
    const declared = Number(response.headers.get("content-length") ?? Number.NaN);
    // A server may send the file with a content encoding; its declared length is then not ours.
    const total = Number.isSafeInteger(declared) && response.headers.get("content-encoding") === null ? declared : null;
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(), timeoutMs);
      received += value.length;
      if (received > limit) throw new FileError({ where, got: `more than ${limit} bytes`, expected: "the dataset's file" });
      pieces.push(value);
      onProgress?.({ file, url, received, total });
    }
  } catch (cause) {
    abort.abort();
    if (cause instanceof FileError) throw cause;
    const { message, cause: inner } = cause as Error;
    throw new FileError({ where, got: inner instanceof Error ? inner.message : message, expected: "an answer" }, { cause });
  } finally {
    clearTimeout(timer);
  }
  const bytes = new Uint8Array(received);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
