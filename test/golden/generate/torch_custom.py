#!/usr/bin/python3
"""Losses and gradients of pieces that users write themselves, by PyTorch's autograd. Writes test/golden/custom.json.

Numbers are drawn by a rule: tensor j of case i is fillNormal(deriveKey(i, Purpose.data, j)), tensor 0 the inputs, the others the weights in
order, times 0.5; label n is (n + i) mod classes. Inputs and weights are exact float32; losses (means over the batch) and gradients float64.
"""
from golden import rounded, write

import numpy as np
import torch
from torch.nn import functional as F

from rng import PURPOSE, derive_key, fill_normal

N, D, T, CLASSES = 5, 6, 4, 3


def head(h, kernel, bias, labels):
    """Dense softmax and sparse cross-entropy."""
    return F.cross_entropy(h @ kernel + bias, labels)


def focal(x, labels, k1, b1, k2, b2):
    """Focal loss, gamma 2, on softmax probabilities behind a hidden tanh layer."""
    p = torch.softmax(torch.tanh(x @ k1 + b1) @ k2 + b2, 1).gather(1, labels[:, None])[:, 0]
    return (-((1 - p) ** 2) * torch.log(p)).mean()


def highway(x, labels, wt, bt, wh, bh, kernel, bias):
    """y = t relu(x Wh + bh) + (1 - t) x, t = sigmoid(x Wt + bt)."""
    t = torch.sigmoid(x @ wt + bt)
    return head(t * torch.relu(x @ wh + bh) + (1 - t) * x, kernel, bias, labels)


def residual(x, labels, k1, b1, k2, b2, kernel, bias):
    """y = x + dense(relu(dense(x)))."""
    return head(x + (torch.relu(x @ k1 + b1) @ k2 + b2), kernel, bias, labels)


def attention(x, labels, wq, wk, wv, kernel, bias):
    """y = softmax(Q K^T / sqrt(D)) V over x [N,T,D], then the mean over T."""
    q, k, v = x @ wq, x @ wk, x @ wv
    y = torch.softmax(q @ k.transpose(1, 2) / D**0.5, 2) @ v
    return head(y.mean(1), kernel, bias, labels)


def shared(x, labels, k, b, kernel, bias):
    """The same dense layer twice, ReLU after each."""
    return head(torch.relu(torch.relu(x @ k + b) @ k + b), kernel, bias, labels)


OUT = [("dense/kernel", [D, CLASSES]), ("dense/bias", [CLASSES])]
CASES = [
    (focal, [N, D], [("dense/kernel", [D, 8]), ("dense/bias", [8]), ("dense_1/kernel", [8, CLASSES]), ("dense_1/bias", [CLASSES])]),
    (highway, [N, D], [("highway/gateKernel", [D, D]), ("highway/gateBias", [D]), ("highway/kernel", [D, D]), ("highway/bias", [D]), *OUT]),
    (residual, [N, D], [("residual/kernel1", [D, 8]), ("residual/bias1", [8]), ("residual/kernel2", [8, D]), ("residual/bias2", [D]), *OUT]),
    (attention, [N, T, D], [("attention/query", [D, D]), ("attention/key", [D, D]), ("attention/value", [D, D]), *OUT]),
    (shared, [N, D], [("shared/kernel", [D, D]), ("shared/bias", [D]), *OUT]),
]


def run(f, arrays, labels, dtype):
    """Loss, and gradients of all arrays, in float64."""
    leaves = [torch.tensor(a, dtype=dtype, requires_grad=True) for a in arrays]
    loss = f(leaves[0], torch.tensor(labels), *leaves[1:])
    loss.backward()
    return loss.item(), [leaf.grad.numpy().astype(np.float64) for leaf in leaves]


def exact(a):
    """float32 in as many digits as it needs."""
    return rounded(a.astype(np.float64).ravel(), 9)


def main():
    cases = {}
    for i, (f, input_shape, weights) in enumerate(CASES):
        shapes = [input_shape] + [shape for _, shape in weights]
        arrays = []
        for j, shape in enumerate(shapes):
            values = fill_normal(int(np.prod(shape)), derive_key(i, PURPOSE["data"], j)) * np.float32(1 if j == 0 else 0.5)
            arrays.append(values.reshape(shape))
        labels = [(n + i) % CLASSES for n in range(N)]
        loss, gradients = run(f, arrays, labels, torch.float64)
        single, single_gradients = run(f, arrays, labels, torch.float32)
        distance = dict(
            loss=rounded(abs(single / loss - 1), 3),
            gradients=rounded(max(np.abs(a - b).max() / np.abs(b).max() for a, b in zip(single_gradients, gradients)), 3))
        cases[f.__name__] = dict(
            float32Distance=distance,
            input=dict(shape=input_shape, values=exact(arrays[0]), gradient=rounded(gradients[0].ravel())),
            labels=labels,
            weights=[
                dict(name=name, shape=shape, values=exact(a), gradient=rounded(g.ravel()))
                for (name, shape), a, g in zip(weights, arrays[1:], gradients[1:])
            ],
            loss=rounded(loss))
        print(f.__name__, loss, distance)
    write("custom.json", dict(generator="test/golden/generate/torch_custom.py", torch=torch.__version__, cases=cases), levels=4)


main()
