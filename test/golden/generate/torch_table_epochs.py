#!/usr/bin/python3
"""Five epochs of the report's table in PyTorch, five times from weights a unit in the last place apart. Writes test/golden/table-epochs.json.

Accuracy on the test set after each run, in float32. Cells that are done are kept in the file: a run that was stopped goes on with the others.
"""
import json

from golden import GOLDEN, mnist, sha256, write

import torch

from table import ACTIVATIONS, BATCH, OPTIMIZERS, SEED, logits, moved, start, train

EPOCHS, RUNS = 5, 5


def main():
    (x, y), (tx, ty) = (mnist(part) for part in ("train", "t10k"))
    x, y, tx, ty = (torch.tensor(a) for a in (x, y, tx, ty))
    initial = start()

    def accuracy(optimizer, activation, run):
        epochs = train(optimizer, activation, moved(initial, run), x, y, torch.float32)
        for _ in range(EPOCHS):
            _, parameters = next(epochs)
        with torch.no_grad():
            return (logits(parameters, activation, tx).argmax(1) == ty).sum().item() / len(ty)

    path = GOLDEN / "table-epochs.json"
    cells = json.loads(path.read_text())["cells"] if path.exists() else {}
    for activation in ACTIVATIONS:
        row = cells.setdefault(activation, {})
        for optimizer in OPTIMIZERS:
            if optimizer in row:
                continue
            row[optimizer] = [accuracy(optimizer, activation, run) for run in range(RUNS)]
            print(f"{activation:10} {optimizer:9} {row[optimizer]}", flush=True)
            write("table-epochs.json", dict(
                generator="test/golden/generate/torch_table_epochs.py", torch=torch.__version__, seed=SEED, batchSize=BATCH, epochs=EPOCHS,
                initialSha256=sha256(initial), cells=cells), levels=3)


main()
