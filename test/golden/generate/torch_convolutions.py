#!/usr/bin/python3
"""
Writes ../convolutions.json: PyTorch's convolutions of every kind and pooling on random shapes and options, forward and all gradients.
/usr/bin/python3 test/golden/generate/torch_convolutions.py

Shapes, options and layouts are Keras's: images [N,H,W,C], filters [KH,KW,C/groups,filters], depthwise [KH,KW,C,multiplier], transposed
[KH,KW,filters,C]. Padding `same` and `causal` are zeros put around the input by Keras's rule, and what a transposed convolution does not keep is cut
off, so that no padding of PyTorch's is used. Of each tensor there are up to 12 values, evenly spaced, and the sum; `float32Distance` is how far
a run in float32 is from one in float64, by each tensor's largest magnitude.
"""
import json
import random
from pathlib import Path

import torch
import torch.nn.functional as F

random.seed(6)
VALUES = 12


class Draw:
    """Numbers in (-1, 1) that are exact in float32: the test draws the same."""

    def __init__(self, seed):
        self.state = seed

    def __call__(self, *shape):
        out = []
        for _ in range(torch.Size(shape).numel()):
            self.state = (self.state * 1664525 + 1013904223) % 2**32
            out.append((self.state >> 8) / 2**23 - 1)
        return torch.tensor(out, dtype=torch.float64).reshape(shape)


