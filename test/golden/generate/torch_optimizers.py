#!/usr/bin/python3
"""Every optimizer of PyTorch, with each option that gradiente has too, on given gradients. Writes test/golden/optimizers.json.

The gradients are those of test/optimizers/given-gradients.ts, exact in float32. Golden weights are float64's after 10 and 1,000 steps; the same
in float32 measures what rounding does. Decoupled weight decay, which PyTorch has in AdamW only, is p *= 1 - lr wd before the step, as there.
PyTorch 1.13 has no Lion: it is written down from the paper here. Its NAdam counts mu_t twice in the product for t + 1, unless it works on lists of
tensors (foreach): that form is the paper's and the one of PyTorch 2.
"""
from golden import relative, rounded, write

import numpy as np
import torch

from rng import derive_key, fill_uniform

N, STEPS, AT = 64, 1000, (10, 1000)
F = np.float32


def golden_run():
    """Gradients [STEPS, N] and first weights [N]: goldenRun of given-gradients.ts."""
    u = fill_uniform(STEPS * N, derive_key(7, 1)).reshape(STEPS, N)
    chosen = fill_uniform(STEPS * N, derive_key(7, 2)).reshape(STEPS, N)
    start = fill_uniform(N, derive_key(7, 3))
    start = np.where(np.arange(N) < N // 2, 2 * start - F(1), F(0))
    gradients = np.zeros((STEPS, N), F)
    for i in range(N):
        kind = i // 8 % 4
        for t in range(STEPS):
            if kind == 2 and chosen[t, i] >= 0.25:
                continue
            size = 2.0 ** (-6 * (i % 8) - (t // 50 if kind == 3 else 0))
            gradients[t, i] = (2 * u[t, i] - F(1 if kind == 0 else 0)) * F(size)
    return gradients, start


class Lion(torch.optim.Optimizer):
    """Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", algorithm 2, line by line; weight decay is left to `run`."""

    def __init__(self, params, lr, betas):
        super().__init__(params, dict(lr=lr, betas=betas))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for theta in group["params"]:
                g = theta.grad
                m = self.state[theta].setdefault("m", torch.zeros_like(theta))
                c = beta1 * m + (1 - beta1) * g
                theta -= group["lr"] * torch.sign(c)
                m.copy_(beta2 * m + (1 - beta2) * g)


O = torch.optim
TORCH = dict(preset="torch")
FOREACH = dict(foreach=True)
# name: gradiente's optimizer and options; PyTorch's and its options; changing: the learning rate is halved every 3 steps, back to whole after 12.
CASES = {
    "sgd": ("sgd", dict(learningRate=0.1, **TORCH), O.SGD, dict(lr=0.1)),
    "sgd, decay": ("sgd", dict(learningRate=0.1, weightDecay=0.01, **TORCH), O.SGD, dict(lr=0.1)),
    "momentum": ("sgd", dict(learningRate=0.01, momentum=0.9, **TORCH), O.SGD, dict(lr=0.01, momentum=0.9)),
    "momentum, changing": ("sgd", dict(learningRate=0.01, momentum=0.9, **TORCH), O.SGD, dict(lr=0.01, momentum=0.9)),
    "momentum, decay": ("sgd", dict(learningRate=0.01, momentum=0.5, weightDecay=0.1, **TORCH), O.SGD, dict(lr=0.01, momentum=0.5)),
    "nesterov": ("sgd", dict(learningRate=0.01, momentum=0.9, nesterov=True, **TORCH), O.SGD, dict(lr=0.01, momentum=0.9, nesterov=True)),
    "nesterov, changing": ("sgd", dict(learningRate=0.01, momentum=0.9, nesterov=True, **TORCH), O.SGD, dict(lr=0.01, momentum=0.9, nesterov=True)),
    "adagrad": ("adagrad", TORCH, O.Adagrad, dict()),
    "adagrad, accumulator": (
        "adagrad", dict(learningRate=0.1, initialAccumulatorValue=0.1, epsilon=1e-3, **TORCH),
        O.Adagrad, dict(lr=0.1, initial_accumulator_value=0.1, eps=1e-3)),
    "adagrad, decay": ("adagrad", dict(weightDecay=0.1, **TORCH), O.Adagrad, dict()),
    "adadelta": ("adadelta", TORCH, O.Adadelta, dict()),
    "adadelta, given": ("adadelta", dict(learningRate=0.5, rho=0.8, epsilon=1e-4, **TORCH), O.Adadelta, dict(lr=0.5, rho=0.8, eps=1e-4)),
    "adadelta, decay": ("adadelta", dict(weightDecay=0.01, **TORCH), O.Adadelta, dict()),
    "rmsprop": ("rmsprop", TORCH, O.RMSprop, dict()),
    "rmsprop, given": ("rmsprop", dict(learningRate=0.001, rho=0.9, epsilon=1e-4, **TORCH), O.RMSprop, dict(lr=0.001, alpha=0.9, eps=1e-4)),
    "rmsprop, momentum": ("rmsprop", dict(momentum=0.9, **TORCH), O.RMSprop, dict(momentum=0.9)),
    "rmsprop, momentum, changing": ("rmsprop", dict(momentum=0.9, **TORCH), O.RMSprop, dict(momentum=0.9)),
    "rmsprop, centered": ("rmsprop", dict(centered=True, **TORCH), O.RMSprop, dict(centered=True)),
    "rmsprop, centered, momentum": ("rmsprop", dict(centered=True, momentum=0.5, **TORCH), O.RMSprop, dict(centered=True, momentum=0.5)),
    "rmsprop, decay": ("rmsprop", dict(weightDecay=0.1, **TORCH), O.RMSprop, dict()),
    "adam": ("adam", TORCH, O.Adam, dict()),
    "adam, given": (
        "adam", dict(learningRate=0.01, beta1=0.8, beta2=0.99, epsilon=1e-4, **TORCH), O.Adam, dict(lr=0.01, betas=(0.8, 0.99), eps=1e-4)),
    "adam, changing": ("adam", TORCH, O.Adam, dict()),
    "adam, amsgrad": ("adam", dict(amsgrad=True, **TORCH), O.Adam, dict(amsgrad=True)),
    "adam, amsgrad, given": (
        "adam", dict(amsgrad=True, beta1=0.5, beta2=0.8, epsilon=1e-4, **TORCH), O.Adam, dict(amsgrad=True, betas=(0.5, 0.8), eps=1e-4)),
    "adamw": ("adamw", TORCH, O.AdamW, dict()),
    "adamw, given": ("adamw", dict(learningRate=0.01, weightDecay=0.1, **TORCH), O.AdamW, dict(lr=0.01, weight_decay=0.1)),
    "adamw, changing": ("adamw", dict(weightDecay=0.5, **TORCH), O.AdamW, dict(weight_decay=0.5)),
    "adamw, amsgrad": ("adamw", dict(amsgrad=True, beta2=0.8, **TORCH), O.AdamW, dict(amsgrad=True, betas=(0.9, 0.8))),
    "adamax": ("adamax", TORCH, O.Adamax, dict()),
    "adamax, given": (
        "adamax", dict(learningRate=0.01, beta1=0.8, beta2=0.9, epsilon=1e-4, **TORCH), O.Adamax, dict(lr=0.01, betas=(0.8, 0.9), eps=1e-4)),
    "adamax, decay": ("adamax", dict(weightDecay=0.1, **TORCH), O.Adamax, dict()),
    "nadam": ("nadam", TORCH, O.NAdam, FOREACH),
    "nadam, given": (
        "nadam", dict(learningRate=0.01, beta1=0.8, beta2=0.99, epsilon=1e-4, momentumDecay=1, **TORCH),
        O.NAdam, dict(lr=0.01, betas=(0.8, 0.99), eps=1e-4, momentum_decay=1, **FOREACH)),
    "nadam, decay": ("nadam", dict(weightDecay=0.1, **TORCH), O.NAdam, FOREACH),
    "lion": ("lion", dict(), Lion, dict(lr=0.001, betas=(0.9, 0.99))),
    "lion, given": ("lion", dict(learningRate=0.01, beta1=0.5, beta2=0.8), Lion, dict(lr=0.01, betas=(0.5, 0.8))),
    "lion, decay": ("lion", dict(weightDecay=0.1), Lion, dict(lr=0.001, betas=(0.9, 0.99))),
}


def run(optimizer, kwargs, decay, changing, gradients, start, dtype):
    """The weights after each of AT's numbers of steps."""
    torch.set_default_dtype(dtype)  # Of NAdam's product.
    p = torch.tensor(start, dtype=dtype, requires_grad=True)
    gradients = torch.tensor(gradients, dtype=dtype)
    update = optimizer([p], **kwargs)
    rate = update.defaults["lr"]
    weights = []
    for t in range(STEPS):
        lr = rate * 0.5 ** (t // 3 % 4) if changing else rate
        update.param_groups[0]["lr"] = lr
        if decay:
            with torch.no_grad():
                p.mul_(1 - lr * decay)
        p.grad = gradients[t].clone()
        update.step()
        if t + 1 in AT:
            weights.append(p.detach().numpy().astype(np.float64))
    return weights


def distances(single, double):
    """Relative to the largest: of the weights that did not start from 0; of those that did, for each size of gradient apart."""
    half = N // 2
    return dict(
        weights=rounded(relative(single[:half], double[:half]), 3),
        moved=[rounded(relative(single[half + size :: 8], double[half + size :: 8]), 3) for size in range(8)])


def main():
    gradients, start = golden_run()
    cases = {}
    for name, (ours, options, optimizer, kwargs) in CASES.items():
        decay = 0 if optimizer is O.AdamW else options.get("weightDecay", 0)
        changing = "changing" in name
        args = (optimizer, kwargs, decay, changing, gradients, start)
        double, single = run(*args, torch.float64), run(*args, torch.float32)
        assert all(np.isfinite(w).all() for w in double + single), name
        cases[name] = dict(
            optimizer=ours, options=options, changing=changing,
            float32Distance=[distances(s, d) for s, d in zip(single, double)],
            weights=[rounded(w) for w in double])
        worst = [(d["weights"], max(d["moved"])) for d in cases[name]["float32Distance"]]
        print(f"{name:30}", *(f"{w:.1e} {m:.1e}  " for w, m in worst), flush=True)
    write("optimizers.json", dict(
        generator="test/golden/generate/torch_optimizers.py", torch=torch.__version__, steps=AT,
        gradientSum=rounded(float(np.abs(gradients.astype(np.float64)).sum())), cases=cases), levels=3)


main()
