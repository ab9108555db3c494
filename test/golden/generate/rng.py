"""src/random.ts in NumPy: Threefry-2x32 with 20 rounds, and what is drawn from it, with the same bits.

Every operation on floats is one NumPy operation on float32, hence rounded once, as `Math.fround` around each operation is there.
check_rng.py compares them.
"""
import numpy as np

PURPOSE = dict(initializer=1, shuffle=2, split=3, dropout=4, noise=5, augmentation=6, data=7)

ROTATIONS = (13, 15, 26, 6, 17, 29, 16, 24)
U = np.uint32
F = np.float32


def threefry(k0, k1, c0, c1):
    """Both words of the blocks with counters c0, c1 (integers or uint32 arrays) under the key (k0, k1)."""
    k0, k1 = U(k0), U(k1)
    keys = (k0, k1, k0 ^ k1 ^ U(0x1BD11BDA))
    with np.errstate(over="ignore"):
        x0 = np.asarray(c0, U) + k0
        x1 = np.asarray(c1, U) + k1
        for group in range(1, 6):
            for r in ROTATIONS[:4] if group % 2 else ROTATIONS[4:]:
                x0 = x0 + x1
                x1 = ((x1 << U(r)) | (x1 >> U(32 - r))) ^ x0
            x0 = x0 + keys[group % 3]
            x1 = x1 + keys[(group + 1) % 3] + U(group)
    return x0, x1


def derive_key(seed, *words):
    """The key of a stream: a non-negative integer seed below 2^53, and words that name the use."""
    key = seed & 0xFFFFFFFF, seed >> 32
    for word in words:
        key = tuple(int(x) for x in threefry(*key, word, len(words)))
    return key


def _blocks(n, key):
    return threefry(*key, np.arange((n + 1) // 2, dtype=U), 0)


def _interleave(even, odd, n):
    y = np.empty(2 * len(even), F)
    y[0::2], y[1::2] = even, odd
    return y[:n]


def fill_uniform(n, key):
    """n multiples of 2^-24 in [0, 1)."""
    b0, b1 = _blocks(n, key)
    return _interleave((b0 >> U(8)).astype(F) * F(2**-24), (b1 >> U(8)).astype(F) * F(2**-24), n)


LOG = [F(c) for c in (7.0376836292e-2, -1.151461031e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
                      -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1)]
SIN = [F(c) for c in (-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)]
COS = [F(c) for c in (2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)]
HALF = F(0.5)
ONE = F(1)


def _log(x):
    """Natural logarithm of positive normal float32 (Cephes logf)."""
    i = x.view(np.int32)
    e = (i - np.int32(0x3F3504F3)) >> np.int32(23)
    m = (i - (e << np.int32(23))).view(F) - ONE
    e = e.astype(F)
    z = m * m
    p = np.full_like(m, LOG[0])
    for c in LOG[1:]:
        p = p * m + c
    p = p * m * z
    p = p + e * F(-2.1219444e-4)
    p = p - HALF * z
    return m + p + e * F(0.693359375)


def fill_normal(n, key):
    """n standard normal numbers: Box-Muller, even places the cosine, odd places the sine."""
    b0, b1 = _blocks(n, key)
    u = ((b0 >> U(8)) + U(1)).astype(F) * F(2**-24)
    radius = np.sqrt(F(-2) * _log(u))
    turns = (b1 >> U(8)).astype(F) * F(2**-22)
    quadrant = np.floor(turns + HALF)
    a = (turns - quadrant) * F(np.pi / 2)
    quadrant = quadrant.astype(np.int32)
    z = a * a
    s = ((SIN[0] * z + SIN[1]) * z + SIN[2]) * z * a + a
    c = ((COS[0] * z + COS[1]) * z + COS[2]) * z * z - HALF * z + ONE
    odd = (quadrant & 1) == 1
    sine, cosine = np.where(odd, c, s), np.where(odd, s, c)
    return _interleave(radius * np.where((quadrant + 1) & 2, -cosine, cosine), radius * np.where(quadrant & 2, -sine, sine), n)


def random_normal(shape, key, mean=0.0, stddev=1.0):
    """Initializer randomNormal."""
    return (fill_normal(int(np.prod(shape)), key) * F(stddev) + F(mean)).reshape(shape)


def glorot_uniform(shape, key):
    """Initializer glorotUniform of a matrix [in, out] or filters [rows, columns, in, out]."""
    window = int(np.prod(shape[:-2]))
    limit = F(np.sqrt(6 / (window * (shape[-2] + shape[-1]))))
    return ((F(2) * fill_uniform(int(np.prod(shape)), key) - ONE) * limit).reshape(shape)


def layer_parameters(shapes, seed, kernel):
    """Kernel, bias, kernel, bias ... of layers whose kernels have these shapes: parameter number i of a model has a key of its own; biases are zero."""
    parameters = []
    for shape in shapes:
        key = derive_key(seed, PURPOSE["initializer"], len(parameters))
        parameters += [kernel(shape, key), np.zeros(shape[-1], F)]
    return parameters


def dense_parameters(sizes, seed, kernel):
    """The parameters of dense layers."""
    return layer_parameters(zip(sizes, sizes[1:]), seed, kernel)
