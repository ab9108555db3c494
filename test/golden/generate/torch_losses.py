#!/usr/bin/python3
"""Losses and activations with their gradients, by PyTorch's autograd. Writes test/golden/losses.json and test/golden/activations.json.

Losses: mean over a sample (cross-entropies and KL: sum over classes), gradient of the sum over samples with respect to the predictions. What PyTorch
clips otherwise than Keras (probabilities from elsewhere) stays inside of (1e-6, 1 - 1e-6) here. Computed in float64; `float32Distance` is how far
PyTorch's float32 is from it, relative to the largest value. Extreme inputs are exact float32.
"""
from golden import rounded, write

import numpy as np
import torch
from torch.nn import functional as F

from rng import PURPOSE, derive_key, fill_normal

N, C = 6, 4
EXTREME = [1e4, -1e4, 60.0, -60.0, 1e-4, 0.0]


def draw(case, j, scale=1.0):
    return (fill_normal(N * C, derive_key(case, PURPOSE["data"], j)) * np.float32(scale)).reshape(N, C)


def extreme(x):
    """Values of EXTREME down the diagonal and in the last rows."""
    x = x.copy()
    for i, value in enumerate(EXTREME):
        x[i, i % C] = value
    x[N - 1, 1:3] = [1e4, -1e4]
    return x


def softmax(x):
    e = np.exp(x.astype(np.float64) - x.max(1, keepdims=True))
    return (e / e.sum(1, keepdims=True)).astype(np.float32)


def bits(case):
    return (draw(case, 7) > 0).astype(np.float32)


LABELS = np.array([0, 3, 1, 2, 2, 0])
HOT = np.eye(C, dtype=np.float32)[LABELS]


def mean(f):
    return lambda y, p: f(p, y).mean(1)


def bce_logits(s=0.0):
    return mean(lambda p, y: F.binary_cross_entropy_with_logits(p, y * (1 - s) + s / 2, reduction="none"))


def ce(s=0.0):
    """PyTorch takes class probabilities as targets."""
    return lambda y, p: F.cross_entropy(p, y, reduction="none", label_smoothing=s)


def sparse(s=0.0):
    labels = torch.tensor(LABELS)
    return lambda y, p: F.cross_entropy(p, labels, reduction="none", label_smoothing=s)


def log_cosh(y, p):
    """By cosh itself where it does not overflow, else by its asymptote."""
    a = (p - y).abs()
    return torch.where(a < 300, torch.log(torch.cosh(a.clamp(max=300))), a - np.log(2)).mean(1)


def bce(y, p):
    return F.binary_cross_entropy(p, y, reduction="none").mean(1)


def ce_probabilities(y, p):
    return -(y * torch.log(p / p.sum(1, keepdim=True))).sum(1)


def kl_logits(y, p):
    return F.kl_div(F.log_softmax(p, 1), y.clamp(1e-7, 1), reduction="none").sum(1)


def kl(y, p):
    return F.kl_div(torch.log(p), y, reduction="none").sum(1)


def unit(x):
    """Probabilities well inside of (0, 1)."""
    return np.clip(1 / (1 + np.exp(-x.astype(np.float64))), 1e-4, 1 - 1e-4).astype(np.float32)


