#!/usr/bin/python3
"""Ten steps of a model of two inputs and two losses with shared weights, in PyTorch. Writes test/golden/functional.json.

Two images go through one tower: convolution 3x3 of 4 filters, ReLU, pooling 2x2, dense 16, ReLU. The first output names the left digit (softmax of its
features), the second says whether the two are the same (sigmoid of the squared differences of their features). The total is the first loss plus
half the second; each output's samples have weights of their own. gradiente's glorotUniform weights of seed 7, Adam, batches of 16 pairs in order:
image n with image 160 + n. Golden numbers are float64; the same in float32 measures what rounding does.
"""
from golden import relative, rounded, sha256, summary, write

import numpy as np
import torch
from torch.nn import functional as F

from cnn import images, leaves
from rng import glorot_uniform, layer_parameters

SEED, BATCH, STEPS, LEARNING_RATE, WEIGHT = 7, 16, 10, 0.001, 0.5
PAIRS = BATCH * STEPS
NAMES = [f"{layer}/{part}" for layer in ("conv2d", "dense", "digit", "same") for part in ("kernel", "bias")]


def tower(parameters, x):
    w1, b1, w2, b2 = parameters
    x = F.max_pool2d(torch.relu(F.conv2d(x.permute(0, 3, 1, 2), w1.permute(3, 2, 0, 1), b1)), 2)
    return torch.relu(x.permute(0, 2, 3, 1).reshape(len(x), -1) @ w2 + b2)


def losses_of(parameters, left, right, digit, same, weights):
    """Total, digit and same: means over the batch."""
    a, b = (tower(parameters[:4], x) for x in (left, right))
    w3, b3, w4, b4 = parameters[4:]
    of_digit = (weights[0] * F.cross_entropy(a @ w3 + b3, digit, reduction="none")).mean()
    logits = ((a - b) ** 2 @ w4 + b4)[:, 0]
    of_same = (weights[1] * F.binary_cross_entropy_with_logits(logits, same, reduction="none")).mean()
    return of_digit + WEIGHT * of_same, of_digit, of_same


def train(initial, x, digits, dtype):
    """The losses of each step, the gradients of the first, the weights at the end."""
    parameters = leaves(initial, dtype)
    left, right = torch.tensor(x[:PAIRS], dtype=dtype), torch.tensor(x[PAIRS:], dtype=dtype)
    digit = digits[:PAIRS]
    same = (digit == digits[PAIRS:]).to(dtype)
    weights = 1 + torch.arange(PAIRS, dtype=dtype) % 3 / 2, 1 + 4 * same
    optimizer = torch.optim.Adam(parameters, lr=LEARNING_RATE)
    losses = []
    for at in range(0, PAIRS, BATCH):
        batch = slice(at, at + BATCH)
        step = losses_of(parameters, left[batch], right[batch], digit[batch], same[batch], [w[batch] for w in weights])
        optimizer.zero_grad()
        step[0].backward()
        if at == 0:
            gradients = [p.grad.numpy().astype(np.float64) for p in parameters]
        optimizer.step()
        losses.append([loss.item() for loss in step])
    return np.array(losses), gradients, [p.detach().numpy().astype(np.float64) for p in parameters]


def main():
    x, digits = images("train")
    x, digits = x[: 2 * PAIRS], digits[: 2 * PAIRS]
    initial = layer_parameters([(3, 3, 1, 4), (13 * 13 * 4, 16), (16, 10), (16, 1)], SEED, glorot_uniform)
    losses, gradients, weights = train(initial, x, digits, torch.float64)
    single, single_gradients, single_weights = train(initial, x, digits, torch.float32)
    distance = dict(
        losses=np.abs(single / losses - 1).max(),
        gradients=max(relative(a, b) for a, b in zip(single_gradients, gradients)),
        weights=max(relative(a, b) for a, b in zip(single_weights, weights)))
    print(distance)
    write("functional.json", dict(
        generator="test/golden/generate/torch_functional.py", torch=torch.__version__, seed=SEED, batchSize=BATCH, learningRate=LEARNING_RATE,
        initialSha256=sha256(initial), float32Distance={k: rounded(v, 3) for k, v in distance.items()}, losses=rounded(losses.tolist()),
        gradients=[summary(name, g) for name, g in zip(NAMES, gradients)], weights=[summary(name, w) for name, w in zip(NAMES, weights)]), levels=2)


main()
