"""Statistics of comparisons by SciPy, or by enumeration where SciPy has no exact answer: test/lab/statistics/golden.json."""
from golden import rounded, write  # first: it settles NumPy's threads

import itertools

import numpy as np
import scipy
from scipy import optimize, stats

rng = np.random.default_rng(2026)
DIGITS = 14


def sample(n, digits=None, shift=0.0, scale=1.0):
    """Normal numbers; rounded to few digits they have ties and zeros."""
    x = shift + scale * rng.standard_normal(n)
    return np.round(x, digits) if digits is not None else np.array(rounded(x))


def t_critical(p, df):
    """t.isf stops at about eight digits: SciPy's sf, solved to the last."""
    return optimize.brentq(lambda t: 2 * stats.t.sf(t, df) / p - 1, 0, 1e4, xtol=1e-13, rtol=1e-14)


def distributions():
    dfs = [1, 2, 2.7, 9, 29, 1000]
    return dict(
        studentTwoSided=[[t, df, 2 * stats.t.sf(t, df)] for df in dfs for t in (0.01, 0.5, 2, 4.3, 30)],
        studentCritical=[[p, df, t_critical(p, df)] for df in dfs for p in (0.5, 0.1, 0.05, 0.001)],
        normalTwoSided=[[z, 2 * stats.norm.sf(z)] for z in (0, 0.1, 1, 1.96, 3, 6, 12)],
        normalCritical=[[p, stats.norm.isf(p / 2)] for p in (0.9, 0.5, 0.05, 0.01, 1e-6)],
        chiSquaredAbove=[[x, df, stats.chi2.sf(x, df)] for df in (1, 3, 6, 41) for x in (0.02, 1, 5, 12, 60)],
        fisherAbove=[[x, a, b, stats.f.sf(x, a, b)] for a, b in ((1, 4), (3, 39), (6, 54), (41, 369)) for x in (0.1, 1, 2.5, 10)],
        rangeAbove=[[q, k, stats.studentized_range.sf(q, k, np.inf)] for k in (2, 3, 7, 20, 42) for q in (0.5, 2, 4, 5.5)],
        # Demsar 2006, table 5(a), and on to 20 competitors: q over the square root of 2.
        nemenyiCritical=[[k, a, stats.studentized_range.isf(a, k, np.inf) / np.sqrt(2)] for k in (*range(2, 21), 42) for a in (0.01, 0.05, 0.1)],
    )


def descriptions():
    cases = [sample(1), sample(2), sample(7, 1), sample(30)]
    return [
        dict(
            values=x,
            mean=x.mean(),
            median=np.median(x),
            sd=x.std(ddof=1) if len(x) > 1 else None,
            min=x.min(),
            max=x.max(),
            quantiles=[[p, np.quantile(x, p)] for p in (0, 0.025, 0.3, 0.975, 1)],
        )
        for x in cases
    ]


def sign_flip_p(d):
    r = stats.permutation_test((d,), lambda x: np.mean(x), permutation_type="samples", n_resamples=np.inf, vectorized=False)
    return r.pvalue


def wilcoxon_by_enumeration(d):
    """All signs, with ties; zeros left out."""
    d = d[d != 0]
    r = stats.rankdata(np.abs(d))
    total = len(d) * (len(d) + 1) / 2
    observed = min(r[d > 0].sum(), total - r[d > 0].sum())
    signs = np.array(list(itertools.product([0, 1], repeat=len(d))))
    sums = signs @ r
    return len(d), observed, min(1.0, 2 * np.mean(sums <= observed))


def paired():
    cases = []
    for n in (2, 3, 5, 8, 10, 12):
        for shift in (0.0, 0.7):
            cases.append(sample(n, shift=shift))
    cases += [sample(6, 0), sample(9, 1, 0.2, 0.3), np.array([0.002, 0.002, -0.001, 0.0, 0.003, 0.001, 0.002])]
    out = []
    for d in cases:
        t = stats.ttest_1samp(d, 0)
        reach = t_critical(0.05, len(d) - 1) * d.std(ddof=1) / np.sqrt(len(d))
        n, w, p = wilcoxon_by_enumeration(d)
        if n == len(d) and len(set(np.abs(d))) == n:
            assert np.isclose(p, stats.wilcoxon(d, mode="exact").pvalue)
        out.append(
            dict(
                differences=d,
                t=t.statistic,
                tP=t.pvalue,
                low=d.mean() - reach,
                high=d.mean() + reach,
                wilcoxonN=n,
                wilcoxon=w,
                wilcoxonP=p,
                signFlipP=sign_flip_p(d),
            )
        )
    return out


def large_wilcoxon():
    cases = [sample(40, shift=0.2), sample(60, shift=0.2), sample(80, 1, 0.1), sample(90, 0, 0.3)]
    out = []
    for d in cases:
        # SciPy's exact distribution ends at 50 differences, and knows no ties.
        exact = len(d) <= 50
        r = stats.wilcoxon(d, zero_method="wilcox", correction=False, mode="exact" if exact else "approx")
        out.append(dict(differences=d, n=int(np.count_nonzero(d)), statistic=r.statistic, p=r.pvalue))
    return out


def mcnemar():
    out = []
    for a, b in ((0, 0), (0, 1), (1, 1), (3, 9), (9, 3), (12, 12), (59, 80), (230, 301), (0, 40)):
        exact = stats.binomtest(min(a, b), a + b, 0.5).pvalue if a + b else 1.0
        here = stats.binom.pmf(min(a, b), a + b, 0.5)
        # P(|X - n/2| greater) + half of P(equally great).
        mid = 1.0 if a + b == 0 else exact - here * (1 if a != b else 0.5)
        out.append([a, b, exact, mid])
    return out


