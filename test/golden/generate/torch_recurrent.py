#!/usr/bin/python3
"""Recurrent layers with all gradients by PyTorch's autograd over its own cells, step by step. Writes test/golden/recurrent.json.

The objective is the sum of everything the layer gives (outputs of all steps, last states) times seeds. Where there is no mask, nn.RNN, nn.LSTM and nn.GRU
must give the same. A masked step changes no state, and gives the output of the step before, or 0 if there was none.

Numbers are drawn by a rule: tensor j of case i is fillNormal(deriveKey(i, Purpose.data, j)), with j = 0 the inputs, 1 and 2 initial states, 3 kernel,
4 recurrent kernel and 5 bias (times 0.5), 6 to 8 the seeds of outputs and states. Weights have Keras's order of gates; where PyTorch's is another, they are
brought into it here, and the gradients come back in Keras's. `float32Distance` is how far PyTorch's float32 is from its float64, relative to the largest value.
"""
from golden import relative, rounded, summary, write

import numpy as np
import torch

from rng import PURPOSE, derive_key, fill_normal

PER_CELL = 13
GATES = dict(simpleRnn=1, lstm=4, gru=3)


def torch_order(cell, w):
    """Keras's gates z, r, h of a GRU as PyTorch's r, z, n; the others are in the same order. w [..., gates x units]."""
    if cell != "gru":
        return w
    z, r, h = w.chunk(3, -1)
    return torch.cat([r, z, h], -1)


def step(cell, activation, x, states, kernel, recurrent, bias):
    """One step of PyTorch's own cell: the new states."""
    w_ih, w_hh = torch_order(cell, kernel).t(), torch_order(cell, recurrent).t()
    if bias is None:
        bias = torch.zeros(2, w_ih.shape[0], dtype=x.dtype)
    elif bias.dim() == 1:
        bias = torch.stack([bias, torch.zeros_like(bias)])
    b_ih, b_hh = torch_order(cell, bias)
    if cell == "lstm":
        return torch._VF.lstm_cell(x, states, w_ih, w_hh, b_ih, b_hh)
    one = dict(gru=torch._VF.gru_cell, simpleRnn=torch._VF.rnn_relu_cell if activation == "relu" else torch._VF.rnn_tanh_cell)[cell]
    return [one(x, states[0], w_ih, w_hh, b_ih, b_hh)]


def recurrent_layer(case, x, states, kernel, recurrent, bias):
    """Outputs [N,T,U] in the order they are computed, and the last states."""
    mask = None if case["mask"] is None else torch.tensor(case["mask"], dtype=torch.bool)
    order = range(case["T"])
    outputs, previous = [], torch.zeros_like(states[0])
    for t in reversed(order) if case["goBackwards"] else order:
        new = step(case["cell"], case["activation"], x[:, t], states, kernel, recurrent, bias)
        if mask is None:
            states, previous = new, new[0]
        else:
            counts = mask[:, t, None]
            states = [torch.where(counts, a, b) for a, b in zip(new, states)]
            previous = torch.where(counts, new[0], previous)
        outputs.append(previous)
    return torch.stack(outputs, 1), states


def whole(case, x, states, kernel, recurrent, bias):
    """The same by nn.RNN, nn.LSTM or nn.GRU, without a mask."""
    cell = case["cell"]
    options = dict(batch_first=True, bias=bias is not None, dtype=x.dtype)
    if cell == "simpleRnn":
        options["nonlinearity"] = case["activation"]
    layer = dict(simpleRnn=torch.nn.RNN, lstm=torch.nn.LSTM, gru=torch.nn.GRU)[cell](case["D"], case["U"], **options)
    with torch.no_grad():
        layer.weight_ih_l0.copy_(torch_order(cell, kernel).t())
        layer.weight_hh_l0.copy_(torch_order(cell, recurrent).t())
        if bias is not None:
            both = torch_order(cell, bias if bias.dim() == 2 else torch.stack([bias, torch.zeros_like(bias)]))
            layer.bias_ih_l0.copy_(both[0])
            layer.bias_hh_l0.copy_(both[1])
    start = [s[None] for s in states]
    outputs, last = layer(x.flip(1) if case["goBackwards"] else x, tuple(start) if cell == "lstm" else start[0])
    return outputs, [s[0] for s in (last if cell == "lstm" else [last])]