def around(size, kernel, stride, padding):
    """Zeros before and after, so that the windows of Keras's rule fit."""
    if padding == "valid":
        return 0, 0
    total = max(0, (-(-size // stride) - 1) * stride + kernel - size)
    return (kernel - 1, max(0, total - kernel + 1)) if padding == "causal" else (total // 2, total - total // 2)


def reach(kernel, dilation):
    return (kernel - 1) * dilation + 1


def padded(x, sizes, kernel, strides, padding, value=0.0):
    """x [N,C,...] with its border."""
    pads = [around(*args, padding) for args in zip(sizes, kernel, strides)]
    return F.pad(x, [n for before_after in reversed(pads) for n in before_after], value=value)


def channels_first(x):
    return x.movedim(-1, 1)


def channels_last(x):
    return x.movedim(1, -1)


def conv(x, w, o):
    """Images or sequences; w [K...,C/groups,filters]."""
    kernel = w.shape[:-2]
    x = padded(channels_first(x), x.shape[1:-1], [reach(*kd) for kd in zip(kernel, o["dilationRate"])], o["strides"], o["padding"])
    w = w.movedim(-1, 0).movedim(-1, 1)
    return channels_last((F.conv2d if len(kernel) == 2 else F.conv1d)(x, w, None, o["strides"], 0, o["dilationRate"], o["groups"]))


def depthwise(x, w, o):
    kh, kw, c, m = w.shape
    return conv(x, w.reshape(kh, kw, 1, c * m), dict(o, groups=c))


def transposed_side(size, kernel, stride, padding, extra):
    """Size of the result, and what is before it in the full one."""
    if padding == "valid":
        return (size - 1) * stride + kernel + (max(0, stride - kernel) if extra is None else extra), 0
    total = stride + kernel - 2 if extra is None else kernel + kernel % 2 - 2 + extra
    before = min(total // 2 + total % 2, kernel - 1)
    return size * stride if extra is None else (size - 1) * stride + kernel % 2 + extra, kernel - 1 - before


def transpose(x, w, o):
    full = F.conv_transpose2d(channels_first(x), w.permute(3, 2, 0, 1), None, o["strides"], 0, 0, 1, o["dilationRate"])
    extra = o.get("outputPadding", [None, None])
    for axis, (size, kernel, stride, dilation, more) in enumerate(zip(x.shape[1:-1], w.shape, o["strides"], o["dilationRate"], extra), 2):
        out, before = transposed_side(size, reach(kernel, dilation), stride, o["padding"], more)
        after = before + out - full.shape[axis]
        full = F.pad(full, [0, 0] * (3 - axis) + [0, max(0, after)]).narrow(axis, before, out)
    return channels_last(full)


def pool(x, kind, o):
    window = o["poolSize"], o["strides"]
    sequence = len(window[0]) == 1
    low = float("-inf") if kind == "max" else 0.0
    border = lambda t: padded(t, x.shape[1:-1], *window, o["padding"], low)
    first = border(channels_first(x))
    if kind == "max":
        return channels_last((F.max_pool1d if sequence else F.max_pool2d)(first, *window))
    average = F.avg_pool1d if sequence else F.avg_pool2d
    covered = border(torch.ones_like(channels_first(x)))
    return channels_last(average(first, *window) / average(covered, *window))


def run(case, dtype):
    draw = Draw(case["seed"])
    tensors = [draw(*case["x"])] + ([draw(*case["w"])] if "w" in case else [])
    leaves = [t.to(dtype).requires_grad_() for t in tensors]
    op, o = case["op"], case["options"]
    if "Pool" in op:
        y = pool(leaves[0], op[:3], o)
    else:
        y = dict(conv2d=conv, conv1d=conv, depthwiseConv2d=depthwise, conv2dTranspose=transpose)[op](*leaves, o)
    seed = draw(*y.shape).to(dtype)
    return [y, *torch.autograd.grad(y, leaves, seed)]


def fits(image, kernel, padding):
    return padding != "valid" or all(k <= i for k, i in zip(kernel, image))


def drawn(op):
    """Shapes and options at random."""
    dims = 1 if "1d" in op else 2
    some = lambda low, high: [random.randint(low, high) for _ in range(dims)]
    while True:
        image, kernel, strides, dilation = some(1, 11), some(1, 4), some(1, 3), some(1, 3) if random.random() < 0.5 else [1] * dims
        padding = random.choice(["valid", "same", "causal"] if op == "conv1d" else ["valid", "same"])
        if op == "conv2dTranspose" or fits(image, kernel if "Pool" in op else [reach(*kd) for kd in zip(kernel, dilation)], padding):
            break
    groups, each = random.choice([1, 1, 2, 3, 4]), random.randint(1, 5)
    channels = groups * each
    options = dict(strides=strides, padding=padding)
    case = dict(op=op, x=[2, *image, channels], options=options)
    if "Pool" in op:
        options["poolSize"] = kernel
        return case
    options["dilationRate"] = dilation
    if op == "depthwiseConv2d":
        return dict(case, w=[*kernel, channels, random.randint(1, 3)])
    if op == "conv2dTranspose":
        if random.random() < 0.5:
            options["outputPadding"] = [random.randint(0, s - 1) for s in strides]
            # Keras's rule for `same` can ask for no output at all.
            if any(i == 1 and k % 2 == 0 and p == 0 for i, k, p in zip(image, [reach(*kd) for kd in zip(kernel, dilation)], options["outputPadding"])):
                del options["outputPadding"]
        return dict(case, w=[*kernel, random.randint(1, 9), channels])
    options["groups"] = groups
    return dict(case, w=[*kernel, each, groups * random.randint(1, 4)])


def summary(t):
    flat = t.detach().flatten()
    stride = -(-len(flat) // VALUES)
    # A prime, so that the values are of all places and channels.
    while any(stride % d == 0 for d in range(2, stride)):
        stride += 1
    digits = lambda v: float(f"{v:.12g}")
    return dict(shape=list(t.shape), sum=digits(flat.sum()), maxAbs=digits(flat.abs().max()), stride=stride, values=[digits(v) for v in flat[::stride].tolist()])


def main():
    counts = dict(conv2d=16, depthwiseConv2d=12, conv2dTranspose=16, conv1d=12, maxPool2d=6, averagePool2d=6, maxPool1d=4, averagePool1d=4)
    # Strides that meet some of the taps of a dilated window, many channels, and Winograd's tiles.
    fixed = [
        dict(op="conv2d", x=[2, 13, 14, 6], w=[4, 5, 3, 10], options=dict(strides=[2, 3], padding="same", dilationRate=[3, 2], groups=2)),
        dict(op="conv2d", x=[2, 12, 15, 2], w=[4, 4, 2, 9], options=dict(strides=[4, 6], padding="same", dilationRate=[6, 4], groups=1)),
        dict(op="conv2d", x=[2, 9, 9, 24], w=[3, 3, 24, 16], options=dict(strides=[1, 1], padding="same", dilationRate=[1, 1], groups=1)),
        dict(op="conv2dTranspose", x=[2, 9, 9, 16], w=[3, 3, 24, 16], options=dict(strides=[1, 1], padding="same", dilationRate=[1, 1])),
        dict(op="depthwiseConv2d", x=[2, 9, 14, 20], w=[3, 3, 20, 1], options=dict(strides=[1, 1], padding="same", dilationRate=[1, 2])),
        dict(op="depthwiseConv2d", x=[1, 11, 23, 9], w=[5, 5, 9, 1], options=dict(strides=[2, 2], padding="same", dilationRate=[1, 1])),
        dict(op="conv1d", x=[2, 19, 6], w=[3, 6, 5], options=dict(strides=[1], padding="causal", dilationRate=[4], groups=1)),
    ]
    # Winograd's tiles on the phases of images with taps apart: sizes that the distance divides and does not.
    phases = [
        dict(op="conv2d", x=[2, 13, 14, 24], w=[3, 3, 24, 16], options=dict(strides=[1, 1], padding="same", dilationRate=[2, 2], groups=1)),
        dict(op="conv2d", x=[2, 20, 18, 16], w=[5, 5, 16, 24], options=dict(strides=[1, 1], padding="valid", dilationRate=[3, 3], groups=1)),
        dict(op="conv2dTranspose", x=[2, 13, 15, 16], w=[3, 3, 24, 16], options=dict(strides=[1, 1], padding="same", dilationRate=[4, 4])),
    ]
    cases = fixed + [drawn(op) for op, count in counts.items() for _ in range(count)] + phases
    for i, case in enumerate(cases):
        case["seed"] = i + 1
        exact = run(case, torch.float64)
        # Windows may lie so that no tap meets the image.
        while any(not any(summary(t)["values"]) for t in exact):
            case.update(drawn(case["op"]))
            exact = run(case, torch.float64)
        single = run(case, torch.float32)
        apart = [float((s.double() - e).abs().max() / e.abs().max().clamp(min=1e-30)) for s, e in zip(single, exact)]
        case["float32Distance"] = float(f"{max(apart):.3g}")
        case["results"] = [summary(t) for t in exact]
    path = Path(__file__).parent.parent / "convolutions.json"
    lines = ",\n".join("    " + json.dumps(case, separators=(",", ":")) for case in cases)
    path.write_text('{\n  "torch": "%s",\n  "cases": [\n%s\n  ]\n}\n' % (torch.__version__, lines))


main()
