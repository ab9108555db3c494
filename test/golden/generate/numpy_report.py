#!/usr/bin/python3
"""Rows 1 and 2 of the report in NumPy: MLPs by full-batch gradient descent, seeds 0 to 9. Writes test/golden/report.json.

784-hidden-10, ReLU, softmax with unclipped cross-entropy (log-sum-exp), N(0,1) weights, zero biases; mean gradient over all 60,000
images. Arithmetic is float64 from gradiente's float32 weights; the same in float32 measures what rounding does to the trajectory.
"""
from golden import mnist, rounded, sha256, write
import sys
import time

import numpy as np

from rng import dense_parameters, random_normal

ROWS = [
    dict(id="numpy-mlp-128", hidden=128, learningRate=0.001, epochs=10, printedTestAccuracy=0.0962),
    dict(id="numpy-mlp-256", hidden=256, learningRate=0.01, epochs=50, printedTestAccuracy=0.3969),
]
SEEDS = range(10)


def forward(x, parameters):
    """Hidden activations and logits."""
    w1, b1, w2, b2 = parameters
    h = x @ w1
    h += b1
    np.maximum(h, 0, out=h)
    return h, h @ w2 + b2


def cross_entropy(z, y):
    """Mean loss, number of correct answers, and softmax."""
    rows = np.arange(len(y))
    top = z.max(1, keepdims=True)
    e = np.exp(z - top)
    total = e.sum(1, keepdims=True)
    losses = np.log(total)[:, 0] + top[:, 0] - z[rows, y]
    return losses.mean(dtype=np.float64), int((z.argmax(1) == y).sum()), e / total


def gradients(x, y, h, p, parameters):
    """Of the mean loss."""
    dz = p
    dz[np.arange(len(y)), y] -= 1
    dz /= dz.dtype.type(len(y))
    dh = dz @ parameters[2].T
    dh *= h > 0
    return [x.T @ dh, dh.sum(0), h.T @ dz, dz.sum(0)]


def train(row, start, train_set, test_set, dtype):
    """Losses and numbers of correct answers of each epoch's forward pass (before its update), then after the last update."""
    parameters = [p.astype(dtype) for p in start]
    x, y = train_set
    rate = dtype(row["learningRate"])
    losses, correct = [], []
    for _ in range(row["epochs"]):
        h, z = forward(x, parameters)
        loss, right, p = cross_entropy(z, y)
        losses.append(loss)
        correct.append(right)
        for parameter, g in zip(parameters, gradients(x, y, h, p, parameters)):
            parameter -= rate * g
    loss, right, _ = cross_entropy(forward(x, parameters)[1], y)
    tested, test_right, _ = cross_entropy(forward(test_set[0], parameters)[1], test_set[1])
    return dict(losses=losses, correct=correct, trainLoss=loss, trainCorrect=right, testLoss=tested, testCorrect=test_right)


def main():
    (x, y), (tx, ty) = mnist("train"), mnist("t10k")
    sets = {dtype: ((x.astype(dtype), y), (tx.astype(dtype), ty)) for dtype in (np.float64, np.float32)}
    for row in ROWS:
        row["runs"] = []
        for seed in SEEDS:
            started = time.time()
            start = dense_parameters((784, row["hidden"], 10), seed, random_normal)
            exact = train(row, start, *sets[np.float64], np.float64)
            single = train(row, start, *sets[np.float32], np.float32)
            pairs = zip([*single["losses"], single["trainLoss"]], [*exact["losses"], exact["trainLoss"]])
            row["runs"].append(dict(
                seed=seed, weightsSha256=sha256(start), losses=rounded(exact["losses"]), correct=exact["correct"],
                trainLoss=rounded(exact["trainLoss"]), trainAccuracy=exact["trainCorrect"] / len(y),
                testLoss=rounded(exact["testLoss"]), testAccuracy=exact["testCorrect"] / len(ty),
                float32=dict(
                    maxRelativeLossDistance=rounded(max(abs(a - b) / b for a, b in pairs), 3),
                    maxCorrectDistance=max(abs(a - b) for a, b in zip(single["correct"], exact["correct"])),
                    trainAccuracy=single["trainCorrect"] / len(y), testAccuracy=single["testCorrect"] / len(ty))))
            print(row["id"], seed, f"{time.time() - started:.0f} s", row["runs"][-1]["testAccuracy"], row["runs"][-1]["float32"], file=sys.stderr, flush=True)
    write("report.json", dict(generator="test/golden/generate/numpy_report.py", numpy=np.__version__, rows=ROWS), levels=4)


main()
