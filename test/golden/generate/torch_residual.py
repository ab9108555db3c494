#!/usr/bin/python3
"""Ten steps of a small residual network on MNIST in PyTorch, then its evaluation by running statistics. Writes test/golden/residual.json.

Convolution 3x3 of stride 2 to 6 channels, a residual block of 6, one of 8 with stride 2 and a convolution of single pixels beside it, each convolution
without bias and with batch normalization behind it; global average, dense, softmax. Padding is Keras's `same`. Adam, batches of 16 in file order.

Weight i of the model (Keras's order, moving statistics included) is fillNormal(deriveKey(3, Purpose.data, i)): kernels times sqrt(2 / fan in), gamma
1 + 0.2 of it, beta 0.2 of it. The running variance is brought into Keras's form, of biased variances, before it is used.
"""
from golden import relative, rounded, summary, write

import numpy as np
import torch
from torch.nn import functional as F

from cnn import images
from rng import PURPOSE, derive_key, fill_normal

BATCH, STEPS, LEARNING_RATE, MOMENTUM, EPSILON, EVALUATED = 16, 10, 0.003, 0.9, 1e-3, 64
# input, output channels, kernel, stride
CONVOLUTIONS = [(1, 6, 3, 2), (6, 6, 3, 1), (6, 6, 3, 1), (6, 8, 3, 2), (8, 8, 3, 1), (6, 8, 1, 2)]


def draw(i, shape, scale, shift=0.0):
    return (fill_normal(int(np.prod(shape)), derive_key(3, PURPOSE["data"], i)) * np.float32(scale) + np.float32(shift)).reshape(shape)


def start():
    """Trainable weights by name."""
    found, i = {}, 0
    for k, (C, filters, size, _) in enumerate(CONVOLUTIONS):
        suffix = f"_{k}" if k else ""
        found[f"conv2d{suffix}/kernel"] = draw(i, (size, size, C, filters), np.sqrt(2 / (size * size * C)))
        found[f"batch_normalization{suffix}/gamma"] = draw(i + 1, (filters,), 0.2, 1)
        found[f"batch_normalization{suffix}/beta"] = draw(i + 2, (filters,), 0.2)
        i += 5
    found["dense/kernel"] = draw(i, (8, 10), np.sqrt(2 / 8))
    found["dense/bias"] = np.zeros(10, np.float32)
    return found


class Network:
    def __init__(self, dtype):
        self.weights = {name: torch.tensor(w, dtype=dtype, requires_grad=True) for name, w in start().items()}
        self.running = [dict(mean=torch.zeros(c[1], dtype=dtype), variance=torch.ones(c[1], dtype=dtype), n=0) for c in CONVOLUTIONS]
        self.training = True

    def convolution(self, k, x):
        suffix = f"_{k}" if k else ""
        _, _, size, stride = CONVOLUTIONS[k]
        total = max((-(-x.shape[2] // stride) - 1) * stride + size - x.shape[2], 0)
        x = F.conv2d(F.pad(x, (total // 2, total - total // 2) * 2), self.weights[f"conv2d{suffix}/kernel"].permute(3, 2, 0, 1), stride=stride)
        running = self.running[k]
        running["n"] = x.numel() // x.shape[1]
        gamma, beta = self.weights[f"batch_normalization{suffix}/gamma"], self.weights[f"batch_normalization{suffix}/beta"]
        return F.batch_norm(x, running["mean"], running["variance"], gamma, beta, self.training, 1 - MOMENTUM, EPSILON)

    def logits(self, x):
        x = torch.relu(self.convolution(0, x.permute(0, 3, 1, 2)))
        x = torch.relu(self.convolution(2, torch.relu(self.convolution(1, x))) + x)
        x = torch.relu(self.convolution(4, torch.relu(self.convolution(3, x))) + self.convolution(5, x))
        return x.mean((2, 3)) @ self.weights["dense/kernel"] + self.weights["dense/bias"]

    def biased(self):
        """Brings the running variances into Keras's form."""
        rest = MOMENTUM**STEPS
        for running in self.running:
            running["variance"] = rest + (running["variance"] - rest) * (running["n"] - 1) / running["n"]


def train(x, y, dtype):
    network = Network(dtype)
    x = torch.tensor(x, dtype=dtype)
    optimizer = torch.optim.Adam(network.weights.values(), lr=LEARNING_RATE)
    losses = []
    for at in range(0, STEPS * BATCH, BATCH):
        loss = F.cross_entropy(network.logits(x[at : at + BATCH]), y[at : at + BATCH])
        optimizer.zero_grad()
        loss.backward()
        if at == 0:
            gradients = {name: w.grad.numpy().astype(np.float64) for name, w in network.weights.items()}
        optimizer.step()
        losses.append(loss.item())
    network.biased()
    network.training = False
    with torch.no_grad():
        evaluated = F.cross_entropy(network.logits(x[:EVALUATED]), y[:EVALUATED]).item()
    statistics = {}
    for k, running in enumerate(network.running):
        suffix = f"_{k}" if k else ""
        statistics[f"batch_normalization{suffix}/movingMean"] = running["mean"].numpy().astype(np.float64)
        statistics[f"batch_normalization{suffix}/movingVariance"] = running["variance"].numpy().astype(np.float64)
    return losses, gradients, evaluated, statistics


def main():
    x, y = images("train")
    x, y = x[: STEPS * BATCH], y[: STEPS * BATCH]
    losses, gradients, evaluated, statistics = train(x, y, torch.float64)
    losses32, gradients32, evaluated32, statistics32 = train(x, y, torch.float32)
    distance = dict(
        losses=np.abs(np.array(losses32) / np.array(losses) - 1).max(), gradients=max(relative(gradients32[name], g) for name, g in gradients.items()),
        evaluated=abs(evaluated32 / evaluated - 1), statistics=max(relative(statistics32[name], s) for name, s in statistics.items()))
    print(distance, losses, evaluated)
    write("residual.json", dict(
        generator="test/golden/generate/torch_residual.py", torch=torch.__version__, batchSize=BATCH, learningRate=LEARNING_RATE, momentum=MOMENTUM,
        float32Distance={k: rounded(v, 3) for k, v in distance.items()}, losses=rounded(losses), evaluated=dict(samples=EVALUATED, loss=rounded(evaluated)),
        gradients=[summary(name, g, 24, 16) for name, g in gradients.items()], statistics=[summary(name, s, 24, 16) for name, s in statistics.items()]), levels=2)


main()
