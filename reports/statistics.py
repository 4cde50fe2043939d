"""Intervals, tests and corrections for quantities measured over seeds and sentences.

Every model (a seed) is measured on the same sentences, so observations form a table [seeds, sentences] with two
crossed random effects: some seeds are better everywhere, some sentences are harder for all. Both samples are small in
their own way, and both enter every interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from scipy import optimize, special

from reports.errors import ReportError
from reports.resampling import Clusters, Combination, Table, bca, bootstraps, influences, percentile, values_of

Values = TypeVar("Values", Table, Combination)
LEVEL = 0.95
POWER = 0.8
"""How often the smallest detectable effect is found."""
_APART = 1000
"""Between the seeds of bootstraps that are drawn apart."""
SMALLEST_P = 1e-12
"""Smaller p values are given as this one."""


@dataclass(frozen=True)
class Estimate:
    """A quantity with its 95 % interval.

    error: the standard error; p: two-sided, against zero; effect: the mean over the standard deviation of the
    sentences' values (Cohen's d of paired differences); bootstrap, bca: percentile and bias-corrected accelerated
    intervals beside the primary one; detectable: the smallest true value that a study of this size would find in four
    of five cases; seeds, sentences: how many; one_seed: the interval holds no variance between seeds; parts: what its
    variance is the sum of.
    """

    value: float
    low: float
    high: float
    error: float
    p: float
    effect: float
    bootstrap: tuple[float, float]
    seeds: int
    sentences: int
    one_seed: bool
    p_holm: float = float("nan")
    detectable: float = float("nan")
    bca: tuple[float, float] = (float("nan"), float("nan"))
    parts: Parts | None = field(default=None, repr=False, compare=False)

    @property
    def excludes_zero(self) -> bool:
        return self.low > 0 or self.high < 0

    def p_against(self, value: float) -> float:
        """The two-sided p against a value; NaN of an estimate whose variance is not known by its parts."""
        return self.parts.p(self.value - value) if self.parts else float("nan")

    @property
    def stands(self) -> bool:
        """Whether it is off zero at the level: within the declared family, where it is in it."""
        return (self.p if np.isnan(self.p_holm) else self.p_holm) < 1 - LEVEL


@dataclass(frozen=True)
class Squares:
    """Mean squares of a two-way table without replication: between seeds, between sentences, and what is left."""

    seeds: float
    sentences: float
    rest: float


def mean_squares(table: Table) -> Squares:
    """The mean squares of a table [seeds, sentences], two or more of each (Searle, Casella & McCulloch 1992, ch. 4)."""
    count, items = table.shape
    by_seed, by_sentence, mean = table.mean(1), table.mean(0), table.mean()
    rest = table - by_seed[:, None] - by_sentence[None, :] + mean
    return Squares(
        items * float(np.sum((by_seed - mean) ** 2)) / (count - 1),
        count * float(np.sum((by_sentence - mean) ** 2)) / (items - 1),
        float(np.sum(rest**2)) / ((count - 1) * (items - 1)),
    )


@dataclass(frozen=True)
class Parts:
    """The variance of an estimate as a sum of independent parts, each a variance with its degrees of freedom."""

    parts: tuple[tuple[float, float], ...]

    @property
    def error(self) -> float:
        """The standard error."""
        return float(np.sqrt(sum(variance for variance, _ in self.parts)))

    def reach(self, alpha: float) -> float:
        """Half the width of the 1 − alpha interval: every part at its own t quantile, added in quadrature.

        One t quantile at Satterthwaite's pooled degrees is shorter, and too short where few seeds carry much of the
        variance: simulated at 92–94 % for two and three seeds, against 95–98 % for this one (docs/decisions.md).
        """
        return float(np.sqrt(sum(special.stdtrit(df, alpha / 2) ** 2 * variance for variance, df in self.parts)))

    def p(self, value: float) -> float:
        """The two-sided p of a value against zero: the alpha at which its interval just reaches zero."""
        if self.error == 0.0:
            return 1.0 if value == 0.0 else SMALLEST_P
        if abs(value) >= self.reach(SMALLEST_P):
            return SMALLEST_P
        found = optimize.brentq(lambda log: self.reach(float(np.exp(log))) - abs(value), np.log(SMALLEST_P), 0.0)
        return float(np.exp(found))


def clustered_variance(values: Table, clusters: Clusters | None) -> tuple[float, float]:
    """The variance of the mean of values [sentences] whose clusters (documents) are independent, and its degrees.

    With G clusters the delete-one-cluster jackknife, (G − 1)/G · Σ (mean without the cluster − mean)², on 1/Σ (n_g/J)²
    − 1 degrees, n_g of J sentences being in each: where clusters differ in size, as files do, the sum of squared
    cluster totals on G − 1 degrees is too small (simulated with the sizes of python-docs: 90 % cover; this one 95 %).
    For clusters of one size both are the same. Where every sentence is its own cluster that is the ordinary variance
    over J.
    """
    items = len(values)
    if clusters is None:
        return float(values.var(ddof=1)) / items, items - 1.0
    sums, sizes = np.bincount(clusters, weights=values - values.mean()), np.bincount(clusters)
    count, left = len(sums), items - sizes
    return (count - 1) / count * float(np.sum((sums / left) ** 2)), 1.0 / float(np.sum((sizes / items) ** 2)) - 1.0


def _estimate(
    value: float, parts: Parts, effect: float, drawn: Table, added: Sequence[Table], shape: tuple[int, int]
) -> Estimate:
    """The estimate of a value: drawn are its bootstrap values, added what each seed and sentence adds to it."""
    reach, seeds, sentences = parts.reach(1 - LEVEL), *shape
    return Estimate(
        value, value - reach, value + reach, parts.error, parts.p(value), effect, percentile(drawn, LEVEL),
        seeds, sentences, seeds == 1, detectable=reach + special.ndtri(POWER) * parts.error,
        bca=bca(drawn, value, added, LEVEL), parts=parts,
    )  # fmt: skip


def mean(table: Table | Combination, clusters: Clusters | None = None) -> Estimate:
    """The mean of a table [seeds, sentences], the sentences of one document not being independent."""
    return total([table], clusters)


def means(tables: Sequence[Table | Combination], clusters: Clusters | None = None) -> list[Estimate]:
    """The means of several tables [seeds, sentences] over the same sentences: as `mean` of each, but faster."""
    return totals([[table] for table in tables], clusters)


def _effect(values: Table) -> float:
    """Mean over standard deviation, NaN where nothing varies."""
    spread = float(values.std(ddof=1))
    return float(values.mean()) / spread if spread else float("nan")


def ratio(table: Table, divisor: Table, clusters: Clusters | None = None) -> Estimate:
    """The sum of a table [seeds, sentences] over the sum of a divisor [sentences], as in bits per character.

    Linearised: the interval is that of the mean of (y − r·d) / mean(d), r being the ratio itself (the delta method).
    """
    return mean(linearised(table, divisor), clusters)


def linearised(table: Values, divisor: Table) -> Values:
    """[seeds, sentences]: (y − r·d) / mean(d) + r, whose mean is the ratio r of the table to the divisor."""
    value = float(table.mean() / divisor.mean())
    return (table - value * divisor) / float(divisor.mean()) + value


def linearised_share(part: Values, whole: Values) -> Values:
    """The same of a ratio of two tables of the same models: (part − r·whole) / mean(whole) + r, all [seeds, sentences];
    r itself where the whole is nothing but zeros."""
    total = float(whole.mean())
    value = float(part.mean()) / total if total else float("nan")
    return (part - whole * value) / (total or 1.0) + value


def difference(first: Table | Combination, second: Table | Combination, clusters: Clusters | None = None) -> Estimate:
    """The mean of a table [seeds, sentences] minus that of another, [other seeds, sentences], on the same sentences."""
    return total([first, -second], clusters)


def seeds_parts(tables: Sequence[Table]) -> list[tuple[float, float]]:
    """What the seeds of each table [seeds, sentences] add to the variance of a sum of their means: MSs/(IJ) on I − 1
    degrees; nothing of a single seed."""
    several = [table for table in tables if len(table) > 1]
    return [(mean_squares(table).seeds / table.size, len(table) - 1.0) for table in several]


def total(tables: Sequence[Table | Combination], clusters: Clusters | None = None) -> Estimate:
    """The sum of the means of tables [seeds, sentences], each of other models, on the same sentences.

    Seeds are independent, sentences joint (`variance_of_total`).
    """
    return totals([tables], clusters)[0]


def totals(sums: Sequence[Sequence[Table | Combination]], clusters: Clusters | None = None) -> list[Estimate]:
    """Several sums of means over the same sentences: as `total` of each, but faster.

    ReportError for a single sentence, which has no variance.
    """
    if not sums:
        return []
    every = [[values_of(table) for table in tables] for tables in sums]
    if every[0][0].shape[1] < 2:
        raise ReportError("An interval needs two sentences or more: measure on more of them.")
    found = []
    for tables, drawn in zip(every, bootstraps(sums, clusters), strict=True):
        together: Table = np.sum([table.mean(0) for table in tables], axis=0)
        shape = min(map(len, tables)), len(together)
        parts, added = variance_of_total(tables, clusters), influences(tables, clusters)
        found.append(_estimate(float(together.mean()), parts, _effect(together), drawn, added, shape))
    return found


def variance_of_total(tables: Sequence[Table], clusters: Clusters | None = None) -> Parts:
    """The variance, over new seeds and new sentences, of a sum of the grand means of tables of independent models.

    With components σs² (seeds), σi² (sentences) and σe², a table has Var = σs²/I + σi²/J + σe²/(IJ). The seeds' mean
    square over IJ estimates σs²/I + σe²/(IJ) on I − 1 degrees; the rest is what sentences add: the variance of the mean
    of the sentences' means, summed over the tables, by clusters, less MSe/(IJ) of each, or zero where that is below.
    Of one seed: the sentences' part alone.
    """
    joint, df = clustered_variance(np.sum([table.mean(0) for table in tables], axis=0), clusters)
    for table in tables:
        if len(table) > 1:
            joint -= mean_squares(table).rest / table.size
    return Parts((*seeds_parts(tables), (max(joint, 0.0), df)))


def total_apart(sides: Sequence[tuple[Sequence[Table | Combination], Clusters | None]]) -> Estimate:
    """The sum of the means of tables as in `total`, of several samples that share neither models nor sentences: each
    side its tables and its clusters, and the variances of all add up.

    The effect, mean over the standard deviation of paired sentences, is NaN: nothing is paired here.
    """
    drawn: Table = np.sum(
        [bootstraps([tables], clusters, seed=_APART * i)[0] for i, (tables, clusters) in enumerate(sides)], axis=0
    )
    plain = [([values_of(table) for table in tables], clusters) for tables, clusters in sides]
    parts = Parts(tuple(part for one in plain for part in variance_of_total(*one).parts))
    added = [part for one in plain for part in influences(*one)]
    every = [table for tables, _ in plain for table in tables]
    value, shape = sum(float(table.mean()) for table in every), np.min([table.shape for table in every], axis=0)
    return _estimate(value, parts, float("nan"), drawn, added, (int(shape[0]), int(shape[1])))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p values that keep the chance of any false rejection in the family at the level (Holm 1979)."""
    order = np.argsort(p_values, kind="stable")
    adjusted = np.empty(len(p_values))
    highest = 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = highest
    return [float(value) for value in adjusted]
