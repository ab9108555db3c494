#!/usr/bin/python3
"""Normalization, embedding, merging, pooling and moving layers with all gradients by PyTorch. Writes test/golden/layers.json.

The objective is the sum of the output times a seed. Numbers are drawn by a rule: tensor j of case i is fillNormal(deriveKey(i, Purpose.data, j)): j = 0 to 9
the inputs (batch b of batch normalization: 100 + b), 10 on the weights (times 0.5; gamma + 1), 20 the seed. Indices are floor(u inputDim) of fillUniform.
`float32Distance` is how far PyTorch's float32 is from its float64, relative to the largest value.

Batch normalization runs over several batches, in training; its running statistics are PyTorch's own, whose variance is unbiased, and `evaluated` is the
first batch by them once that variance is brought into Keras's form: what a step adds is (n - 1) / n times as much.
"""
from golden import relative, rounded, summary, write

import numpy as np
import torch
from torch.nn import functional as F

from rng import PURPOSE, derive_key, fill_normal, fill_uniform

BATCHES = 12


def draw(i, j, shape, scale=1.0, shift=0.0):
    return (fill_normal(int(np.prod(shape)), derive_key(i, PURPOSE["data"], j)) * np.float32(scale) + np.float32(shift)).reshape(shape)


def indices(i, shape, limit):
    u = fill_uniform(int(np.prod(shape)), derive_key(i, PURPOSE["data"], 0)).astype(np.float64)
    return np.floor(u * limit).astype(np.int64).reshape(shape)


def size(random, *tops):
    return [int(random.randint(2, top + 1)) for top in tops]


def channels_first(x):
    return x.movedim(-1, 1)


def pairwise(f):
    def merge(inputs, options):
        y = inputs[0]
        for x in inputs[1:]:
            y = f(y, x)
        return y
    return merge


def crop(x, sides):
    (top, bottom), (left, right) = sides
    return x[:, top:x.shape[1] - bottom, left:x.shape[2] - right]


def flat_sides(options, name):
    (top, bottom), (left, right) = options[name]
    return [0, 0, left, right, top, bottom]


# name: function of inputs and options; weights are handled by those that have them
PLAIN = {
    "add": pairwise(torch.add), "subtract": pairwise(torch.sub), "multiply": pairwise(torch.mul), "maximum": pairwise(torch.maximum),
    "minimum": pairwise(torch.minimum), "average": lambda xs, o: sum(xs) / len(xs), "concatenate": lambda xs, o: torch.cat(xs, o["axis"]),
    "globalAveragePool1d": lambda xs, o: xs[0].mean(1, keepdim=o["keepDims"]), "globalAveragePool2d": lambda xs, o: xs[0].mean((1, 2), keepdim=o["keepDims"]),
    "globalMaxPool1d": lambda xs, o: xs[0].amax(1, keepdim=o["keepDims"]), "globalMaxPool2d": lambda xs, o: xs[0].amax((1, 2), keepdim=o["keepDims"]),
    "permute": lambda xs, o: xs[0].permute(0, *o["dims"]), "reshape": lambda xs, o: xs[0].reshape(xs[0].shape[0], *o["shape"]),
    "zeroPadding2d": lambda xs, o: F.pad(xs[0], flat_sides(o, "padding")), "cropping2d": lambda xs, o: crop(xs[0], o["cropping"]),
}


def cases():
    random = np.random.RandomState(6)
    for rank in (2, 3, 4):
        for affine in ((True, True), (True, False), (False, True)) if rank == 3 else ((True, True),) * 2:
            shape = size(random, *[9, 7, 6][:rank - 1]) + size(random, 21)
            yield "batchNormalization", dict(momentum=rounded(random.uniform(0.5, 0.99), 3), epsilon=rounded(10 ** random.uniform(-5, -1), 3), scale=affine[0], center=affine[1]), [shape]
        for affine in (True, False):
            shape = size(random, *[9, 7, 6][:rank - 1]) + size(random, 40)
            yield "layerNormalization", dict(epsilon=rounded(10 ** random.uniform(-5, -1), 3), scale=affine, center=affine), [shape]
        yield "embedding", dict(inputDim=size(random, 30)[0], outputDim=size(random, 20)[0]), [size(random, 9, 9)[:rank - 1]]
    for name in ("add", "multiply", "average", "maximum", "minimum", "subtract"):
        a = size(random, 6, 5, 5, 9)
        yield name, {}, [a] * (2 if name == "subtract" else 3)
        yield name, {}, [a, [a[0], 1, 1, a[3]]]
    for axis in (1, -1, 2):
        a = size(random, 6, 5, 5, 9)
        shapes = [list(a) for _ in range(3)]
        for shape in shapes:
            shape[axis] = size(random, 6)[0]
        yield "concatenate", dict(axis=axis), shapes
    for keep in (False, True):
        for name in ("globalAveragePool1d", "globalMaxPool1d"):
            yield name, dict(keepDims=keep), [size(random, 6, 9, 19)]
        for name in ("globalAveragePool2d", "globalMaxPool2d"):
            yield name, dict(keepDims=keep), [size(random, 6, 7, 6, 19)]
    yield "permute", dict(dims=[2, 1]), [size(random, 6, 9, 7)]
    yield "permute", dict(dims=[3, 1, 2]), [size(random, 6, 5, 4, 7)]
    yield "reshape", dict(shape=[-1, 3]), [[5, 4, 6]]
    yield "zeroPadding2d", dict(padding=[[1, 2], [0, 3]]), [size(random, 5, 5, 5, 6)]
    yield "cropping2d", dict(cropping=[[1, 0], [2, 1]]), [[4, 5, 6, 3]]