def draw(i, j, shape, scale=1.0):
    return (fill_normal(int(np.prod(shape)), derive_key(i, PURPOSE["data"], j)) * np.float32(scale)).reshape(shape)


def run(case, i, dtype):
    """Everything that is compared, as float64 arrays by name."""
    N, T, D, U, G = case["N"], case["T"], case["D"], case["U"], GATES[case["cell"]]
    count = 2 if case["cell"] == "lstm" else 1
    leaf = lambda values: torch.tensor(values, dtype=dtype, requires_grad=True)
    leaves = dict(x=leaf(draw(i, 0, [N, T, D])), kernel=leaf(draw(i, 3, [D, G * U], 0.5)), recurrentKernel=leaf(draw(i, 4, [U, G * U], 0.5)))
    if case["bias"]:
        leaves["bias"] = leaf(draw(i, 5, [2, G * U] if case["cell"] == "gru" else [G * U], 0.5))
    states = [leaf(draw(i, 1 + k, [N, U])) if case["initialState"] else torch.zeros(N, U, dtype=dtype) for k in range(count)]
    given = (leaves["x"], states, leaves["kernel"], leaves["recurrentKernel"], leaves.get("bias"))
    outputs, last = recurrent_layer(case, *given)
    if case["mask"] is None:
        all_outputs, all_last = whole(case, *given)
        for a, b in zip([outputs, *last], [all_outputs, *all_last]):
            assert torch.allclose(a, b, rtol=1e-5, atol=1e-12 if dtype == torch.float64 else 1e-5)
    results = [outputs, *last]
    objective = sum((y * torch.tensor(draw(i, 6 + k, list(y.shape)), dtype=dtype)).sum() for k, y in enumerate(results))
    objective.backward()
    if case["initialState"]:
        leaves.update({name: s for name, s in zip(("h0", "c0"), states)})
    found = dict(zip(("outputs", "h", "c"), results))
    found.update({f"d {name}": leaf.grad for name, leaf in leaves.items()})
    return {name: value.detach().numpy().astype(np.float64) for name, value in found.items()}


def choose(cell, k):
    """Case k of a cell: the first few one step or one of everything, others at random, up to 40 steps."""
    random = np.random.RandomState(1000 * list(GATES).index(cell) + k)
    N, T, D, U = (int(random.randint(1, top + 1)) for top in (9, 40, 19, 21))
    if k == 0:
        N, T, D, U = 1, 1, 1, 1
    if k == 1:
        T = 1
    if k == 2:
        T = 40
    mask = None
    if k % 3 == 2:
        N = max(N, 4)
        mask = (random.rand(N, T) < 0.7).astype(int)
        mask[0, : T // 2] = 0
        mask[-1, T // 3 :] = 0
        mask[1] = 0
    return dict(
        cell=cell, N=N, T=T, D=D, U=U, mask=None if mask is None else mask.tolist(), initialState=k % 2 == 1, goBackwards=k % 4 >= 2, bias=k % 5 != 4,
        activation="relu" if cell == "simpleRnn" and k % 4 == 3 else "tanh")


def main():
    cases = []
    for i, (cell, k) in enumerate((cell, k) for cell in GATES for k in range(PER_CELL)):
        case = choose(cell, k)
        found, single = run(case, i, torch.float64), run(case, i, torch.float32)
        apart = {name: relative(single[name], value) if np.abs(value).max() > 0 else 0 for name, value in found.items()}
        distance = dict(
            outputs=rounded(max(v for name, v in apart.items() if not name.startswith("d ")), 3),
            gradients=rounded(max(v for name, v in apart.items() if name.startswith("d ")), 3))
        mask = case["mask"] and ["".join(map(str, row)) for row in case["mask"]]
        cases.append(dict(case, mask=mask, number=i, float32Distance=distance, tensors=[summary(name, value, 24, 16) for name, value in found.items()]))
        print({key: case[key] for key in ("cell", "N", "T", "D", "U")}, distance)
    write("recurrent.json", dict(generator="test/golden/generate/torch_recurrent.py", torch=torch.__version__, cases=cases), levels=2)


if __name__ == "__main__":
    main()
