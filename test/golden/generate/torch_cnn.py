#!/usr/bin/python3
"""The first 100 steps of the report's CNN in PyTorch. Writes test/golden/cnn.json.

gradiente's glorotUniform weights of seed 7, Adam, batches of 32 in file order: the loss of each step, and the gradients of the first.
Golden numbers are float64; the same in float32 measures what rounding does. After the first steps that depends on the start: see torch_cnn_starts.py.
"""
from golden import relative, rounded, sha256, summary, write

import numpy as np
import torch

from cnn import NAMES, images, leaves, start, step

SEED, BATCH, STEPS, EARLY, LEARNING_RATE = 7, 32, 100, 10, 0.001


def train(initial, x, y, dtype):
    """Loss of each step, gradients of the first."""
    parameters = leaves(initial, dtype)
    x = torch.tensor(x, dtype=dtype)
    optimizer = torch.optim.Adam(parameters, lr=LEARNING_RATE)
    losses = []
    for at in range(0, STEPS * BATCH, BATCH):
        losses.append(step(parameters, optimizer, x[at : at + BATCH], y[at : at + BATCH]))
        if at == 0:
            gradients = [p.grad.numpy().astype(np.float64) for p in parameters]
    return losses, gradients


def main():
    x, y = images("train")
    x = x[: STEPS * BATCH]
    initial = start(SEED)
    losses, gradients = train(initial, x, y, torch.float64)
    single, single_gradients = train(initial, x, y, torch.float32)
    distances = np.abs(np.array(single) / np.array(losses) - 1)
    distance = dict(
        losses10=distances[:EARLY].max(), losses100=distances.max(),
        gradients=max(relative(a, b) for a, b in zip(single_gradients, gradients)))
    print(distance)
    write("cnn.json", dict(
        generator="test/golden/generate/torch_cnn.py", torch=torch.__version__, seed=SEED, batchSize=BATCH, learningRate=LEARNING_RATE,
        initialSha256=sha256(initial), float32Distance={k: rounded(v, 3) for k, v in distance.items()}, losses=rounded(losses),
        gradients=[summary(name, g) for name, g in zip(NAMES, gradients)]), levels=2)


main()
