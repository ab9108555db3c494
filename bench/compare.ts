/**
 * This package and the Python peers in turn, as ratios: `npm run bench:peers` (needs python3-numpy, python3-torch and libopenblas from Debian).
 * Run it on a quiet machine. Batch assembly counts on both sides.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const python = process.env.PYTHON ?? "/usr/bin/python3";
const rounds = Number(process.env.ROUNDS ?? 3);

type Line = Record<string, unknown>;

function lines(command: string, args: string[]): Line[] {
  const { status, stdout, stderr } = spawnSync("taskset", ["-c", "1", command, ...args], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, BENCH_SCALE: process.env.BENCH_SCALE ?? "0.3" },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr.trim().split("\n").at(-1)}`);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

const train = (...args: string[]): number => {
  const epochs = lines(process.execPath, ["bin/gradiente.mjs", "train", "--json", ...args]).filter(({ event }) => event === "epoch");
  return median(epochs.map(({ stepMs }) => stepMs as number));
};
const peer = (script: string, workload: string, pick: (line: Line) => number | null): number => {
  const found = lines(python, [`bench/peers/${script}`, workload, "1"])
    .map(pick)
    .filter((ms) => ms !== null);
  return Math.min(...found);
};
const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];
const step =
  (label: string) =>
  (line: Line): number | null =>
    line.workload === label ? (line.ms_per_step_median as number) + (line.ms_gather_median as number) : null;
const fullBatch = (line: Line): number | null => (line.variant === "float32" ? (line.s_per_step as number) * 1000 : null);

const mlp = ["--model", "mlp", "--hidden", "128", "--epochs", "1"];
const contests = [
  {
    name: "MLP 784-128-10, SGD, batch 32",
    ours: () => train(...mlp, "--optimizer", "sgd", "--lr", "0.1"),
    theirs: () => peer("numpy_peer.py", "mlp", step("mlp-sgd")),
    bar: 0.8,
  },
  {
    name: "MLP 784-128-10, Adam, batch 32",
    ours: () => train(...mlp, "--optimizer", "adam"),
    theirs: () => peer("numpy_peer.py", "mlp", step("mlp-adam")),
    bar: 0.45,
  },
  {
    name: "MLP 784-256-10, full batch of 60,000",
    ours: () => train("--preset", "report-numpy-mlp-256", "--epochs", "6"),
    theirs: () => peer("numpy_peer.py", "fullbatch", fullBatch),
    bar: 1.05,
  },
];

console.log(
  `one thread, ms per step, medians of ${rounds} rounds in turn\n${"".padEnd(40)}${"ours".padStart(10)}${"NumPy".padStart(10)}${"ratio".padStart(8)}${"bar".padStart(8)}`,
);
for (const { name, ours, theirs, bar } of contests) {
  const pairs = Array.from({ length: rounds }, () => [ours(), theirs()]);
  const ratio = median(pairs.map(([a, b]) => a / b));
  console.log(
    `${name.padEnd(40)}${median(pairs.map(([a]) => a))
      .toFixed(4)
      .padStart(10)}${median(pairs.map(([, b]) => b))
      .toFixed(4)
      .padStart(10)}${ratio.toFixed(2).padStart(8)}${bar.toFixed(2).padStart(8)}`,
  );
}
