#!/usr/bin/python3
"""
Writes ../schedules.json: 1,000 rates of PyTorch's schedulers each. /usr/bin/python3 test/schedules/generate/schedules.py
CosineAnnealingLR and PolynomialLR compute a rate from the one before, and drift: their own closed forms are taken.
"""
import json
import warnings
from pathlib import Path

import torch
from torch.optim import lr_scheduler as lr

warnings.simplefilter("ignore")
STEPS = 1000


def rates(make, peak, closed=False):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=peak)
    schedule = make(optimizer)
    found = []
    for step in range(STEPS):
        found.append(schedule._get_closed_form_lr()[0] if closed else optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return found


def cyclic(mode, up, down=None, gamma=1.0, div=4.0):
    return lambda o: lr.CyclicLR(o, 0.1 / div, 0.1, step_size_up=up, step_size_down=down, mode=mode, gamma=gamma, cycle_momentum=False)


def warm(start, steps, then):
    return lambda o: lr.SequentialLR(o, [lr.LinearLR(o, start_factor=start, total_iters=steps), then(o)], milestones=[steps])


CASES = [
    ("step", dict(gamma=0.5, decaySteps=70), 0.1, lambda o: lr.StepLR(o, 70, gamma=0.5)),
    ("step", dict(decaySteps=333), 0.003, lambda o: lr.StepLR(o, 333)),
    ("step", dict(gamma=0.5, decayEpochs=2.5), 0.1, lambda o: lr.StepLR(o, 100, gamma=0.5)),
    ("exponential", dict(decayRate=0.995, decaySteps=1), 0.1, lambda o: lr.ExponentialLR(o, 0.995)),
    ("exponential", dict(decayRate=1.002, decaySteps=1), 1e-6, lambda o: lr.ExponentialLR(o, 1.002)),
    ("polynomial", dict(endLearningRate=0, power=1, decaySteps=1000), 0.1, lambda o: lr.PolynomialLR(o, 1000, 1.0), True),
    ("polynomial", dict(endLearningRate=0, power=2.5, decaySteps=600), 0.1, lambda o: lr.PolynomialLR(o, 600, 2.5), True),
    ("polynomial", dict(endLearningRate=0, power=0.5), 0.1, lambda o: lr.PolynomialLR(o, 1000, 0.5), True),
    ("cosine", dict(), 0.1, lambda o: lr.CosineAnnealingLR(o, 1000), True),
    ("cosine", dict(alpha=0.1, decaySteps=1200), 0.1, lambda o: lr.CosineAnnealingLR(o, 1200, eta_min=0.01), True),
    ("cosine-restarts", dict(firstDecaySteps=70, tMul=1), 0.1, lambda o: lr.CosineAnnealingWarmRestarts(o, 70)),
    ("cosine-restarts", dict(firstDecayEpochs=1, alpha=0.01), 0.1, lambda o: lr.CosineAnnealingWarmRestarts(o, 40, T_mult=2, eta_min=0.001)),
    ("cosine-restarts", dict(firstDecaySteps=13, tMul=3), 0.1, lambda o: lr.CosineAnnealingWarmRestarts(o, 13, T_mult=3)),
    ("one-cycle", dict(), 0.1, lambda o: lr.OneCycleLR(o, 0.1, total_steps=STEPS + 1, cycle_momentum=False), False, STEPS + 1),
    ("triangular", dict(upSteps=100), 0.1, cyclic("triangular", 100)),
    ("triangular", dict(upSteps=30, downSteps=90, divFactor=10), 0.1, cyclic("triangular", 30, 90, div=10.0)),
    ("triangular2", dict(upEpochs=1, downEpochs=2), 0.1, cyclic("triangular2", 40, 80)),
    ("exp-range", dict(gamma=0.997, upSteps=37), 0.1, cyclic("exp_range", 37, gamma=0.997)),
    ("warm-up", dict(startFactor=1 / 3, warmupSteps=50, schedule=dict(name="constant", config={})), 0.1, lambda o: lr.LinearLR(o, total_iters=50)),
    (
        "warm-up",
        dict(startFactor=0.01, warmupEpochs=5, schedule=dict(name="exponential", config=dict(decayRate=0.99, decaySteps=1))),
        0.1,
        warm(0.01, 200, lambda o: lr.ExponentialLR(o, 0.99)),
    ),
    ("piecewise", dict(boundaryEpochs=[5, 12], values=[0.1, 0.02, 0.004]), 0.1, lambda o: lr.MultiStepLR(o, [200, 480], gamma=0.2)),
]

out = []
for name, options, peak, make, *rest in CASES:
    closed = rest[0] if rest else False
    out.append(dict(name=name, options=options, learningRate=peak, steps=rest[1] if len(rest) > 1 else STEPS, stepsPerEpoch=40, rates=rates(make, peak, closed)))
Path(__file__).parent.parent.joinpath("schedules.json").write_text(json.dumps(out) + "\n")
