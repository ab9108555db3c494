import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dense, sequential } from "../../src/index.ts";
import { version } from "../../src/runtime/version.node.ts";
import { folder, idxFolder, run } from "./support.ts";

const COMMANDS = ["train", "lr-find", "cross-validate", "evaluate", "predict", "trace", "study", "bench", "info"];

describe("bad usage", () => {
  it.each([
    ["an unknown option", "train --epoch 3", "did you mean --epochs?"],
    ["an unknown command", "trian", "did you mean train?"],
    ["an unknown preset", "train --preset report-sofmax", "did you mean report-softmax?"],
    ["an unknown model", "train --model mpl", "did you mean mlp?"],
    ["an unknown optimizer", "train --optimizer adan", "did you mean adam?"],
    ["an unknown activation", "train --activation rleu", "did you mean relu?"],
    ["an unknown schedule", "train --schedule cosin", "did you mean cosine?"],
    ["a schedule without its length", "train --schedule step:0.5", "expected step[:FACTOR]@N"],
    ["a schedule that cannot be", "train --schedule step:-1@5", "--schedule step:-1@5: got gamma = -1, expected a positive number"],
    ["a learning rate that nobody reads", "train --lr 0.1 --schedule piecewise:0.1,0.01@2", "names its own rates"],
    ["a negative penalty", "train --l2=-0.1", '--l2: got "-0.1", expected a number, 0 or more'],
    ["a penalty on the weights of a file", "train --l1 0.1 --model model.json", "kernelRegularizer in the file"],
    ["two clips", "train --clip-value 1 --clip-norm 1", "--clip-norm: got --clip-value too, expected one of them"],
    ["three clips", "train --global-clip-norm 1 --clip-norm 1 --clip-value 1", "one of them"],
    ["a clip to nothing", "train --global-clip-norm 0", "more than 0"],
    ["a negative decay", "train --weight-decay=-1", "a number, 0 or more"],
    ["an average that never moves", "train --ema 1", "0 or more, below 1"],
    ["two ends", "train --ema 0.9 --early-stopping 2 --validation-split 0.1", "--ema: got --early-stopping too"],
    ["no batches a step", "train --accumulation-steps 0", "a positive integer"],
    ["batches of everything", "train --accumulation-steps 2 --batch-size full", "2 with --batch-size full"],
    ["an average in a trace", "trace --ema 0.9", "unknown option '--ema'"],
    ["an unknown loss", "train --loss sparse-categorical-crosentropy", "did you mean sparse-categorical-crossentropy?"],
    ["unknown data", "train --data mnits", "did you mean mnist?"],
    ["an unknown backend", "train --backend wsam", "did you mean wasm?"],
    ["an unknown mode", "train --mode deterministc", "did you mean deterministic?"],
    ["an option of a capability to come", "study optimizers --redis url", "unknown option '--redis'"],
    ["a column to predict without a table", "train --target price", "--target: got --data mnist, expected a table, FILE.csv"],
    [
      "a table without a column to predict",
      "train --data examples/data/cars.csv",
      "--target: got none, expected the column of examples/data/cars.csv to predict",
    ],
    ["a column that is not there", "train --data examples/data/cars.csv --target MPG", 'hint: did you mean "mpg"?'],
    [
      "features that are not there",
      "train --data examples/data/cars.csv --target mpg --features weight,hp",
      '--features, examples/data/cars.csv: got no column "hp"',
    ],
    [
      "a time that is not there",
      "train --data examples/data/cars.csv --target mpg --fill mean --time day",
      '--time, examples/data/cars.csv: got no column "day"',
    ],
    ["a task that is none", "train --data cars.csv --target mpg --task regresion", "did you mean regression?"],
    ["a test part of everything", "train --data cars.csv --target mpg --test-split 1", "a number between 0 and 1"],
    ["two test parts", "train --data cars.csv --target mpg --test-split 0.1 --test new.csv", "--test: got --test-split too"],
    ["an unknown delimiter", "train --data cars.csv --target mpg --delimiter :", "--delimiter"],
    ["a loss of classes for a number", "train --data examples/data/cars.csv --target mpg --fill mean --loss hinge", "expected mse, mae, huber, log-cosh"],
    [
      "a softmax of a number",
      "train --data examples/data/cars.csv --target mpg --fill mean --model softmax",
      "--model: got softmax for a target that is a number",
    ],
    ["images of a table", "train --data examples/data/cars.csv --target mpg --fill mean --model cnn", "got cnn for samples"],
    ["steps of a table", "train --data examples/data/cars.csv --target mpg --fill mean --model lstm", "got lstm for samples"],
    ["a loss that is not there", "train --loss hubber", "did you mean huber?"],
    ["dropping everything", "train --dropout 1", '--dropout: got "1", expected a number, 0 or more, below 1'],
    ["dropping less than nothing", "train --dropout=-0.1", "a number, 0 or more, below 1"],
    ["dropout without a layer to drop", "train --model softmax --dropout 0.5", "expected --model cnn, mlp, rnn, lstm, gru"],
    ["no threads", "train --threads 0", "an integer from 1 to 64"],
    ["threads of plain JavaScript", "train --threads 2 --backend js", "--backend wasm, or --threads 1"],
    ["no epochs", "train --epochs 0", "a positive integer"],
    ["half a batch", "train --batch-size 2.5", "a positive integer or full"],
    ["an empty number", "train --lr=", "a number, 0 or more"],
    ["a negative learning rate", "train --lr=-1", "a number, 0 or more"],
    ["a split of everything", "train --validation-split 1", "below 1"],
    ["a negative seed", "train --seed=-1", "an integer, 0 or more"],
    ["no images", "train --limit 0", "a positive integer"],
    ["a momentum that nobody uses", "train --momentum 0.5", "sgd, momentum, nesterov, rmsprop"],
    ["a momentum of another's", "train --optimizer lion --momentum 0.5", "got optimizer lion"],
    ["hidden units without a hidden layer", "train --model softmax --hidden 3", "expected --model mlp, rnn, lstm, gru"],
    ["resuming from nowhere", "train --resume", "--checkpoint DIR"],
    ["saving nowhere", "train --checkpoint-every 5", "--checkpoint DIR"],
    ["half a step", "train --checkpoint d --checkpoint-every 2.5", "a positive number of steps, or of seconds as 30s"],
    ["no seconds", "train --checkpoint d --checkpoint-every 0s", "a positive number of steps, or of seconds as 30s"],
    ["a length of nothing", "train --checkpoint d --checkpoint-every s", "a positive number of steps, or of seconds as 30s"],
    ["stopping early without validation", "train --early-stopping 3", "--validation-split PART"],
    ["no patience", "train --validation-split 0.1 --early-stopping 0", "a positive integer"],
    ["a missing argument", "predict", "missing required argument 'model'"],
    ["too many arguments", "evaluate a b", "too many arguments"],
    ["a limit of none", "predict a b --limit 0", "a positive integer"],
  ])("%s: %s", async (_, line, message) => {
    const { status, stdout, stderr } = await run(line.split(" "));
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe("");
  });

  it("is an event with --json", async () => {
    const { status, stderr, events } = await run(["train", "--epoch", "3", "--json"]);
    expect(status).toBe(2);
    expect(stderr).toBe("");
    expect(events()).toEqual([{ event: "error", code: "usage", message: "unknown option '--epoch'", hint: "did you mean --epochs?" }]);
  });

  it("shows the commands when there is none", async () => {
    const { status, stdout, stderr } = await run([]);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    for (const command of COMMANDS) expect(stderr).toContain(command);
  });
});

