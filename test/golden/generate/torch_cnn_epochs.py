#!/usr/bin/python3
"""Whole epochs of the report's CNN in PyTorch, ten times from weights a unit in the last place apart. Writes test/golden/cnn-epochs.json.

gradiente's glorotUniform weights of seed 7, Adam, batches of 32 in file order, float32. Each run moves every initial weight to the next float32
above or below, at random: what rounding alone does to a trajectory of this length.
"""
from golden import rounded, sha256, write

import numpy as np
import torch

from cnn import images, leaves, logits, moved, start, step

SEED, BATCH, EPOCHS, RUNS, LEARNING_RATE = 7, 32, 2, 10, 0.001


def train(initial, x, y, tx, ty):
    """Mean loss of each epoch, test accuracy at the end."""
    parameters = leaves(initial, torch.float32)
    optimizer = torch.optim.Adam(parameters, lr=LEARNING_RATE)
    losses = [
        float(np.mean([step(parameters, optimizer, x[at : at + BATCH], y[at : at + BATCH]) for at in range(0, len(y), BATCH)]))
        for _ in range(EPOCHS)
    ]
    with torch.no_grad():
        correct = sum((logits(parameters, tx[at : at + 500]).argmax(1) == ty[at : at + 500]).sum().item() for at in range(0, len(ty), 500))
    return losses, correct / len(ty)


def main():
    (x, y), (tx, ty) = (images(part) for part in ("train", "t10k"))
    x, tx = torch.tensor(x), torch.tensor(tx)
    parameters = start(SEED)
    runs = []
    for run in range(RUNS):
        losses, accuracy = train(moved(parameters, run), x, y, tx, ty)
        runs.append(dict(losses=rounded(losses, 8), testAccuracy=accuracy))
        print(runs[-1], flush=True)
    write("cnn-epochs.json", dict(
        generator="test/golden/generate/torch_cnn_epochs.py", torch=torch.__version__, seed=SEED, batchSize=BATCH, learningRate=LEARNING_RATE,
        initialSha256=sha256(parameters), runs=runs), levels=2)


main()
