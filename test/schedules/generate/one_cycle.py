#!/usr/bin/python3
"""Writes ../one-cycle.json: the rates of PyTorch's OneCycleLR. /usr/bin/python3 test/schedules/generate/one_cycle.py"""
import json
from pathlib import Path

import torch

CASES = [
    (dict(), 0.01, 1000),
    (dict(anneal="linear"), 0.5, 100),
    (dict(warmUp=0.1, divFactor=10.0, finalDivFactor=100.0), 1.0, 37),
    (dict(warmUp=0.5, anneal="linear", finalDivFactor=1.0), 0.3, 8),
]


def rates(options, peak, steps):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=peak)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, peak, total_steps=steps, pct_start=options.get("warmUp", 0.3), div_factor=options.get("divFactor", 25.0),
        final_div_factor=options.get("finalDivFactor", 1e4), anneal_strategy=dict(cosine="cos", linear="linear")[options.get("anneal", "cosine")],
        cycle_momentum=False)
    found = []
    for step in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step < steps - 1:
            schedule.step()
    return found


out = [dict(options=o, learningRate=peak, steps=steps, rates=rates(o, peak, steps)) for o, peak, steps in CASES]
Path(__file__).parent.parent.joinpath("one-cycle.json").write_text(json.dumps(out) + "\n")
