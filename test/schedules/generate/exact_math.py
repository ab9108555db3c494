#!/usr/bin/python3
"""Writes ../exact-math.json: exp, pow and cos(pi t) to 60 digits, rounded to doubles. /usr/bin/python3 test/schedules/generate/exact_math.py (mpmath)"""
import json
import math
import random
from pathlib import Path

import mpmath

mpmath.mp.dps = 60
random.seed(1)


def rounded(value):
    return float(value)


exp = [random.uniform(-700, 709) for _ in range(400)] + [random.uniform(-1, 1) * 10.0 ** random.uniform(-12, 0) for _ in range(200)]
exp += [0.0, 1.0, -1.0, 709.7, -708.3, 0.34657359027997264, -0.34657359027997264, 1e-17]
bases = [math.exp(random.uniform(-600, 600)) for _ in range(300)]
pow_ = [(x, random.uniform(-1, 1) * 700 / max(1e-3, abs(math.log(x)))) for x in bases]
pow_ += [(1 + random.uniform(-1, 1) * 10.0 ** random.uniform(-10, -1), random.uniform(-1, 1) * 10.0 ** random.uniform(0, 8)) for _ in range(400)]
pow_ += [(g, float(n)) for g in (0.1, 0.5, 0.9, 0.95, 0.96, 0.99, 0.999, 0.9999, 0.99994, 1.5, 2.0, 3.0) for n in (0, 1, 2, 3, 7, 31, 100, 999, 1000, 20000)]
pow_ = [(x, y) for x, y in pow_ if abs(y * math.log(x)) < 700]
cos = [random.uniform(0, 1) for _ in range(300)] + [random.uniform(-1000, 1000) for _ in range(200)]
cos += [0.5 + random.uniform(-1, 1) * 10.0 ** random.uniform(-15, -1) for _ in range(100)] + [0.0, 1.0, 2.0, 0.5, 1.5, 0.25, -0.75, 1e15, 123456789.25]

out = dict(
    exp=[(x, rounded(mpmath.exp(mpmath.mpf(x)))) for x in exp],
    pow=[(x, y, rounded(mpmath.power(mpmath.mpf(x), mpmath.mpf(y)))) for x, y in pow_],
    cosPi=[(t, rounded(mpmath.cospi(mpmath.mpf(t)))) for t in cos],
)
Path(__file__).parent.parent.joinpath("exact-math.json").write_text(json.dumps(out) + "\n")