def weights_of(i, layer, options, C):
    """Names and values in Keras's order."""
    if layer == "embedding":
        return dict(embeddings=draw(i, 10, [options["inputDim"], options["outputDim"]], 0.5))
    found = {}
    if options.get("scale"):
        found["gamma"] = draw(i, 10, [C], 0.5, 1)
    if options.get("center"):
        found["beta"] = draw(i, 11, [C], 0.5)
    return found


def normalized(layer, options, x, weights, running):
    C = x.shape[-1]
    gamma, beta = weights.get("gamma"), weights.get("beta")
    if layer == "layerNormalization":
        return F.layer_norm(x, [C], gamma, beta, options["epsilon"])
    y = F.batch_norm(channels_first(x), running["mean"], running["variance"], gamma, beta, training=running["training"], momentum=1 - options["momentum"], eps=options["epsilon"])
    return y.movedim(1, -1)


def run(i, layer, options, shapes, dtype):
    leaf = lambda values: torch.tensor(values, dtype=dtype, requires_grad=True)
    weights = {name: leaf(w) for name, w in weights_of(i, layer, options, shapes[0][-1]).items()}
    found = {}

    def compare(prefix, inputs, f, indexed=False):
        y = f(inputs)
        (y * torch.tensor(draw(i, 20, list(y.shape)), dtype=dtype)).sum().backward()
        found[f"{prefix}y"] = y
        for k, x in enumerate([] if indexed else inputs):
            found[f"{prefix}d x{k}"] = x.grad
        for name, w in weights.items():
            found[f"{prefix}d {name}"] = w.grad.clone()
            w.grad.zero_()

    if layer == "embedding":
        compare("", [torch.tensor(indices(i, shapes[0], options["inputDim"]))], lambda xs: F.embedding(xs[0], weights["embeddings"]), True)
    elif layer == "batchNormalization":
        C = shapes[0][-1]
        running = dict(mean=torch.zeros(C, dtype=dtype), variance=torch.ones(C, dtype=dtype), training=True)
        for b in range(BATCHES):
            # Batches differ in mean and spread.
            x = leaf(draw(i, 100 + b, shapes[0], 1 + 0.25 * b, b))
            if b in (0, BATCHES - 1):
                compare(f"{b}: ", [x], lambda xs: normalized(layer, options, xs[0], weights, running))
            else:
                normalized(layer, options, x, weights, running)
        found["runningMean"], found["runningVariance"] = running["mean"].clone(), running["variance"].clone()
        n = int(np.prod(shapes[0][:-1]))
        start = options["momentum"] ** BATCHES
        running.update(training=False, variance=start + (running["variance"] - start) * (n - 1) / n)
        x = leaf(draw(i, 100, shapes[0]))
        compare("evaluated: ", [x], lambda xs: normalized(layer, options, xs[0], weights, running))
    elif layer == "layerNormalization":
        compare("", [leaf(draw(i, 0, shapes[0], 2, 3))], lambda xs: normalized(layer, options, xs[0], weights, None))
    else:
        compare("", [leaf(draw(i, k, shape)) for k, shape in enumerate(shapes)], lambda xs: PLAIN[layer](xs, options))
    return {name: value.detach().numpy().astype(np.float64) for name, value in found.items()}


def main():
    entries = []
    for i, (layer, options, shapes) in enumerate(cases()):
        found, single = run(i, layer, options, shapes, torch.float64), run(i, layer, options, shapes, torch.float32)
        apart = {name: relative(single[name], value) for name, value in found.items()}
        weights = {name: list(w.shape) for name, w in weights_of(i, layer, options, shapes[0][-1]).items()}
        entries.append(dict(
            layer=layer, options=options, inputs=shapes, weights=weights, float32Distance=rounded(max(apart.values()), 3),
            # Where most is 0 a sample might see nothing else.
            tensors=[summary(name, value, 1000 if "Max" in layer else 24, 16) for name, value in found.items()]))
        print(layer, options, shapes, max(apart.values()))
    write("layers.json", dict(generator="test/golden/generate/torch_layers.py", torch=torch.__version__, batches=BATCHES, cases=entries), levels=2)


main()
