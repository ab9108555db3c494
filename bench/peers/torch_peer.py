#!/usr/bin/python3
"""PyTorch: /usr/bin/python3 bench/peers/torch_peer.py WORKLOAD [THREADS]"""
import json
from pathlib import Path

from pycommon import THREADS, WORKLOAD, base, fullbatch_bench, gemm_bench, infer_bench, mnist, now, random_images, train_bench

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(THREADS)
torch.manual_seed(1)
capability = [line.split(":")[1].strip() for line in torch.__config__.show().split("\n") if "CPU capability" in line]
base(peer="torch", version=torch.__version__, cpu_capability=capability[0])


class Last(nn.Module):
    """Logits from a recurrent layer's last output."""

    def __init__(self, recurrent):
        super().__init__()
        self.recurrent = recurrent
        self.out = nn.Linear(128, 10)

    def forward(self, x):
        outputs, _ = self.recurrent(x)
        return self.out(outputs[:, -1])


def cnn():
    """The report's."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(1600, 64), nn.ReLU(), nn.Linear(64, 10))


MODELS = dict(
    mlp=((784,), lambda: nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))),
    softmax=((784,), lambda: nn.Sequential(nn.Linear(784, 10))),
    cnn=((1, 28, 28), cnn),
    rnn=((28, 28), lambda: Last(nn.RNN(28, 128, batch_first=True))),
    lstm=((28, 28), lambda: Last(nn.LSTM(28, 128, batch_first=True))),
    gru=((28, 28), lambda: Last(nn.GRU(28, 128, batch_first=True))),
)
OPTIMIZERS = dict(sgd=lambda p: torch.optim.SGD(p, lr=0.1), adam=lambda p: torch.optim.Adam(p, lr=1e-3))


def network(shape):
    """The network of a file of bench/shapes."""
    _, _, channels = shape["inputShape"]
    layers, sizes = [], torch.zeros(1, channels, *shape["inputShape"][:2])
    for layer in shape["layers"]:
        kind = layer["type"]
        if kind == "conv2d":
            made = [nn.Conv2d(sizes.shape[1], layer["filters"], layer["kernelSize"], layer["strides"], layer["padding"], layer.get("dilationRate", 1))]
        elif kind == "depthwiseConv2d":
            made = [nn.Conv2d(sizes.shape[1], sizes.shape[1], layer["kernelSize"], layer["strides"], layer["padding"], groups=sizes.shape[1])]
        elif kind == "maxPool2d":
            made = [nn.MaxPool2d(layer["poolSize"])]
        elif kind == "flatten":
            made = [nn.Flatten()]
        else:
            made = [nn.Linear(sizes.shape[1], layer["units"])]
        if layer.get("activation") == "relu":
            made.append(nn.ReLU())
        for module in made:
            sizes = module(sizes)
        layers += made
    return nn.Sequential(*layers)


def stepper(net, optimizer):
    """One training step on (x, y); the loss."""

    def step(taken):
        x, y = taken
        optimizer.zero_grad()
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def train(kind, optimizer, label, batch=32, seconds=25, variant=None):
    shape, make = MODELS[kind]
    data = mnist()
    x, tx = (torch.from_numpy(images).view(-1, *shape) for images in (data.x, data.tx))
    y, ty = torch.from_numpy(data.y), torch.from_numpy(data.ty)

    def accuracy(net):
        with torch.no_grad():
            return sum((net(tx[i : i + 500]).argmax(1) == ty[i : i + 500]).sum().item() for i in range(0, len(ty), 500)) / len(ty)

    train_on(x, y, make, accuracy, optimizer, label, batch, seconds, variant)


def train_on(x, y, make, accuracy, optimizer, label, batch, seconds, variant):
    layout = torch.channels_last if variant == "channels_last" else torch.contiguous_format
    net = make().to(memory_format=layout)
    at, order, shuffle_seconds = len(y), None, 0.0

    def gather():
        nonlocal at, order, shuffle_seconds
        if at + batch > len(y):
            start = now()
            order, at = torch.randperm(len(y)), 0
            shuffle_seconds = now() - start
        rows = order[at : at + batch]
        at += batch
        taken = x[rows]
        return (taken.to(memory_format=layout) if variant == "channels_last" else taken), y[rows]

    train_bench(label, batch, gather, stepper(net, OPTIMIZERS[optimizer](net.parameters())), lambda: accuracy(net), lambda: shuffle_seconds, seconds, variant)


def train_cnn(batch):
    for variant in ("contiguous", "channels_last"):
        train("cnn", "adam", "cnn", batch, variant=variant)


def train_shape(path):
    """A network of bench/shapes on random images."""
    shape = json.loads(path.read_text())
    images, labels = random_images(*shape["inputShape"])
    x, y = torch.from_numpy(images).permute(0, 3, 1, 2), torch.from_numpy(labels)
    for variant in ("contiguous", "channels_last"):
        layout = torch.channels_last if variant == "channels_last" else torch.contiguous_format
        train_on(x.contiguous(memory_format=layout), y, lambda: network(shape), lambda _: None, "adam", path.stem, 32, 10, variant)


def mlp():
    train("mlp", "sgd", "mlp-sgd")
    train("mlp", "adam", "mlp-adam")


def infer():
    images = mnist().x
    for batch in (1, 256):
        for variant in ("contiguous", "channels_last"):
            net = cnn().eval()
            x = torch.from_numpy(images[:batch].copy()).view(-1, 1, 28, 28)
            if variant == "channels_last":
                net = net.to(memory_format=torch.channels_last)
                x = x.contiguous(memory_format=torch.channels_last)

            def call():
                with torch.no_grad():
                    return F.softmax(net(x), 1).numpy()

            infer_bench("cnn-infer", batch, call, variant)


def batchnorm():
    """Batch normalization and ReLU while training, forwards and backwards, on 18,432 x 32 values; the gradient of the result is given."""
    for variant, layout in dict(contiguous=torch.contiguous_format, channels_last=torch.channels_last).items():
        net = nn.BatchNorm2d(32)
        x, dy = (torch.randn(32, 32, 24, 24).contiguous(memory_format=layout) for _ in range(2))
        x.requires_grad_()

        def call():
            net.zero_grad()
            x.grad = None
            F.relu(net(x)).backward(dy)

        infer_bench("batchnorm", 32, call, variant)


def gemm():
    def make(m, k, n, a, b):
        left, right, product = torch.from_numpy(a), torch.from_numpy(b), torch.empty(m, n)
        return lambda: torch.mm(left, right, out=product), lambda: product.numpy()

    gemm_bench(make)


def fullbatch():
    data = mnist()
    taken = torch.from_numpy(data.x), torch.from_numpy(data.y)
    net = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
    step = stepper(net, OPTIMIZERS["sgd"](net.parameters()))
    fullbatch_bench(lambda: step(taken))


SHAPES = Path(__file__).resolve().parents[1] / "shapes"
WORKLOADS = dict(
    mlp=mlp,
    softmax=lambda: train("softmax", "sgd", "softmax", seconds=10),
    cnn=lambda: train_cnn(32),
    cnn128=lambda: train_cnn(128),
    rnn=lambda: train("rnn", "adam", "rnn"),
    lstm=lambda: train("lstm", "adam", "lstm"),
    gru=lambda: train("gru", "adam", "gru"),
    batchnorm=batchnorm,
    infer=infer,
    gemm=gemm,
    fullbatch=fullbatch,
    **{path.stem: lambda path=path: train_shape(path) for path in sorted(SHAPES.glob("*.json"))},
)
if WORKLOAD not in WORKLOADS:
    raise SystemExit(f"torch_peer.py: got {WORKLOAD}, expected one of {' '.join(WORKLOADS)}")
WORKLOADS[WORKLOAD]()
