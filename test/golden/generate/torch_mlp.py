#!/usr/bin/python3
"""The first 100 steps of an MLP in PyTorch under four optimizers. Writes test/golden/mlp.json.

784-128-10, ReLU, softmax cross-entropy, gradiente's glorotUniform weights of seed 7, batches of 32 in file order. Golden numbers are
float64; the same in float32 measures what rounding does. The momentum optimizers also run in Keras's form (m = mu m - lr g), which must
be the same trajectory.
"""
from golden import mnist, relative, rounded, sha256, summary, write

import numpy as np
import torch
from torch.nn import functional as F

from rng import dense_parameters, glorot_uniform

SEED, BATCH, STEPS, EARLY = 7, 32, 100, 10

OPTIMIZERS = dict(
    sgd=(torch.optim.SGD, dict(lr=0.1)),
    momentum=(torch.optim.SGD, dict(lr=0.05, momentum=0.9)),
    nesterov=(torch.optim.SGD, dict(lr=0.05, momentum=0.9, nesterov=True)),
    adam=(torch.optim.Adam, dict(lr=0.001)),
)
NAMES = ["dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"]


class KerasSGD(torch.optim.Optimizer):
    """Keras's form of momentum: m = mu m - lr g; p += m, or with Nesterov p += mu m - lr g."""

    def __init__(self, params, lr, momentum, nesterov=False):
        super().__init__(params, dict(lr=lr, momentum=momentum, nesterov=nesterov))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                m.mul_(group["momentum"]).sub_(group["lr"] * p.grad)
                p.add_(group["momentum"] * m - group["lr"] * p.grad if group["nesterov"] else m)


def train(optimizer, options, start, x, y, dtype):
    """Loss of each step, weights after EARLY steps."""
    w1, b1, w2, b2 = parameters = [torch.tensor(p, dtype=dtype, requires_grad=True) for p in start]
    x, y = torch.tensor(x, dtype=dtype), torch.tensor(y)
    update = optimizer(parameters, **options)
    losses = []
    for step in range(STEPS):
        rows = slice(step * BATCH, (step + 1) * BATCH)
        loss = F.cross_entropy(torch.relu(x[rows] @ w1 + b1) @ w2 + b2, y[rows])
        update.zero_grad()
        loss.backward()
        update.step()
        losses.append(loss.item())
        if step + 1 == EARLY:
            early = [p.detach().numpy().astype(np.float64) for p in parameters]
    return losses, early


def main():
    x, y = mnist("train")
    start = dense_parameters((784, 128, 10), SEED, glorot_uniform)
    cases = {}
    for name, (optimizer, options) in OPTIMIZERS.items():
        losses, weights = train(optimizer, options, start, x, y, torch.float64)
        single, single_weights = train(optimizer, options, start, x, y, torch.float32)
        if "momentum" in options:
            keras, keras_weights = train(KerasSGD, options, start, x, y, torch.float64)
            assert np.allclose(keras, losses, rtol=1e-12, atol=0)
            assert max(relative(a, b) for a, b in zip(keras_weights, weights)) < 1e-14
        distances = np.abs(np.array(single) / np.array(losses) - 1)
        distance = dict(
            losses10=distances[:EARLY].max(), losses100=distances.max(),
            weights10=max(relative(a, b) for a, b in zip(single_weights, weights)))
        cases[name] = dict(
            options=options, float32Distance={k: rounded(v, 3) for k, v in distance.items()}, losses=rounded(losses),
            weights10=[summary(n, w) for n, w in zip(NAMES, weights)])
        print(name, cases[name]["float32Distance"])
    write("mlp.json", dict(
        generator="test/golden/generate/torch_mlp.py", torch=torch.__version__, seed=SEED, batchSize=BATCH,
        initialSha256=sha256(start), optimizers=cases), levels=3)


main()
