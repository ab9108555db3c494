/** How the cores are shared out. @module */
import { ConfigError } from "../../errors.ts";
import { MOST_THREADS } from "../../runtime/runtime.ts";
import { availableCores } from "../../runtime/spawn.ts";

/** How many workers, and threads of each. @throws ConfigError */
export async function placesFor(where: string, asked: number | undefined): Promise<{ workers: number; threads: number }> {
  const cores = await availableCores();
  const workers = asked ?? Math.min(cores, MOST_THREADS);
  if (!Number.isInteger(workers) || workers < 1 || workers > MOST_THREADS)
    throw new ConfigError({ where, got: String(workers), expected: `an integer from 1 to ${MOST_THREADS}` });
  return { workers, threads: Math.min(MOST_THREADS, Math.max(1, Math.floor(cores / workers))) };
}
