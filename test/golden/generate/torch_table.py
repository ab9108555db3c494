#!/usr/bin/python3
"""The first 100 steps of the report's table in PyTorch. Writes test/golden/table.json.

Golden losses are float64's. float32Distance is how far float32's are from them in the same run; movedDistances the same for five float32 runs from
weights a unit in the last place away: where a rectifier decides the other way, one run alone may by luck be much nearer than the next.
"""
from golden import mnist, rounded, sha256, write

import numpy as np
import torch

from table import ACTIVATIONS, BATCH, OPTIMIZERS, SEED, moved, start, train

STEPS, RUNS = 100, 5


def main():
    x, y = mnist("train")
    x, y = x[: STEPS * BATCH], torch.tensor(y[: STEPS * BATCH])
    inputs = {dtype: torch.tensor(x, dtype=dtype) for dtype in (torch.float32, torch.float64)}
    initial = start()

    def losses(optimizer, activation, parameters, dtype):
        return np.array(next(train(optimizer, activation, parameters, inputs[dtype], y, dtype))[0])

    cells = {}
    for activation in ACTIVATIONS:
        cells[activation] = {}
        for optimizer in OPTIMIZERS:
            double = losses(optimizer, activation, initial, torch.float64)
            apart = [np.abs(losses(optimizer, activation, p, torch.float32) / double - 1).max() for p in (initial, *(moved(initial, r) for r in range(RUNS)))]
            cells[activation][optimizer] = dict(
                float32Distance=rounded(apart[0], 3), movedDistances=rounded(sorted(apart[1:]), 3), losses=rounded(double))
            print(f"{activation:10} {optimizer:9} {apart[0]:.1e}  moved {min(apart[1:]):.1e} to {max(apart[1:]):.1e}", flush=True)
    write("table.json", dict(
        generator="test/golden/generate/torch_table.py", torch=torch.__version__, seed=SEED, batchSize=BATCH, initialSha256=sha256(initial),
        optimizers={name: dict(name=ours, options=options) for name, (ours, options, _, _) in OPTIMIZERS.items()}, cells=cells), levels=4)


main()
