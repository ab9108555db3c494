"""The report's CNN in PyTorch, its parameters in this library's layouts: filters [rows, columns, in, out], dense [in, out], images [n, 28, 28, 1]."""
from golden import mnist

import numpy as np
import torch
from torch.nn import functional as F

from rng import glorot_uniform, layer_parameters

NAMES = [f"{layer}/{part}" for layer in ("conv2d", "conv2d_1", "dense", "dense_1") for part in ("kernel", "bias")]


def start(seed):
    """gradiente's initial float32 parameters."""
    return layer_parameters([(3, 3, 1, 32), (3, 3, 32, 64), (1600, 64), (64, 10)], seed, glorot_uniform)


def moved(parameters, run):
    """Each value but zeros (the biases) one unit in the last place up or down."""
    random = np.random.RandomState(run)
    towards = [np.where(random.rand(*p.shape) < 0.5, np.float32(-np.inf), np.float32(np.inf)) for p in parameters]
    return [np.where(p == 0, p, np.nextafter(p, t)) for p, t in zip(parameters, towards)]


def images(part):
    """Images [n, 28, 28, 1] and labels."""
    x, y = mnist(part)
    return x.reshape(-1, 28, 28, 1), torch.tensor(y)


def logits(parameters, x):
    w1, b1, w2, b2, w3, b3, w4, b4 = parameters
    x = x.permute(0, 3, 1, 2)
    for w, b in ((w1, b1), (w2, b2)):
        x = F.max_pool2d(torch.relu(F.conv2d(x, w.permute(3, 2, 0, 1), b)), 2)
    x = x.permute(0, 2, 3, 1).reshape(len(x), -1)
    return torch.relu(x @ w3 + b3) @ w4 + b4


def leaves(values, dtype):
    return [torch.tensor(p, dtype=dtype, requires_grad=True) for p in values]


def step(parameters, optimizer, x, y):
    """One update; the loss before it."""
    loss = F.cross_entropy(logits(parameters, x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()