describe("help", () => {
  it.each(COMMANDS)("of %s has examples, and nothing that is not built", async (command) => {
    const { status, stdout } = await run([command, "--help"], { width: 80 });
    expect(status).toBe(0);
    expect(stdout).toContain(`Usage: gradiente ${command}`);
    expect(stdout).toContain(`Examples:\n  gradiente ${command}`);
    expect(stdout).not.toMatch(/--redis/);
  });

  it("prints the version", async () => {
    expect(await run(["--version"])).toMatchObject({ status: 0, stdout: version() });
  });
});

describe("failures", () => {
  it.each([
    ["a folder that is not there", "/nowhere/at/all/model.safetensors", "no folder /nowhere/at/all"],
    ["a folder that is a file", "package.json/model.safetensors", "where files cannot be made"],
    ["a folder that takes no files", "/proc/model.safetensors", "where files cannot be made"],
    ["a directory", "src", "got a directory"],
  ])("--out %s fails before training", async (_, out, message) => {
    const { status, stdout, stderr } = await run(["train", "--model", "softmax", "--data", idxFolder(), "--out", out]);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expect(stdout).toBe("");
  });

  it("names step and layer of a diverging run", async () => {
    const { status, events, stderr } = await run("train --model mlp --optimizer sgd --lr 1e10 --limit 512 --epochs 1 --json".split(" "));
    expect(status).toBe(1);
    expect(stderr).toBe("");
    expect(events().at(-1)).toEqual({
      event: "error",
      code: "numeric",
      message: expect.stringMatching(/^fit, step \d+, layer "dense(_1)?": got .*, expected finite values$/),
      hint: expect.stringContaining("smaller learning rate"),
    });
  });

  it.each([
    ["no directory", ["train", "--data", "/nowhere/at/all"], "nothing there"],
    ["an empty directory", ["train", "--data", "test/cli"], "neither IDX files nor folders"],
    ["no model", ["evaluate", "/nowhere/model.safetensors"], "ENOENT"],
    ["no configuration", ["train", "--model", "/nowhere/model.json"], "ENOENT"],
    ["a model that is none", ["evaluate", "package.json"], "package.json"],
    ["a configuration that is none", ["train", "--model", "package.json"], "model configuration"],
  ])("%s", async (_, argv, message) => {
    const { status, stdout, stderr } = await run(argv);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe("");
  });

  it("refuses data with more classes than the model has outputs", async () => {
    const path = join(folder(), "model.json");
    writeFileSync(path, JSON.stringify(sequential({ inputShape: [64] }, [dense(7, { activation: "softmax" })]).toJSON()));
    const { status, stderr } = await run(["train", "--model", path, "--data", idxFolder()]);
    expect(status).toBe(1);
    expect(stderr).toContain("got 7 outputs, expected 8");
  });
});
