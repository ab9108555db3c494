/**
 * Runs the mutants: for each, compiles its kernel with the fault and runs the kernel's cases, which have to fail (or trap, or take more than
 * 20 s). Ends with 1 if any mutant survives or does not apply.
 *
 *     tsx test/mutants/run.ts [--all | --shard K/N | --shard-by-commit] [--only NAME]
 *
 * --shard-by-commit is the tenth that the commit's hash selects.
 */
import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { kernels } from "../../src/program/kernels/index.ts";
import { type Mutant, mutants } from "./mutants.ts";
import { applied, judge, ListError } from "./mutate.ts";

const LIMIT = 20_000;
/** Compilation included, on a machine that is busy. */
const PATIENCE = 180_000;

type Verdict = { readonly verdict: "killed" | "survived" | "error"; readonly message: string };
type Message = { readonly kind: "ready" } | { readonly kind: "running" } | ({ readonly kind: "done" } & Verdict);

async function work(): Promise<void> {
  const send = (message: Message): Promise<void> => new Promise((resolve) => process.send?.(message, () => resolve()));
  process.on("message", async (mutant: Mutant) => {
    let verdict: Verdict;
    try {
      const message = await judge(mutant, () => send({ kind: "running" }));
      verdict = message === null ? { verdict: "survived", message: "" } : { verdict: "killed", message };
    } catch (error) {
      verdict = { verdict: "error", message: error instanceof ListError ? error.message : ((error as Error).stack ?? String(error)) };
    }
    await send({ kind: "done", ...verdict });
  });
  await send({ kind: "ready" });
}

/** Verdicts in the order of the list; `report` sees each as it comes. */
function runAll(list: readonly Mutant[], report: (index: number, verdict: Verdict) => void): Promise<Verdict[]> {
  const verdicts: Verdict[] = new Array(list.length);
  let next = 0;
  let left = list.length;
  return new Promise((resolve) => {
    if (left === 0) resolve(verdicts);
    const start = (): void => {
      if (next >= list.length) return;
      const child: ChildProcess = fork(fileURLToPath(import.meta.url), ["--worker"]);
      let current = -1;
      let timer: NodeJS.Timeout | undefined;
      const settle = (verdict: Verdict): void => {
        clearTimeout(timer);
        verdicts[current] = verdict;
        report(current, verdict);
        current = -1;
        if (--left === 0) resolve(verdicts);
      };
      const give = (): void => {
        if (next >= list.length) {
          child.kill();
          return;
        }
        current = next++;
        timer = setTimeout(() => {
          settle({ verdict: "error", message: "the compiler does not end" });
          child.kill("SIGKILL");
        }, PATIENCE);
        child.send(list[current]);
      };
      child.on("message", (message: Message) => {
        if (current < 0 && message.kind !== "ready") return;
        if (message.kind === "running") {
          clearTimeout(timer);
          timer = setTimeout(() => {
            settle({ verdict: "killed", message: `took more than ${LIMIT / 1000} s` });
            child.kill("SIGKILL");
          }, LIMIT);
          return;
        }
        if (message.kind === "done") settle({ verdict: message.verdict, message: message.message });
        give();
      });
      child.on("exit", () => {
        if (current >= 0) settle({ verdict: "error", message: "the process ended" });
        start();
      });
    };
    for (let i = 0; i < Math.min(availableParallelism(), list.length); i++) start();
  });
}

function selected(args: readonly string[]): Mutant[] {
  let list = [...mutants];
  const shard = (k: number, n: number): void => {
    list = list.filter((_, i) => i % n === k % n);
  };
  for (let i = 0; i < args.length; i++) {
    if (args[i] === "--all") continue;
    else if (args[i] === "--only") {
      const name = args[++i];
      list = list.filter(({ kernel, file }) => kernel.includes(name) || file === name);
      if (list.length === 0) throw new Error(`--only ${name}: no kernel or file of that name`);
    } else if (args[i] === "--shard") {
      const [, k, n] = /^(\d+)\/(\d+)$/.exec(args[++i] ?? "") ?? [];
      if (n === undefined || Number(k) < 1 || Number(k) > Number(n)) throw new Error("--shard: expected K/N with 1 <= K <= N");
      shard(Number(k) - 1, Number(n));
    } else if (args[i] === "--shard-by-commit") {
      const commit = execFileSync("git", ["rev-parse", "HEAD"], { encoding: "utf8" }).trim();
      const k = Number.parseInt(commit.slice(0, 8), 16) % 10;
      console.log(`commit ${commit}: shard ${k + 1}/10`);
      shard(k, 10);
    } else throw new Error(`unknown option ${args[i]}: --all, --shard K/N, --shard-by-commit, --only NAME`);
  }
  return list;
}

async function main(): Promise<number> {
  const list = selected(process.argv.slice(2));
  const started = performance.now();
  const wrong = Object.keys(kernels)
    .filter((name) => mutants.filter(({ kernel }) => kernel === name).length < 2)
    .map((name) => `${name}: fewer than two mutants`);
  // Also of those that are not to run: a shard would leave them to rot.
  for (const mutant of mutants) {
    try {
      if (!list.includes(mutant)) applied(mutant);
    } catch (error) {
      wrong.push(`${mutant.kernel}: ${(error as Error).message}`);
    }
  }
  for (const message of wrong) console.log(message);
  const line = (text: string, length: number): string => text.replaceAll("\n", " ").slice(0, length).padEnd(length);
  const verdicts = await runAll(list, (i, { verdict, message }) => {
    const { kernel, file, find, replace } = list[i];
    console.log(
      `${verdict.padEnd(8)}  ${kernel.padEnd(35)}  ${file.padEnd(24)}  ${verdict === "killed" ? line(`${find} -> ${replace}`, 60) : `${find} -> ${replace}`}  ${verdict === "killed" ? line(message.replace(/^\S+ \(\w+\) /, ""), 100) : message}`,
    );
  });
  const count = (verdict: Verdict["verdict"]): number => verdicts.filter((v) => v.verdict === verdict).length;
  const errors = count("error");
  console.log(
    `${list.length} mutants of ${new Set(list.map(({ kernel }) => kernel)).size} kernels in ${((performance.now() - started) / 1000).toFixed(0)} s${errors > 0 ? `, ${errors} that do not apply` : ""}`,
  );
  console.log(`${count("killed")} killed, ${count("survived")} survived`);
  return count("survived") + errors + wrong.length > 0 ? 1 : 0;
}

if (process.argv[2] === "--worker") await work();
else {
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 2;
  }
}
