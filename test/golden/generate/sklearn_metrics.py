"""Metrics by scikit-learn on random and degenerate data: test/metrics/golden.json."""
from golden import write  # first: it settles NumPy's threads

import warnings

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.preprocessing import label_binarize

# What is undefined is among the cases.
warnings.simplefilter("ignore")
rng = np.random.default_rng(2026)
AVERAGES = ("macro", "micro", "weighted")


def calibration_error(y, said, confidence, bins):
    """Guo et al. 2017, equation 3, which scikit-learn lacks."""
    place = np.clip(np.ceil(confidence * bins), 1, bins) - 1
    apart = [np.sum(place == b) * abs(np.mean(said[place == b] == y[place == b]) - np.mean(confidence[place == b])) for b in range(bins) if (place == b).any()]
    return sum(apart) / len(y)


def area(y, score):
    """One class only is an error here and NaN since scikit-learn 1.6."""
    try:
        return metrics.roc_auc_score(y, score)
    except ValueError:
        return np.nan


def against_rest(measure, y, scores):
    truth = label_binarize(y, classes=range(scores.shape[1]))
    return np.mean([measure(truth[:, c], scores[:, c]) for c in range(scores.shape[1])])


def of_labels(y, said, extra):
    averaged = {
        f"{name}/{average}": score(y, said, average=average, zero_division=0)
        for name, score in (("precision", metrics.precision_score), ("recall", metrics.recall_score), ("f1", metrics.f1_score))
        for average in AVERAGES
    }
    return {"accuracy": metrics.accuracy_score(y, said), **averaged, **extra}


def several(y, scores):
    """Several outputs, whose largest says."""
    classes = scores.shape[1]
    said = scores.argmax(axis=1)
    top = {f"topKAccuracy/{k}": metrics.top_k_accuracy_score(y, scores, k=k, labels=range(classes)) for k in range(1, classes)} if classes > 2 else {}
    if classes == 2:
        areas = {"rocAuc": area(y, scores[:, 1]), "prAuc": metrics.average_precision_score(y, scores[:, 1])}
    else:
        areas = {"rocAuc": against_rest(area, y, scores), "prAuc": against_rest(metrics.average_precision_score, y, scores)}
        if np.allclose(scores.sum(axis=1), 1) and len(set(y)) == classes:
            assert np.isclose(areas["rocAuc"], metrics.roc_auc_score(y, scores, multi_class="ovr", average="macro"))
    errors = {f"calibrationError/{bins}": calibration_error(y, said, scores.max(axis=1), bins) for bins in (1, 10, 15)}
    return of_labels(y, said, {**top, **areas, **errors})


def single(y, p):
    """One output, of class 1."""
    said = (p > 0.5).astype(int)
    confidence = np.where(said == 1, p, 1 - p)
    about = {
        f"{name}/{positive}": score(y, said, pos_label=positive, zero_division=0)
        for name, score in (("precision", metrics.precision_score), ("recall", metrics.recall_score), ("f1", metrics.f1_score))
        for positive in (0, 1)
    }
    strict = (p > 0.7).astype(int)
    extra = {
        **about,
        "f1/above 0.7": metrics.f1_score(y, strict, zero_division=0),
        "binaryAccuracy": metrics.accuracy_score(y, said),
        "binaryAccuracy/0.7": metrics.accuracy_score(y, strict),
        "rocAuc": area(y, p),
        "prAuc": metrics.average_precision_score(y, p),
        **{f"calibrationError/{bins}": calibration_error(y, said, confidence, bins) for bins in (1, 10, 15)},
    }
    return of_labels(y, said, extra)


def numbers(y, p):
    """Regression."""
    return {"mse": metrics.mean_squared_error(y, p), "mae": metrics.mean_absolute_error(y, p), "r2": metrics.r2_score(y, p)}


def report(y, said, classes):
    """The table of every class, and the means over those that occur."""
    rows = np.transpose(metrics.precision_recall_fscore_support(y, said, labels=range(classes), zero_division=0))
    means = [metrics.precision_recall_fscore_support(y, said, average=average, zero_division=0)[:3] for average in ("macro", "weighted")]
    return {"confusion": metrics.confusion_matrix(y, said, labels=range(classes)).tolist(), "classes": rows.tolist(), "macro": list(means[0]), "weighted": list(means[1])}


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def scored(n, classes, labels=None, digits=None, pull=1.0):
    """Labels and probabilities that lean towards them; rounded to few digits they have ties."""
    y = rng.choice(labels if labels is not None else classes, n)
    scores = softmax(rng.standard_normal((n, classes)) + pull * np.eye(classes)[y])
    return y, np.round(scores, digits) if digits is not None else scores