def friedman():
    out = []
    for shape, digits in (((3, 2), None), ((5, 3), None), ((10, 7), None), ((14, 4), 1), ((10, 42), 1), ((6, 3), 0)):
        m = np.array([sample(shape[1], digits) for _ in range(shape[0])])
        chi, p = stats.friedmanchisquare(*m.T) if shape[1] > 2 else (None, None)
        n, k = shape
        ranks = np.array([stats.rankdata(-row) for row in m])
        f = None if chi is None else (n - 1) * chi / (n * (k - 1) - chi)
        out.append(
            dict(
                matrix=m,
                averageRanks=ranks.mean(0),
                chiSquared=chi,
                p=p,
                f=f,
                fP=None if f is None else stats.f.sf(f, k - 1, (k - 1) * (n - 1)),
                criticalDifference=stats.studentized_range.isf(0.05, k, np.inf) / np.sqrt(2) * np.sqrt(k * (k + 1) / (6 * n)),
            )
        )
    return out


def correlations():
    cases = [(sample(n), None) for n in (2, 4, 6, 10, 20)] + [(sample(n, 0), 0) for n in (5, 7, 12, 30)]
    out = []
    for a, digits in cases:
        b = 0.5 * a + sample(len(a))
        b = np.array(rounded(b)) if digits is None else np.round(b, digits)
        entry = dict(a=a, b=b, spearman=stats.spearmanr(a, b)[0], kendall=stats.kendalltau(a, b)[0])
        if len(a) <= 9:
            orders = [np.array(order) for order in itertools.permutations(b)]
            for name, f in (("spearman", lambda y: stats.spearmanr(a, y)[0]), ("kendall", lambda y: stats.kendalltau(a, y)[0])):
                seen = abs(f(b)) - 1e-9
                entry[name + "P"] = float(np.mean([abs(f(y)) >= seen for y in orders]))
        else:
            entry["spearmanP"] = stats.spearmanr(a, b)[1]
            entry["kendallP"] = stats.kendalltau(a, b, method="asymptotic")[1]
        out.append(entry)
    return out


def expanded(replicates, mean, se, df):
    stretch = se / replicates.std(ddof=1) * t_critical(0.05, df) / stats.norm.isf(0.025)
    low, high = np.quantile(replicates, [0.025, 0.975])
    return mean + (low - replicates.mean()) * stretch, mean + (high - replicates.mean()) * stretch


def bootstrap():
    out = []
    for n in (3, 5, 10, 20):
        x = np.array(rounded(np.exp(sample(n, scale=0.5))))
        replicates = x[rng.integers(0, n, (400_000, n))].mean(1)
        low, high = expanded(replicates, x.mean(), x.std(ddof=1) / np.sqrt(n), n - 1)
        out.append(dict(values=x, mean=x.mean(), low=low, high=high))
    return out


def two_level():
    """Pigeonhole bootstrap of a table by NumPy, and its analysis of variance."""
    out = []
    for seeds, images, spread, pair in ((3, 60, 0.0, False), (5, 80, 1.0, True), (10, 120, 0.3, True), (10, 50, 3.0, False), (1, 200, 0.0, True)):
        hard = sample(images, scale=1.5)

        def table(shift):
            logit = 1.5 + shift + hard + spread * sample(seeds)[:, None]
            return (rng.random((seeds, images)) < 1 / (1 + np.exp(-logit))).astype(int)

        a, b = table(0), table(0.3)
        d = a - b if pair else a
        mean, rows, columns = d.mean(), d.mean(1), d.mean(0)
        ms_images = seeds * columns.var(ddof=1)
        if seeds == 1:
            variance, df, components = ms_images / images, images - 1, None
        else:
            ms_seeds = images * rows.var(ddof=1)
            rest = d - rows[:, None] - columns[None, :] + mean
            ms_rest = (rest**2).sum() / ((seeds - 1) * (images - 1))
            components = [max(0, ms_seeds - ms_rest) / images, max(0, ms_images - ms_rest) / seeds, ms_rest]
            kept = [(max(ms_seeds, ms_rest), ms_seeds > ms_rest, seeds - 1), (max(ms_images, ms_rest), ms_images > ms_rest, images - 1)]
            total = kept[0][0] + kept[1][0] - ms_rest
            variance = total / (seeds * images)
            uncertain = sum(square**2 / f for square, counts, f in kept if counts)
            uncertain += (ms_rest * (1 - kept[0][1] - kept[1][1])) ** 2 / ((seeds - 1) * (images - 1))
            df = total**2 / uncertain
        replicates = np.array(
            [d[rng.integers(0, seeds, seeds)][:, rng.integers(0, images, images)].mean() for _ in range(60_000)]
        )
        low, high = expanded(replicates, mean, np.sqrt(variance), df)
        out.append(
            dict(
                a=["".join(map(str, row)) for row in a],
                b=["".join(map(str, row)) for row in b] if pair else None,
                mean=mean,
                low=low,
                high=high,
                standardError=np.sqrt(variance),
                degreesOfFreedom=df,
                components=components,
            )
        )
    return out


def plain(value):
    """JSON's own types, numbers with enough digits."""
    if isinstance(value, dict):
        return {key: plain(v) for key, v in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(v) for v in value]
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, np.integer)):
        return int(value)
    return rounded(float(value), DIGITS)


content = dict(
    source=f"SciPy {scipy.__version__}, NumPy {np.__version__}",
    distributions=distributions(),
    descriptions=descriptions(),
    paired=paired(),
    largeWilcoxon=large_wilcoxon(),
    mcnemar=mcnemar(),
    friedman=friedman(),
    correlations=correlations(),
    bootstrap=bootstrap(),
    twoLevel=two_level(),
)
write("../lab/statistics/golden.json", plain(content), 2)
