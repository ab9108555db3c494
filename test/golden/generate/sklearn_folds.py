"""Folds of scikit-learn (Debian's python3-sklearn), without shuffling: test/data/folds/golden.json."""
import json
from pathlib import Path

import numpy as np
from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold, TimeSeriesSplit

rng = np.random.default_rng(8)


def folds(splitter, n, y=None, groups=None):
    return [[train.tolist(), test.tolist()] for train, test in splitter.split(np.zeros((n, 1)), y, groups)]


k_fold = [dict(n=n, splits=k, folds=folds(KFold(k), n)) for n, k in [(4, 2), (10, 3), (11, 4), (7, 7), (23, 5)]]
stratified = []
for n, k, classes in [(8, 2, 2), (30, 3, 2), (41, 5, 3), (60, 4, 7)]:
    y = rng.integers(0, classes, n)
    y[: classes * k] = np.repeat(np.arange(classes), k)
    y = rng.permutation(y)
    stratified.append(dict(labels=y.tolist(), splits=k, folds=folds(StratifiedKFold(k), n, y)))
groups = []
for sizes, k in [([9, 5, 3, 2, 1], 2), ([12, 10, 7, 4, 2, 1], 3), ([20, 1, 2, 3, 4], 5)]:
    # Sizes differ, so that there is one way to sort them.
    g = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    groups.append(dict(groups=g.tolist(), splits=k, folds=folds(GroupKFold(k), len(g), None, g)))
time = []
for n, options in [(6, dict(splits=5)), (12, dict(splits=3)), (12, dict(splits=3, testSize=2, gap=2)), (20, dict(splits=4, maxTrainSize=5)), (23, dict(splits=2, gap=3, maxTrainSize=4))]:
    splitter = TimeSeriesSplit(options["splits"], test_size=options.get("testSize"), gap=options.get("gap", 0), max_train_size=options.get("maxTrainSize"))
    time.append(dict(n=n, options=options, folds=folds(splitter, n)))

out = Path(__file__).parents[2] / "data" / "folds" / "golden.json"
out.write_text(json.dumps(dict(kFold=k_fold, stratifiedKFold=stratified, groupKFold=groups, timeFolds=time), separators=(",", ":")) + "\n")
