"""Intervals, tests and corrections for quantities measured over seeds and sentences.

Every model (a seed) is measured on the same sentences, so observations form a table [seeds, sentences] with two
crossed random effects: some seeds are better everywhere, some sentences are harder for all. Both samples are small in
their own way, and both enter every interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Table = NDArray[np.float64]
LEVEL = 0.95
RESAMPLES = 2000


@dataclass(frozen=True)
class Estimate:
    """A quantity with its 95 % interval.

    df: degrees of freedom of the t interval; p: two-sided, against zero; effect: the mean over the standard deviation
    of the sentences' values (Cohen's d of paired differences); bootstrap: percentile interval beside the primary one;
    seeds, sentences: how many; one_seed: the interval holds no variance between seeds.
    """

    value: float
    low: float
    high: float
    df: float
    p: float
    effect: float
    bootstrap: tuple[float, float]
    seeds: int
    sentences: int
    one_seed: bool
    p_holm: float = float("nan")

    @property
    def excludes_zero(self) -> bool:
        return self.low > 0 or self.high < 0


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


def variance_of_mean(table: Table) -> tuple[float, float]:
    """The variance of the table's grand mean over new seeds and new sentences, and its degrees of freedom.

    With components σs² (seeds), σi² (sentences) and σe², Var = σs²/I + σi²/J + σe²/(IJ), estimated by
    (MSs + MSi − MSe) / (IJ); the degrees of freedom are Satterthwaite's (1946). A component estimated below zero
    counts as zero, which leaves max(MSs, MSi) / (IJ) with that mean square's own degrees. One seed: the variance of the
    sentences alone.
    """
    count, items = table.shape
    if count == 1:
        return float(table[0].var(ddof=1)) / items, items - 1.0
    squares = mean_squares(table)
    both = squares.seeds + squares.sentences - squares.rest
    if squares.seeds <= squares.rest or squares.sentences <= squares.rest:
        if squares.seeds >= squares.sentences:
            return squares.seeds / (count * items), count - 1.0
        return squares.sentences / (count * items), items - 1.0
    spread = (
        squares.seeds**2 / (count - 1)
        + squares.sentences**2 / (items - 1)
        + squares.rest**2 / ((count - 1) * (items - 1))
    )
    return both / (count * items), both**2 / spread


def _interval(value: float, variance: float, df: float) -> tuple[float, float, float]:
    """Low, high and two-sided p of a t interval."""
    error = float(np.sqrt(variance))
    if error == 0.0:
        return value, value, 1.0 if value == 0.0 else 0.0
    reach = float(stats.t.ppf(0.5 + LEVEL / 2, df)) * error
    return value - reach, value + reach, float(2 * stats.t.sf(abs(value) / error, df))


def bootstrap_means(table: Table, resamples: int = RESAMPLES, seed: int = 0) -> Table:
    """[resamples] grand means of the table with seeds and sentences drawn again (Sellam et al. 2022).

    With few seeds the percentile interval of these is too short: it stands beside the primary one as a check.
    """
    count, items = table.shape
    means: Table = np.einsum("rj,rj->r", _drawn(count, resamples, seed) @ table, _drawn(items, resamples, seed))
    return means


@lru_cache(maxsize=16)
def _drawn(count: int, resamples: int, seed: int) -> Table:
    """[resamples, count]: how often each of `count` things is drawn in a resample, over `count`; kept, being costly."""
    generator = np.random.Generator(np.random.Philox([seed, count]))
    return generator.multinomial(count, np.full(count, 1 / count), resamples) / count


def mean(table: Table) -> Estimate:
    """The mean of a table [seeds, sentences]."""
    value = float(table.mean())
    variance, df = variance_of_mean(table)
    low, high, p = _interval(value, variance, df)
    spread = float(table.mean(0).std(ddof=1))
    drawn = np.quantile(bootstrap_means(table), [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    return Estimate(
        value, low, high, df, p, value / spread if spread else float("nan"),
        (float(drawn[0]), float(drawn[1])), table.shape[0], table.shape[1], table.shape[0] == 1,
    )  # fmt: skip


def ratio(table: Table, divisor: Table) -> Estimate:
    """The sum of a table [seeds, sentences] over the sum of a divisor [sentences], as in bits per character.

    Linearised: the interval is that of the mean of (y − r·d) / mean(d), r being the ratio itself (the delta method).
    """
    value = float(table.mean() / divisor.mean())
    residuals = (table - value * divisor[None, :]) / divisor.mean()
    around = mean(residuals + value)
    return replace(around, value=value)


def difference(first: Table, second: Table) -> Estimate:
    """The mean of a table [seeds, sentences] minus that of another, [other seeds, sentences], on the same sentences.

    Seeds are independent, sentences joint: Var = σs₁²/I₁ + σs₂²/I₂ + Var(d)/J, where d are the differences of the
    sentences' means. Degrees of freedom after Satterthwaite over the mean squares in the sum.
    """
    items = first.shape[1]
    apart = first.mean(0) - second.mean(0)
    value = float(apart.mean())
    joint = float(apart.var(ddof=1)) / items
    total, spread = joint, joint**2 / (items - 1)
    for table in (first, second):
        count = table.shape[0]
        if count < 2:
            continue
        squares = mean_squares(table)
        added = (squares.seeds - squares.rest) / (count * items)
        if added > 0:
            total += added
            spread += (squares.seeds / (count * items)) ** 2 / (count - 1)
    df = total**2 / spread if spread else items - 1.0
    low, high, p = _interval(value, total, df)
    drawn = np.quantile(
        bootstrap_differences(first, second), [0.5 - LEVEL / 2, 0.5 + LEVEL / 2]
    )  # fmt: skip
    deviation = float(apart.std(ddof=1))
    count = min(first.shape[0], second.shape[0])
    return Estimate(
        value, low, high, df, p, value / deviation if deviation else float("nan"),
        (float(drawn[0]), float(drawn[1])), count, items, count == 1,
    )  # fmt: skip


def bootstrap_differences(first: Table, second: Table, resamples: int = RESAMPLES, seed: int = 0) -> Table:
    """[resamples] differences of means: each table's seeds drawn alone, the sentences drawn for both at once."""
    sentences = _drawn(first.shape[1], resamples, seed)
    drawn = [_drawn(table.shape[0], resamples, seed + side) @ table for side, table in enumerate((first, second), 1)]
    apart: Table = np.einsum("rj,rj->r", drawn[0] - drawn[1], sentences)
    return apart


def ratio_difference(first: Table, first_divisor: Table, second: Table, second_divisor: Table) -> Estimate:
    """The difference of two ratios on the same sentences, each linearised as in `ratio`."""
    values, tables = [], []
    for table, divisor in ((first, first_divisor), (second, second_divisor)):
        value = float(table.mean() / divisor.mean())
        values.append(value)
        tables.append((table - value * divisor[None, :]) / divisor.mean() + value)
    return replace(difference(tables[0], tables[1]), value=values[0] - values[1])


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p values that keep the chance of any false rejection in the family at the level (Holm 1979)."""
    order = np.argsort(p_values, kind="stable")
    adjusted = np.empty(len(p_values))
    highest = 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = highest
    return [float(value) for value in adjusted]