# name: (our loss, options, activation in front ("" none), function, targets, predictions before the activation)
CASES = {
    "meanSquaredError": ("meanSquaredError", {}, "", mean(lambda p, y: F.mse_loss(p, y, reduction="none")), draw(1, 0), draw(1, 1, 3)),
    "meanAbsoluteError": ("meanAbsoluteError", {}, "", mean(lambda p, y: F.l1_loss(p, y, reduction="none")), draw(2, 0), extreme(draw(2, 1))),
    "huber": ("huber", {}, "", mean(lambda p, y: F.huber_loss(p, y, reduction="none")), draw(3, 0), extreme(draw(3, 1, 2))),
    "huber, delta": ("huber", {"delta": 2.5}, "", mean(lambda p, y: F.huber_loss(p, y, reduction="none", delta=2.5)), draw(4, 0), extreme(draw(4, 1, 4))),
    "logCosh": ("logCosh", {}, "", log_cosh, draw(5, 0), draw(5, 1, 3)),
    "logCosh, extreme": ("logCosh", {}, "", log_cosh, 0 * draw(6, 0), extreme(draw(6, 1, 0.01))),
    "binaryCrossentropy, logits": ("binaryCrossentropy", {"fromLogits": True}, "", bce_logits(), bits(7), draw(7, 1, 3)),
    "binaryCrossentropy, extreme logits": ("binaryCrossentropy", {"fromLogits": True}, "", bce_logits(), bits(8), extreme(draw(8, 1, 3))),
    "binaryCrossentropy, smoothed logits": ("binaryCrossentropy", {"fromLogits": True, "labelSmoothing": 0.2}, "", bce_logits(0.2), bits(9), draw(9, 1, 3)),
    "binaryCrossentropy, soft targets": ("binaryCrossentropy", {"fromLogits": True}, "", bce_logits(), unit(draw(10, 0)), draw(10, 1, 3)),
    "binaryCrossentropy, sigmoid": ("binaryCrossentropy", {}, "sigmoid", bce_logits(), bits(11), extreme(draw(11, 1, 3))),
    "binaryCrossentropy, probabilities": ("binaryCrossentropy", {}, "", bce, bits(12), unit(draw(12, 1, 2))),
    "categoricalCrossentropy, logits": ("categoricalCrossentropy", {"fromLogits": True}, "", ce(), HOT, draw(13, 1, 3)),
    "categoricalCrossentropy, extreme softmax": ("categoricalCrossentropy", {}, "softmax", ce(), HOT, extreme(draw(14, 1, 3))),
    "categoricalCrossentropy, smoothed": ("categoricalCrossentropy", {"labelSmoothing": 0.1}, "softmax", ce(0.1), HOT, draw(15, 1, 3)),
    "categoricalCrossentropy, soft targets": ("categoricalCrossentropy", {}, "softmax", ce(), softmax(draw(16, 0)), draw(16, 1, 3)),
    "categoricalCrossentropy, probabilities": ("categoricalCrossentropy", {}, "", ce_probabilities, HOT, unit(draw(17, 1, 2))),
    "sparseCategoricalCrossentropy, logits": ("sparseCategoricalCrossentropy", {"fromLogits": True}, "", sparse(), None, draw(18, 1, 3)),
    "sparseCategoricalCrossentropy, extreme softmax": ("sparseCategoricalCrossentropy", {}, "softmax", sparse(), None, extreme(draw(19, 1, 3))),
    "sparseCategoricalCrossentropy, smoothed": ("sparseCategoricalCrossentropy", {"labelSmoothing": 0.3}, "softmax", sparse(0.3), None, draw(20, 1, 3)),
    "klDivergence, extreme softmax": ("klDivergence", {}, "softmax", kl_logits, HOT, extreme(draw(21, 1, 3))),
    "klDivergence, probabilities": ("klDivergence", {}, "", kl, softmax(draw(22, 0)), softmax(draw(22, 1))),
    "hinge": ("hinge", {}, "", mean(lambda p, y: torch.relu(1 - y * p)), 2 * bits(23) - 1, extreme(draw(23, 1, 2))),
    "poisson": ("poisson", {}, "", mean(lambda p, y: F.poisson_nll_loss(p, y, log_input=False, eps=1e-7, reduction="none")), np.abs(draw(24, 0)), np.exp(draw(24, 1))),
}


def run(f, y, p, dtype):
    leaf = torch.tensor(p, dtype=dtype, requires_grad=True)
    loss = f(None if y is None else torch.tensor(y, dtype=dtype), leaf)
    loss.sum().backward()
    return loss.detach().numpy().astype(np.float64), leaf.grad.numpy().astype(np.float64)