def asked(n, digits=None, share=0.4):
    y = (rng.random(n) < share).astype(int)
    p = 1 / (1 + np.exp(-(rng.standard_normal(n) + 2 * y - 1)))
    return y, np.round(p, digits) if digits is not None else p


half = asked(40)
perfect = scored(30, 4, pull=50)
SEVERAL = {
    "random": scored(200, 5),
    "ties": scored(200, 4, digits=1),
    "on the edges of bins": scored(200, 4, digits=2),
    "all equal": (np.arange(12) % 3, np.full((12, 3), 0.25)),
    "classes without targets": scored(60, 6, labels=[0, 2, 3]),
    "classes that do not occur": (np.array([0, 0, 4, 4, 4]), np.eye(6)[[0, 4, 4, 4, 0]]),
    "one class only": scored(20, 3, labels=[1]),
    "perfect": perfect,
    "all wrong": ((perfect[0] + 1) % 4, perfect[1]),
    "one sample": scored(1, 3),
    "two outputs": scored(80, 2),
    "rare class": (np.array([0] * 60 + [1] * 3 + [2] * 37), scored(100, 3)[1]),
}
SINGLE = {
    "random": asked(200),
    "ties": asked(200, digits=1),
    "all equal": (np.array([0, 1, 1, 0, 1]), np.full(5, 0.5)),
    "no positives": (np.zeros(20, int), half[1][:20]),
    "positives only": (np.ones(20, int), half[1][:20]),
    "nothing predicted": (half[0], half[1] * 0.4),
    "all predicted": (half[0], half[1] * 0.4 + 0.55),
    "perfect": (half[0], half[0] * 0.8 + 0.1),
    "reversed": (half[0], 0.9 - half[0] * 0.8),
    "one sample": (np.array([1]), np.array([0.8])),
    "certain": (half[0], np.where(half[1] > 0.5, 1.0, 0.0)),
}
NUMBERS = {
    "random": (rng.standard_normal(200), rng.standard_normal(200)),
    "good": (lambda y: (y, y + 0.1 * rng.standard_normal(100)))(rng.standard_normal(100) * 5 + 20),
    "far from zero": (lambda y: (1e6 + y, 1e6 + y + 0.1 * rng.standard_normal(100)))(rng.standard_normal(100)),
    "constant targets": (np.full(10, 3.0), rng.standard_normal(10)),
    "constant targets, right": (np.full(10, 3.0), np.full(10, 3.0)),
    "perfect": (lambda y: (y, y))(rng.standard_normal(50)),
    "the mean": (np.array([1.0, 2.0, 3.0, 6.0]), np.full(4, 3.0)),
    "one sample": (np.array([2.0]), np.array([3.0])),
    "two samples": (np.array([2.0, 4.0]), np.array([3.0, 3.5])),
    "several outputs": (rng.standard_normal((60, 3)) * [1, 10, 100], rng.standard_normal((60, 3)) * [1, 10, 100]),
    "several outputs, one constant": (rng.standard_normal((20, 2)) * [1, 0], rng.standard_normal((20, 2))),
}


def spread(measure, y, p, values):
    """The largest distance of each value from that of the same samples in another order: what scikit-learn's own rounding does."""
    largest = {name: 0.0 for name in values}
    for _ in range(20):
        order = rng.permutation(len(y))
        for name, other in measure(y[order], p[order]).items():
            distance = abs(other - values[name]) / max(1, abs(values[name]))
            if np.isfinite(distance):
                largest[name] = max(largest[name], distance)
    return largest


def cases(measure, data, describe=lambda y, p: {}):
    found = []
    for name, (y, p) in data.items():
        values = measure(y, p)
        for key, distance in spread(measure, y, p, values).items():
            SPREAD[key.split("/")[0]] = max(SPREAD.get(key.split("/")[0], 0), distance)
        plain = {key: None if np.isnan(value) else float(value) for key, value in values.items()}
        found.append({"name": name, "yTrue": y.tolist(), "yPred": p.tolist(), "values": plain, **describe(y, p)})
    return found


SPREAD = {}
content = {
    "sklearn": sklearn.__version__,
    "several": cases(several, SEVERAL, lambda y, p: {"report": report(y, p.argmax(axis=1), p.shape[1])}),
    "single": cases(single, SINGLE, lambda y, p: {"report": report(y, (p > 0.5).astype(int), 2)}),
    "numbers": cases(numbers, NUMBERS),
}
# What rounding does to scikit-learn's own values, by metric.
write("../metrics/golden.json", {**content, "spread": SPREAD}, 2)
