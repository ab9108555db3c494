#!/usr/bin/python3
"""
Writes ../update.json: weights after 12 steps of PyTorch with clipped gradients, penalties, constraints, averaged weights and accumulation.
/usr/bin/python3 test/golden/generate/torch_update.py

Three parameters whose gradients are given: a [3,4] and c [1200] are penalized, b [5] is not. `tolerance` is ten times the distance of a
run in float32 from one in float64, by each tensor's largest magnitude.
"""
import json
from pathlib import Path

import torch
from torch.optim.swa_utils import AveragedModel

SHAPES = dict(a=(3, 4), b=(5,), c=(1200,))
WIDTH = 12 + 5 + 1200
STEPS = 12
state = 1


def draw(n):
    """Numbers in (-1, 1) that are exact in float32: the test draws the same."""
    global state
    out = []
    for _ in range(n):
        state = (state * 1664525 + 1013904223) % 2**32
        out.append((state >> 8) / 2**23 - 1)
    return out


START = draw(WIDTH)
# Of growing size, so that bounds bind in some steps only.
GRADIENTS = [[g * 2.0 ** (t // 3 - 2) for g in draw(WIDTH)] for t in range(STEPS * 3)]


class Given(torch.nn.Module):
    def __init__(self, dtype):
        super().__init__()
        at = 0
        for name, shape in SHAPES.items():
            n = torch.Size(shape).numel()
            setattr(self, name, torch.nn.Parameter(torch.tensor(START[at : at + n], dtype=dtype).reshape(shape)))
            at += n

    def forward(self, x):
        return (torch.cat([p.flatten() for p in self.parameters()]) * x).sum()


def run(options, dtype):
    model = Given(dtype)
    kind, rate = options.get("optimizer", "sgd"), options.get("learningRate", 0.1)
    make = dict(
        sgd=lambda p: torch.optim.SGD(p, lr=rate),
        momentum=lambda p: torch.optim.SGD(p, lr=rate, momentum=0.9),
        adamw=lambda p: torch.optim.AdamW(p, lr=rate, weight_decay=0.05),
        adam=lambda p: torch.optim.Adam(p, lr=rate),
    )[kind]
    optimizer = make(model.parameters())
    momentum = options.get("ema")
    # As PyTorch documents it for exponential averages.
    averaged = AveragedModel(model, avg_fn=lambda avg, p, n: momentum * avg + (1 - momentum) * p) if momentum is not None else None
    accumulation = options.get("accumulationSteps", 1)
    penalties = []
    for t in range(STEPS):
        optimizer.zero_grad()
        penalty = torch.zeros((), dtype=dtype)
        for p in (model.a, model.c):
            penalty = penalty + options.get("l1", 0) * p.abs().sum() + options.get("l2", 0) * (p**2).sum()
        penalties.append(float(penalty))
        if penalty.requires_grad:
            penalty.backward()
        for k in range(accumulation):
            (model(torch.tensor(GRADIENTS[t * accumulation + k], dtype=dtype)) / accumulation).backward()
        if "clipValue" in options:
            torch.nn.utils.clip_grad_value_(model.parameters(), options["clipValue"])
        if "clipNorm" in options:
            for p in model.parameters():
                torch.nn.utils.clip_grad_norm_(p, options["clipNorm"])
        if "globalClipNorm" in options:
            torch.nn.utils.clip_grad_norm_(model.parameters(), options["globalClipNorm"])
        optimizer.step()
        with torch.no_grad():
            if "maxNorm" in options:
                # Norms over axis 0 for a: renorm names the axis that is kept.
                model.a.copy_(torch.renorm(model.a, 2, 1, options["maxNorm"]))
                model.c.copy_(torch.renorm(model.c[None], 2, 0, options["maxNorm"])[0])
            if options.get("nonNegative"):
                for p in (model.a, model.c):
                    p.clamp_(min=0)
        if averaged is not None:
            averaged.update_parameters(model)
    weights = {name: p.detach().flatten().tolist() for name, p in model.named_parameters()}
    if averaged is not None:
        weights |= {f"ema/{name}": p.detach().flatten().tolist() for name, p in averaged.module.named_parameters()}
    return weights, penalties


CASES = [
    dict(clipValue=0.25),
    dict(clipNorm=2.0, optimizer="momentum"),
    dict(globalClipNorm=6.0),
    dict(l1=0.05),
    dict(l2=0.1),
    dict(l1=0.02, l2=0.03, optimizer="adam", learningRate=0.01),
    dict(maxNorm=1.5),
    dict(nonNegative=True, maxNorm=3.0, optimizer="momentum"),
    dict(ema=0.9),
    dict(accumulationSteps=3, clipNorm=2.0),
    dict(accumulationSteps=2, l2=0.05, globalClipNorm=4.0, maxNorm=12.0, ema=0.75, optimizer="adamw", learningRate=0.02),
    dict(accumulationSteps=3, l1=0.01, clipValue=0.5, nonNegative=True, ema=0.5, optimizer="momentum"),
]

out = []
for options in CASES:
    exact, penalties = run(options, torch.float64)
    rough, rough_penalties = run(options, torch.float32)
    tolerance = {}
    for name, values in exact.items():
        size = max(map(abs, values))
        tolerance[name] = 10 * max(abs(x - y) for x, y in zip(values, rough[name])) / size
    picked = {name: values if len(values) < 100 else values[::23] for name, values in exact.items()}
    # Of single steps: a mean may agree by chance.
    apart = 10 * max(abs(x - y) / (x or 1) for x, y in zip(penalties, rough_penalties))
    out.append(dict(options=options, weights=picked, tolerance=tolerance, penalty=sum(penalties) / STEPS, penaltyTolerance=apart))
Path(__file__).parent.parent.joinpath("update.json").write_text(json.dumps(dict(torch=torch.__version__, cases=out)) + "\n")
for case in out:
    print(case["options"], {k: f"{v:.1e}" for k, v in case["tolerance"].items()}, f'{case["penaltyTolerance"]:.1e}')
