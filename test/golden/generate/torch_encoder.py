#!/usr/bin/python3
"""Ten steps of an encoder of sequences in PyTorch: embedding, GRU both ways, one sigmoid. Writes test/golden/encoder.json.

Tokens 0 stand for no step. Weight j is fillNormal(deriveKey(5, Purpose.data, j)) times 0.4; tokens are drawn uniformly, and row n keeps 1 + (5 n mod T) of them,
every third row those at the end; the label is 1 where the first token is lower than the last. Batches in file order, Adam, binary cross-entropy from logits.
Golden numbers are float64; the same in float32 measures what rounding does.
"""
from golden import relative, rounded, summary, write

import numpy as np
import torch
from torch.nn import functional as F

from rng import PURPOSE, derive_key, fill_normal, fill_uniform
from torch_recurrent import recurrent_layer

CASE, VOCABULARY, D, U, T, BATCH, STEPS = 5, 13, 6, 5, 7, 8, 10
WEIGHTS = [
    ("embedding/embeddings", [VOCABULARY, D]),
    *((f"bidirectional/{way}_gru/{name}", shape) for way in ("forward", "backward") for name, shape in
      (("kernel", [D, 3 * U]), ("recurrentKernel", [U, 3 * U]), ("bias", [2, 3 * U]))),
    ("dense/kernel", [2 * U, 1]),
    ("dense/bias", [1]),
]


def data():
    """Tokens [rows,T] and labels [rows]."""
    rows = BATCH * STEPS
    tokens = 1 + np.floor(fill_uniform(rows * T, derive_key(CASE, PURPOSE["data"], 100)) * np.float32(VOCABULARY - 1)).astype(np.int64).reshape(rows, T)
    labels = (tokens[:, 0] < tokens[:, -1]).astype(np.int64)
    for n in range(rows):
        kept = 1 + (5 * n) % T
        if n % 3 == 2:
            tokens[n, : T - kept] = 0
        else:
            tokens[n, kept:] = 0
    return tokens, labels


def train(start, tokens, labels, dtype):
    """The loss of each step, and the weights after them."""
    weights = [torch.tensor(w, dtype=dtype, requires_grad=True) for w in start]
    optimizer = torch.optim.Adam(weights, lr=0.01)
    losses = []
    for step in range(STEPS):
        rows = slice(step * BATCH, (step + 1) * BATCH)
        x = torch.tensor(tokens[rows])
        embeddings, *gru, kernel, bias = weights
        sequence = F.embedding(x, embeddings)
        last = []
        for i, backwards in enumerate((False, True)):
            case = dict(cell="gru", T=T, mask=(tokens[rows] != 0).astype(int).tolist(), goBackwards=backwards, activation="tanh")
            _, states = recurrent_layer(case, sequence, [torch.zeros(BATCH, U, dtype=dtype)], *gru[3 * i : 3 * i + 3])
            last.append(states[0])
        z = torch.cat(last, 1) @ kernel + bias
        loss = F.binary_cross_entropy_with_logits(z[:, 0], torch.tensor(labels[rows], dtype=dtype))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, [w.detach().numpy().astype(np.float64) for w in weights]


def main():
    tokens, labels = data()
    start = [(fill_normal(int(np.prod(shape)), derive_key(CASE, PURPOSE["data"], j)) * np.float32(0.4)).reshape(shape) for j, (_, shape) in enumerate(WEIGHTS)]
    losses, weights = train(start, tokens, labels, torch.float64)
    single, single_weights = train(start, tokens, labels, torch.float32)
    distance = dict(
        losses=rounded(np.abs(np.array(single) / np.array(losses) - 1).max(), 3), weights=rounded(max(relative(a, b) for a, b in zip(single_weights, weights)), 3))
    print(losses, distance)
    write("encoder.json", dict(
        generator="test/golden/generate/torch_encoder.py", torch=torch.__version__, tokens=["".join(chr(97 + t) for t in row) for row in tokens],
        labels="".join(map(str, labels)), float32Distance=distance, losses=rounded(losses),
        weights=[summary(name, w, 40, 30) for (name, _), w in zip(WEIGHTS, weights)]), levels=2)


main()
