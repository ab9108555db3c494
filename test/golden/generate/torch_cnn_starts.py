#!/usr/bin/python3
"""The first 100 steps of the report's CNN in PyTorch, from 30 starts. Writes test/golden/cnn-starts.json.

As torch_cnn.py, from the weights of seeds 0 to 29. How far 100 steps in float32 end from 100 in float64 depends on whether a rectifier or a pooling
window happens to decide the other way: from one start 1e-6, from the next 1e-1. What can be compared is the median over many starts.
"""
from golden import rounded, write

import numpy as np
import torch

from cnn import images, leaves, start, step

SEEDS, BATCH, STEPS, LEARNING_RATE = 30, 32, 100, 0.001


def train(initial, x, y, dtype):
    parameters = leaves(initial, dtype)
    x = torch.tensor(x, dtype=dtype)
    optimizer = torch.optim.Adam(parameters, lr=LEARNING_RATE)
    return np.array([step(parameters, optimizer, x[at : at + BATCH], y[at : at + BATCH]) for at in range(0, STEPS * BATCH, BATCH)])


def main():
    x, y = images("train")
    x = x[: STEPS * BATCH]
    starts = []
    for seed in range(SEEDS):
        initial = start(seed)
        losses = train(initial, x, y, torch.float64)
        distance = np.abs(train(initial, x, y, torch.float32) / losses - 1).max()
        print(seed, distance, flush=True)
        starts.append(dict(seed=seed, float32Distance=rounded(distance, 3), losses=rounded(losses, 9)))
    write("cnn-starts.json", dict(
        generator="test/golden/generate/torch_cnn_starts.py", torch=torch.__version__, batchSize=BATCH, learningRate=LEARNING_RATE, starts=starts), levels=2)


main()
