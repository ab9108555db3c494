/**
 * This package and the Python peers in turn, as ratios: `npm run bench:peers [-- part of a contest's name]` (needs python3-numpy, python3-torch
 * and libopenblas from Debian). Run it on a quiet machine. Batch assembly counts on both sides, softmax in inference too.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const python = process.env.PYTHON ?? "/usr/bin/python3";
const rounds = Number(process.env.ROUNDS ?? 3);
const [wanted = ""] = process.argv.slice(2);

type Line = Record<string, unknown>;
interface Contest {
  readonly name: string;
  readonly peer: "NumPy" | "PyTorch";
  /** Milliseconds. */
  readonly ours: () => number;
  readonly theirs: () => number;
  /** The ratio to stay below; null where none is set. */
  readonly bar: number | null;
}

/** The JSON lines of a command on as many cores as it has threads. */
function lines(threads: number, command: string, args: string[]): Line[] {
  const { status, stdout, stderr } = spawnSync("taskset", ["-c", threads === 1 ? "1" : `0-${threads - 1}`, command, ...args], {
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

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];
const ms = (line: Line, ...fields: string[]): number => fields.reduce((sum, field) => sum + (line[field] as number), 0);

/** Median step of `gradiente train`. */
function train(threads: number, ...args: string[]): number {
  const found = lines(threads, process.execPath, ["bin/gradiente.mjs", "train", "--json", "--threads", String(threads), ...args]);
  return median(found.filter(({ event }) => event === "epoch").map((line) => ms(line, "stepMs")));
}

/** What bench/networks.ts measures. */
function networks(threads: number, workload: string): Line[] {
  return lines(threads, process.execPath, ["--import", "tsx", "bench/networks.ts", workload, String(threads)]);
}

/** The fastest variant of a peer. */
function peer(threads: number, script: string, workload: string, pick: (line: Line) => number | null): number {
  const found = lines(threads, python, [`bench/peers/${script}`, workload, String(threads)]);
  return Math.min(...found.map(pick).filter((value) => value !== null));
}

const step =
  (label: string) =>
  (line: Line): number | null =>
    line.workload === label ? ms(line, "ms_per_step_median", "ms_gather_median") : null;
const torchStep = (threads: number, workload: string, label = workload): number => peer(threads, "torch_peer.py", workload, step(label));
const fullBatch = (line: Line): number | null => (line.variant === "float32" ? ms(line, "s_per_step") * 1000 : null);

const mlp = ["--model", "mlp", "--hidden", "128", "--epochs", "1"];
const againstNumpy: Contest[] = [
  {
    name: "MLP 784-128-10, SGD, batch 32",
    peer: "NumPy",
    ours: () => train(1, ...mlp, "--optimizer", "sgd", "--lr", "0.1"),
    theirs: () => peer(1, "numpy_peer.py", "mlp", step("mlp-sgd")),
    bar: 0.8,
  },
  {
    name: "MLP 784-128-10, Adam, batch 32",
    peer: "NumPy",
    ours: () => train(1, ...mlp, "--optimizer", "adam"),
    theirs: () => peer(1, "numpy_peer.py", "mlp", step("mlp-adam")),
    bar: 0.45,
  },
  {
    name: "MLP 784-256-10, full batch of 60,000",
    peer: "NumPy",
    ours: () => train(1, "--preset", "report-numpy-mlp-256", "--epochs", "6"),
    theirs: () => peer(1, "numpy_peer.py", "fullbatch", fullBatch),
    bar: 1.05,
  },
];

const report = ["--preset", "report-cnn", "--epochs", "1"];
const reportCnn = (name: string, threads: number, bar: number, more: string[], workload = "cnn"): Contest => ({
  name: `report's CNN, ${name}`,
  peer: "PyTorch",
  ours: () => train(threads, ...report, ...more),
  theirs: () => torchStep(threads, workload, "cnn"),
  bar,
});

const recurrent = (name: string, model: string, threads: number, bar: number | null): Contest => ({
  name: `${name} 28-128-10 over 28 rows${threads === 1 ? "" : `, ${threads} threads`}`,
  peer: "PyTorch",
  ours: () => train(threads, "--model", model, "--epochs", "1", "--limit", "19200"),
  theirs: () => torchStep(threads, model),
  bar,
});

const inference = (batch: number, bar: number): Contest => ({
  name: `report's CNN, inference, batch ${batch}`,
  peer: "PyTorch",
  ours: () => ms(networks(1, "infer").find((line) => line.batch === batch) as Line, "msPerCall"),
  theirs: () => peer(1, "torch_peer.py", "infer", (line) => (line.batch === batch ? ms(line, "ms_per_call_median") : null)),
  bar,
});

const batchNorm = (threads: number): Contest => ({
  name: `batch normalization + ReLU${threads === 1 ? "" : `, ${threads} threads`}`,
  peer: "PyTorch",
  ours: () => ms(networks(threads, "batchnorm")[0], "msPerCall"),
  theirs: () => peer(threads, "torch_peer.py", "batchnorm", (line) => (line.workload === "batchnorm" ? ms(line, "ms_per_call_median") : null)),
  bar: threads === 1 ? 0.7 : null,
});

const shapes = readdirSync(new URL("shapes", import.meta.url)).map((file) => file.replace(/\.json$/, ""));
const shape = (name: string, threads: number): Contest => ({
  name: `${name}${threads === 1 ? "" : `, ${threads} threads`}`,
  peer: "PyTorch",
  ours: () => ms(networks(threads, name)[0], "stepMs"),
  theirs: () => torchStep(threads, name),
  bar: (JSON.parse(readFileSync(new URL(`shapes/${name}.json`, import.meta.url), "utf8")) as { bar: number | null }).bar,
});

const contests = [
  ...againstNumpy,
  reportCnn("batch 32", 1, 0.5, []),
  reportCnn("batch 32, 2 threads", 2, 0.5, []),
  reportCnn("batch 32, plain SIMD", 1, 0.65, ["--mode", "deterministic"]),
  reportCnn("batch 128", 1, 0.6, ["--batch-size", "128"], "cnn128"),
  inference(256, 1 / 1.7),
  inference(1, 1 / 3),
  batchNorm(1),
  batchNorm(2),
  ...[1, 2].flatMap((threads) => [
    recurrent("simple RNN", "rnn", threads, threads === 1 ? 0.85 : null),
    recurrent("GRU", "gru", threads, threads === 1 ? 0.95 : null),
    recurrent("LSTM", "lstm", threads, threads === 1 ? 1.05 : null),
  ]),
  ...[1, 2].flatMap((threads) => shapes.map((name) => shape(name, threads))),
];

const columns = (name: string, ...rest: string[]): string => name.padEnd(40) + rest.map((text) => text.padStart(10)).join("");
console.log(`ms per step or call, medians of ${rounds} rounds in turn; one thread unless named`);
console.log(columns("", "ours", "theirs", "ratio", "bar", "peer"));
for (const { name, peer, ours, theirs, bar } of contests.filter((contest) => contest.name.includes(wanted))) {
  const pairs = Array.from({ length: rounds }, () => [ours(), theirs()]);
  const ratio = median(pairs.map(([a, b]) => a / b));
  const [a, b] = [0, 1].map((side) => median(pairs.map((pair) => pair[side])).toFixed(4));
  console.log(columns(name, a, b, ratio.toFixed(2), bar?.toFixed(2) ?? "", peer));
}