def away(a, b):
    return float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-300))


def exact(a):
    return rounded(np.asarray(a, np.float32).astype(np.float64).ravel(), 9)


ACTIVATIONS = {
    "relu": F.relu, "leakyRelu": lambda x: F.leaky_relu(x, 0.2), "elu": F.elu, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "softplus": lambda x: -F.logsigmoid(-x),
    "gelu": F.gelu, "geluTanh": lambda x: F.gelu(x, approximate="tanh"), "silu": F.silu, "mish": lambda x: x * torch.tanh(-F.logsigmoid(-x)), "selu": F.selu,
    "relu6": F.relu6, "hardSigmoid": lambda x: F.relu6(x + 3) / 6, "hardTanh": F.hardtanh, "hardSilu": F.hardswish, "softsign": F.softsign, "exponential": torch.exp,
    "linear": lambda x: x * 1, "softmax": lambda x: torch.softmax(x, 1), "logSoftmax": lambda x: F.log_softmax(x, 1),
}
# F.hardsigmoid has a float32 sixth also in float64. The kinks themselves are left out: frameworks differ there.
GRID = np.concatenate([np.linspace(-9.97, 9.97, 150), [1e-30, -1e-30, 1e-4, -1e-4, 2.9999, -2.9999, 20.5, -20.5, 50.3, -50.3, 88.0, -88.0]]).astype(np.float32)
FAR = np.array([1e4, -1e4, 1e20, -1e20], np.float32)


def main():
    cases = {}
    for name, (loss, options, activation, f, y, p) in CASES.items():
        p = np.asarray(p, np.float32)
        value, gradient = run(f, y, p, torch.float64)
        value32, gradient32 = run(f, y, p, torch.float32)
        cases[name] = dict(
            loss=loss, options=options, activation=activation, targets=LABELS.tolist() if y is None else exact(y), predictions=exact(p), value=rounded(value),
            gradient=rounded(gradient.ravel()), float32Distance=dict(value=rounded(away(value32, value), 3), gradient=rounded(away(gradient32, gradient), 3)))
        print(name, cases[name]["float32Distance"])
    write("losses.json", dict(generator="test/golden/generate/torch_losses.py", torch=torch.__version__, shape=[N, C], cases=cases), levels=3)

    entries = {}
    points = np.concatenate([GRID, FAR])
    seeds = fill_normal(points.size, derive_key(41, PURPOSE["data"], 0))
    for name, f in ACTIVATIONS.items():
        rows = name in ("softmax", "logSoftmax")
        # The exponential overflows far out.
        x = extreme(draw(40, 1, 4)) if rows else GRID if name == "exponential" else points
        seed = seeds[:x.size].reshape(x.shape)
        found = []
        for dtype in (torch.float64, torch.float32):
            leaf = torch.tensor(x, dtype=dtype, requires_grad=True)
            y = f(leaf)
            y.backward(torch.tensor(seed, dtype=dtype))
            found.append((y.detach().numpy().astype(np.float64), leaf.grad.numpy().astype(np.float64)))
        (y, dx), (y32, dx32) = found
        # Element by element: relative where values are large, absolute below 1. PyTorch's own float32 geluTanh has NaN gradients far out.
        distance = [float(np.nanmax(np.abs(b - a) / np.maximum(np.abs(a), 1))) for a, b in ((y, y32), (dx, dx32))]
        entries[name] = dict(y=rounded(y.ravel()), gradient=rounded(dx.ravel()), float32Distance=dict(value=rounded(distance[0], 3), gradient=rounded(distance[1], 3)))
        if rows:
            entries[name].update(shape=list(x.shape), x=exact(x))
        print(name, distance)
    content = dict(generator="test/golden/generate/torch_losses.py", torch=torch.__version__, x=exact(points), seed=exact(seeds), activations=entries)
    write("activations.json", content, levels=3)


main()
