/** What JSON.parse does not tell: keys that stand twice in an object, and depth before any of it is built. @module */
import { CheckpointError } from "../errors.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

/**
 * Reads a JSON text's keys and brackets, whether or not the text is valid.
 * @throws CheckpointError for a key twice in one object, a key `__proto__`, or more than `deepest` brackets open at once
 * @throws SyntaxError for a key that is no JSON string
 */
export function checkJsonKeys(text: string, where: string, deepest: number): void {
  const open: Set<string>[] = [];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === OPEN || c === OPEN_LIST) {
      if (open.length === deepest) throw new CheckpointError({ where, got: `brackets ${deepest + 1} deep at character ${i}`, expected: `at most ${deepest}` });
      open.push(new Set());
    } else if (c === CLOSE || c === CLOSE_LIST) {
      open.pop();
    } else if (c === QUOTE) {
      const from = i++;
      let escaped = false;
      for (let d = text.charCodeAt(i); i < text.length && d !== QUOTE; d = text.charCodeAt(i)) {
        if (d === BACKSLASH) escaped = true;
        i += d === BACKSLASH ? 2 : 1;
      }
      let next = i + 1;
      while (isSpace(text.charCodeAt(next))) next++;
      if (text.charCodeAt(next) !== COLON) continue;
      const key: string = escaped ? JSON.parse(text.slice(from, i + 1)) : text.slice(from + 1, i);
      const keys = open.at(-1);
      if (key === "__proto__" || keys?.has(key)) {
        throw new CheckpointError({
          where,
          got: key === "__proto__" ? `a key ${quote(key)} at character ${from}` : `the key ${quote(key)} a second time at character ${from}`,
          expected: "each key once, none of them __proto__",
        });
      }
      keys?.add(key);
    }
  }
}

const isSpace = (c: number): boolean => c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;

/** A value as JSON, shortened for a message. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
