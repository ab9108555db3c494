#!/usr/bin/python3
"""NumPy and OpenBLAS with backpropagation written by hand: /usr/bin/python3 bench/peers/numpy_peer.py WORKLOAD [THREADS]"""
from pycommon import SCALE, WORKLOAD, base, digits, emit, fullbatch_bench, gemm_bench, median, mnist, now, timed, train_bench

import numpy as np

base(peer="numpy", version=np.__version__)
random = np.random.RandomState(1)


def glorot(fan_in, fan_out, dtype):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return random.uniform(-limit, limit, (fan_in, fan_out)).astype(dtype)


class Net:
    """Dense layers with ReLU between, softmax cross-entropy."""

    def __init__(self, sizes, dtype=np.float32):
        self.kernels = [glorot(a, b, dtype) for a, b in zip(sizes, sizes[1:])]
        self.biases = [np.zeros(b, dtype) for b in sizes[1:]]
        self.dtype = dtype
        self.moments = None
        self.steps = 0

    def activations(self, x):
        """Inputs of all layers, then the logits."""
        result = [x]
        for i, (w, b) in enumerate(zip(self.kernels, self.biases)):
            x = x @ w
            x += b
            if i < len(self.kernels) - 1:
                np.maximum(x, 0, out=x)
            result.append(x)
        return result

    def accuracy(self, x, y):
        return float((self.activations(x)[-1].argmax(1) == y).mean())

    def gradients(self, x, y):
        """Loss, and (layer, kernel gradient, bias gradient) from the last layer to the first."""
        inputs = self.activations(x)
        z = inputs[-1]
        z = z - z.max(1, keepdims=True)
        e = np.exp(z)
        p = e / e.sum(1, keepdims=True)
        n, rows = len(y), np.arange(len(y))
        loss = float(-np.log(p[rows, y] + 1e-12).mean())
        p[rows, y] -= 1
        p /= np.asarray(n, self.dtype)
        g, result = p, []
        for i in range(len(self.kernels) - 1, -1, -1):
            result.append((i, inputs[i].T @ g, g.sum(0)))
            if i:
                g = g @ self.kernels[i].T
                g *= inputs[i] > 0
        return loss, result

    def sgd(self, x, y, rate=0.1):
        loss, gradients = self.gradients(x, y)
        rate = np.asarray(rate, self.dtype)
        for i, gw, gb in gradients:
            gw *= rate
            self.kernels[i] -= gw
            self.biases[i] -= rate * gb
        return loss

    def adam(self, x, y, rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8):
        loss, gradients = self.gradients(x, y)
        if self.moments is None:
            self.moments = [[(np.zeros_like(p), np.zeros_like(p)) for p in pair] for pair in zip(self.kernels, self.biases)]
        self.steps += 1
        f = self.dtype
        corrected = f(rate * np.sqrt(1 - beta2**self.steps) / (1 - beta1**self.steps))
        for i, *pair in gradients:
            for p, g, (m, v) in zip((self.kernels[i], self.biases[i]), pair, self.moments[i]):
                m *= f(beta1)
                m += f(1 - beta1) * g
                g *= g
                g *= f(1 - beta2)
                v *= f(beta2)
                v += g
                p -= corrected * m / (np.sqrt(v) + f(epsilon))
        return loss


def train(sizes, optimizer, label, seconds=25, batch=32):
    data = mnist()
    net = Net(sizes)
    update = getattr(net, optimizer)
    at, order, shuffle_seconds = len(data.y), None, 0.0

    def gather():
        nonlocal at, order, shuffle_seconds
        if at + batch > len(data.y):
            start = now()
            order, at = random.permutation(len(data.y)), 0
            shuffle_seconds = now() - start
        rows = order[at : at + batch]
        at += batch
        return data.x[rows], data.y[rows]

    train_bench(label, batch, gather, lambda taken: update(*taken), lambda: net.accuracy(data.tx, data.ty), lambda: shuffle_seconds, seconds)


def gemm():
    def make(m, k, n, a, b):
        c = np.empty((m, n), np.float32)
        return lambda: np.matmul(a, b, out=c), lambda: c

    gemm_bench(make)


def fullbatch():
    data = mnist()
    for dtype in (np.float32, np.float64):
        net, x = Net((784, 256, 10), dtype), data.x.astype(dtype)
        fullbatch_bench(lambda: net.sgd(x, data.y), variant=np.dtype(dtype).name)
        del x


def ceiling():
    """What the machine gives: large products and copies."""
    for n in (1024, 2048):
        a, b = (random.rand(n, n).astype(np.float32) for _ in range(2))
        c = np.empty((n, n), np.float32)
        times, _ = timed(lambda: np.matmul(a, b, out=c), 4 * SCALE)
        emit(workload="ceiling-sgemm", shape=str(n), ok=True, gflops_median=digits(2 * n**3 / median(times) / 1e9), gflops_best=digits(2 * n**3 / min(times) / 1e9))
    for mib in (1, 16, 256):
        source = np.ones(mib * 2**18, np.float32)
        target = np.empty_like(source)
        times, _ = timed(lambda: np.copyto(target, source), 3 * SCALE)
        emit(
            workload="ceiling-copy", mib=mib, ok=True, gb_per_s_read_plus_write=digits(2 * source.nbytes / median(times) / 1e9),
            best=digits(2 * source.nbytes / min(times) / 1e9))


def mlp():
    train((784, 128, 10), "sgd", "mlp-sgd")
    train((784, 128, 10), "adam", "mlp-adam")


def softmax():
    train((784, 10), "sgd", "softmax", 10)


WORKLOADS = dict(mlp=mlp, softmax=softmax, gemm=gemm, fullbatch=fullbatch, ceiling=ceiling)
if WORKLOAD not in WORKLOADS:
    raise SystemExit(f"numpy_peer.py: got {WORKLOAD}, expected one of {' '.join(WORKLOADS)}")
WORKLOADS[WORKLOAD]()
