/** What a callback takes back from a checkpoint. @module */
import { CheckpointError } from "../errors.ts";
import { isObject, type Test, wrongField } from "../formats/plain-data.ts";

/** The state, if all its fields are what they must be. @throws CheckpointError */
export function savedState<State>(where: string, saved: unknown, tests: Readonly<Record<keyof State & string, Test>>): State {
  const bad = isObject(saved) ? wrongField(saved, tests) : "form";
  if (bad === undefined) return saved as State;
  throw new CheckpointError({ where: `${where}, saved state`, got: `a wrong ${bad}`, expected: "what the callback saved" });
}
