// Stands for the pool's worker: does what the seed of a trial says.
import { parentPort, threadId, workerData } from "node:worker_threads";

const { data, threads } = workerData;
const score = { loss: 1, accuracy: data.train.inputs[0].values[0] / 10 };

parentPort.on("message", ({ trial, start }) => {
  const flags = new Int32Array(data.test.inputs[0].values.buffer, 0, 4);
  // Times that trials were begun, over all threads: the test set is a page that they share.
  const times = Atomics.add(flags, 1, 1) + 1;
  if (trial.seed === 13) process.exit(7);
  if (trial.seed === 14 && Atomics.add(flags, 2, 1) === 0) process.exit(7);
  if (trial.seed === 15) throw new TypeError("a fault");
  if (trial.seed === 16) {
    parentPort.postMessage({ error: { name: "ShapeError", message: "long", complaint: { where: "dense", got: "3", expected: "4", hint: "mend" } } });
    return;
  }
  if (trial.seed === 17) return; // never answers
  const result = { id: `${trial.seed}`, test: score, threadId, threads, times, start };
  parentPort.postMessage({ outcome: { result, weights: start } });
});
