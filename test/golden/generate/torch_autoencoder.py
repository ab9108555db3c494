#!/usr/bin/python3
"""The first 10 steps of examples/autoencoder.ts in PyTorch. Writes test/golden/autoencoder.json.

gradiente's glorotUniform weights of seed 7, Adam, batches of 32 in file order: the loss of each step, and the gradients of the first. Golden
numbers are float64; the same in float32 measures what rounding does. Keras's padding `same` at strides of 2: a row and a column of zeros at the
end of an image of even size, so that a transposed convolution loses its last row and column.
"""
from golden import mnist, relative, rounded, sha256, summary, write

import numpy as np
import torch
from torch.nn import functional as F

from rng import glorot_uniform, layer_parameters

SEED, BATCH, STEPS, LEARNING_RATE = 7, 32, 10, 0.002
LAYERS = ["conv2d", "conv2d_1", "code", "dense", "conv2d_transpose", "conv2d_transpose_1"]
NAMES = [f"{layer}/{part}" for layer in LAYERS for part in ("kernel", "bias")]
SHAPES = [(3, 3, 1, 16), (3, 3, 16, 32), (7 * 7 * 32, 24), (24, 7 * 7 * 32), (3, 3, 16, 32), (3, 3, 1, 16)]


def start():
    """gradiente's initial float32 parameters: biases are as long as the layer is wide, which of transposed filters is the axis before the last."""
    parameters = layer_parameters(SHAPES, SEED, glorot_uniform)
    for i in (9, 11):
        parameters[i] = np.zeros(SHAPES[i // 2][2], np.float32)
    return parameters


def logits(parameters, x):
    w1, b1, w2, b2, w3, b3, w4, b4, w5, b5, w6, b6 = parameters
    x = x.permute(0, 3, 1, 2)
    for w, b in ((w1, b1), (w2, b2)):
        x = torch.relu(F.conv2d(F.pad(x, [0, 1, 0, 1]), w.permute(3, 2, 0, 1), b, 2))
    x = x.permute(0, 2, 3, 1).reshape(len(x), -1)
    x = torch.relu((x @ w3 + b3) @ w4 + b4).reshape(-1, 7, 7, 32).permute(0, 3, 1, 2)
    grow = lambda x, w, b: F.conv_transpose2d(x, w.permute(3, 2, 0, 1), b, 2)[:, :, :-1, :-1]
    return grow(torch.relu(grow(x, w5, b5)), w6, b6).permute(0, 2, 3, 1)


def train(initial, x, dtype):
    """Loss of each step, gradients of the first."""
    parameters = [torch.tensor(p, dtype=dtype, requires_grad=True) for p in initial]
    x = torch.tensor(x, dtype=dtype)
    optimizer = torch.optim.Adam(parameters, lr=LEARNING_RATE)
    losses = []
    for at in range(0, STEPS * BATCH, BATCH):
        batch = x[at : at + BATCH]
        loss = F.binary_cross_entropy_with_logits(logits(parameters, batch), batch)
        optimizer.zero_grad()
        loss.backward()
        if at == 0:
            gradients = [p.grad.numpy().astype(np.float64) for p in parameters]
        optimizer.step()
        losses.append(loss.item())
    return losses, gradients


def main():
    x = mnist("train")[0][: STEPS * BATCH].reshape(-1, 28, 28, 1)
    initial = start()
    losses, gradients = train(initial, x, torch.float64)
    single, single_gradients = train(initial, x, torch.float32)
    distance = dict(
        losses=np.abs(np.array(single) / np.array(losses) - 1).max(), gradients=max(relative(a, b) for a, b in zip(single_gradients, gradients)))
    print(distance)
    write("autoencoder.json", dict(
        generator="test/golden/generate/torch_autoencoder.py", torch=torch.__version__, seed=SEED, batchSize=BATCH, learningRate=LEARNING_RATE,
        initialSha256=sha256(initial), float32Distance={k: rounded(v, 3) for k, v in distance.items()}, losses=rounded(losses),
        gradients=[summary(name, g, samples=50) for name, g in zip(NAMES, gradients)]), levels=2)


main()
