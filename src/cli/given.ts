/** What was typed. @module */
import type { Command } from "commander";

/** The options that were given on a command line, but for some, as they would be typed again, with a blank behind each. @param except names as commander has them */
export function givenArguments(command: Command, except: readonly string[]): string {
  const given = command.options.flatMap((option) => {
    const name = option.attributeName();
    if (except.includes(name) || command.getOptionValueSource(name) !== "cli") return [];
    const value: unknown = command.getOptionValue(name);
    if (typeof value !== "string") return value === !option.negate ? [`${option.long} `] : [];
    return [`${option.long} ${/^[\w.,/:@%+=-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`} `];
  });
  return given.join("");
}
