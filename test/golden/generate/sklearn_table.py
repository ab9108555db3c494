"""Rows of a table as features by scikit-learn: ../data/tables/sklearn-table.json."""
from golden import rounded, write  # first: it settles NumPy's threads

import numpy as np
import sklearn
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import LabelEncoder, MinMaxScaler, OneHotEncoder, RobustScaler, StandardScaler

rng = np.random.default_rng(8)
TRAIN, TEST = 41, 20
N = TRAIN + TEST


def with_gaps(x, share):
    x = x.astype(object)
    x[rng.random(len(x)) < share] = None
    return x


numbers = {
    "normal": rng.standard_normal(N),
    "skewed": with_gaps(np.exp(2 * rng.standard_normal(N)), 0.2),
    "constant": np.full(N, 0.1),
    "counts": rng.integers(0, 4, N).astype(float),
    "mostly zero": np.where(rng.random(N) < 0.1, rng.standard_normal(N), 0.0),
    "far away": 1e9 + np.round(rng.standard_normal(N), 3),
}
words = {
    "colour": with_gaps(rng.choice(["red", "green", "blue", "Blue", "ä"], N), 0.1),
    "size": rng.choice(["s", "m", "l"], N).astype(object),
}
words["size"][TRAIN + 3] = "xl"  # training has none
words["colour"][0] = None
numbers = {name: np.array(rounded([v for v in x]) if None not in x else [None if v is None else rounded(v) for v in x], object) for name, x in numbers.items()}

SCALERS = dict(standard=StandardScaler, minMax=MinMaxScaler, robust=RobustScaler, none=lambda: StandardScaler(with_mean=False, with_std=False))


def floats(x):
    return np.array([np.nan if v is None else v for v in x], float).reshape(-1, 1)


def number_features(x, scaler, policy):
    """Scaled, what is missing left out of the measures; then filled, with an indicator wherever the policy is declared."""
    gaps = policy != "error"
    steps = [SCALERS[scaler]()]
    if gaps:
        steps.append(SimpleImputer(strategy=policy))
    x = floats(x)
    features = make_pipeline(*steps).fit(x[:TRAIN]).transform(x[TRAIN:])
    return np.hstack([features, np.isnan(x[TRAIN:]).astype(float)]) if gaps else features


def word_features(x):
    x = np.array(x, object).reshape(-1, 1)
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(x[:TRAIN])
    return encoder.categories_[0].tolist(), encoder.transform(x[TRAIN:])


def scalings():
    """Shift and scale of every column without gaps, by the scalers' own attributes."""
    out = []
    for name, x in numbers.items():
        if None in x:
            continue
        x = floats(x)[:TRAIN]
        standard, minmax, robust = StandardScaler().fit(x), MinMaxScaler().fit(x), RobustScaler().fit(x)
        out.append(
            dict(
                column=name,
                standard=rounded([standard.mean_[0], standard.scale_[0]], 15),
                minMax=rounded([minmax.data_min_[0], 1 / minmax.scale_[0]], 15),
                robust=rounded([robust.center_[0], robust.scale_[0]], 15),
            )
        )
    return out


def main():
    label = LabelEncoder().fit(words["size"][:TRAIN])
    write(
        "../data/tables/sklearn-table.json",
        dict(
            sklearn=sklearn.__version__,
            train=TRAIN,
            numbers={name: x.tolist() for name, x in numbers.items()},
            words={name: x.tolist() for name, x in words.items()},
            scalings=scalings(),
            features=[
                dict(column=name, scaler=scaler, missing=policy, values=rounded(number_features(x, scaler, policy)))
                for name, x in numbers.items()
                for scaler in SCALERS
                for policy in (("mean", "median") if None in x else ("error", "median"))
            ],
            oneHot=[dict(column=name, categories=categories, values=values.astype(int).tolist()) for name, x in words.items() for categories, values in [word_features(x)]],
            classes=dict(names=label.classes_.tolist(), labels=label.transform(words["size"][:TRAIN]).tolist()),
        ),
        2,
    )


main()
