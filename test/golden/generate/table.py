"""The report's table: 784-128-10 on MNIST, 7 optimizers x 6 activations, from gradiente's glorotUniform weights of seed 7, batches of 32 in file order.

Each optimizer is PyTorch's with the hyperparameters that Keras gives it by default; gradiente's takes the same numbers in its preset "torch".
"""
import golden  # noqa: F401, before NumPy and PyTorch

import numpy as np
import torch
from torch.nn import functional as F

from rng import dense_parameters, glorot_uniform

SEED, BATCH = 7, 32

TORCH = dict(preset="torch")
# name: gradiente's optimizer and options; PyTorch's and its options.
OPTIMIZERS = {
    "adam": ("adam", dict(epsilon=1e-7, **TORCH), torch.optim.Adam, dict(lr=0.001, eps=1e-7)),
    "sgd": ("sgd", dict(learningRate=0.01, **TORCH), torch.optim.SGD, dict(lr=0.01)),
    "momentum": ("sgd", dict(learningRate=0.01, momentum=0.9, **TORCH), torch.optim.SGD, dict(lr=0.01, momentum=0.9)),
    "nesterov": (
        "sgd", dict(learningRate=0.01, momentum=0.9, nesterov=True, **TORCH), torch.optim.SGD, dict(lr=0.01, momentum=0.9, nesterov=True)),
    "adagrad": (
        "adagrad", dict(learningRate=0.001, initialAccumulatorValue=0.1, epsilon=1e-7, **TORCH),
        torch.optim.Adagrad, dict(lr=0.001, initial_accumulator_value=0.1, eps=1e-7)),
    "adadelta": (
        "adadelta", dict(learningRate=0.001, rho=0.95, epsilon=1e-7, **TORCH), torch.optim.Adadelta, dict(lr=0.001, rho=0.95, eps=1e-7)),
    "rmsprop": (
        "rmsprop", dict(learningRate=0.001, rho=0.9, epsilon=1e-7, **TORCH), torch.optim.RMSprop, dict(lr=0.001, alpha=0.9, eps=1e-7)),
}
ACTIVATIONS = dict(
    relu=torch.relu, sigmoid=torch.sigmoid, tanh=torch.tanh, leakyRelu=lambda x: F.leaky_relu(x, 0.2), elu=F.elu, softplus=F.softplus)


def start():
    return dense_parameters((784, 128, 10), SEED, glorot_uniform)


def moved(parameters, run):
    """Each value but zeros (the biases) one unit in the last place up or down."""
    random = np.random.RandomState(run)
    towards = [np.where(random.rand(*p.shape) < 0.5, np.float32(-np.inf), np.float32(np.inf)) for p in parameters]
    return [np.where(p == 0, p, np.nextafter(p, t)) for p, t in zip(parameters, towards)]


def logits(parameters, activation, x):
    w1, b1, w2, b2 = parameters
    return ACTIVATIONS[activation](x @ w1 + b1) @ w2 + b2


def train(optimizer, activation, initial, x, y, dtype):
    """One pass over x in file order for each item taken: yields (losses of its steps, parameters)."""
    parameters = [torch.tensor(p, dtype=dtype, requires_grad=True) for p in initial]
    _, _, make, options = OPTIMIZERS[optimizer]
    update = make(parameters, **options)
    while True:
        losses = []
        for at in range(0, len(y), BATCH):
            loss = F.cross_entropy(logits(parameters, activation, x[at : at + BATCH]), y[at : at + BATCH])
            update.zero_grad()
            loss.backward()
            update.step()
            losses.append(loss.item())
        yield losses, parameters
