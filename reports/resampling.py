"""Resampling seeds and sentences: bootstrap intervals, and tests by permutation and by flipped signs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations, product
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

Table = NDArray[np.float64]
Clusters = NDArray[np.int64]
"""[sentences]: the number, from 0, of the document that each sentence comes from."""
RESAMPLES = 10_000
PERMUTATIONS = 20_000
TIE = 1e-9
"""Relative difference under which two values differ by rounding alone, as counts of right answers may."""
UNKNOWN = (float("nan"), float("nan"))
"""The p of a test that was not made, and the smallest it could reach."""
_BLOCK = 1000
"""Resamples that are drawn at once."""


@dataclass(frozen=True, eq=False)
class Part:
    """A measured table [seeds, sentences], or [sentences] of what is the same in all models; remembers its resampled
    means, by what was drawn. kept: whether it will be asked for again, on either side of a difference."""

    table: Table
    kept: bool = False
    known: dict[tuple[Any, ...], list[Table]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Combination:
    """A table [seeds, sentences] and what it is a weighted sum of: constant + Σ weight · part.

    Its resampled means are the same sum of those of its parts, so that tables of the same parts share their resampling.
    Adding, and scaling by a number, keep track of the parts.
    """

    values: Table
    parts: tuple[tuple[float, Part], ...]
    constant: float = 0.0

    __array_ufunc__ = None  # so that numpy leaves `array - combination` to this class

    @classmethod
    def of(cls, table: Table, *, kept: bool = False) -> Combination:
        """A measured table, which is its own only part."""
        return cls(table, ((1.0, Part(table, kept)),))

    def at(self, places: NDArray[np.int64]) -> Combination:
        """A measured table on some of its sentences; itself where these are all, in their order."""
        same = np.array_equal(places, np.arange(self.values.shape[1]))
        return self if same else Combination.of(self.values[:, places])

    def mean(self, axis: int | None = None) -> Any:
        return self.values.mean(axis)

    def __add__(self, other: Combination | Table | float) -> Combination:
        if isinstance(other, Combination):
            values = self.values + other.values
            return Combination(values, self.parts + other.parts, self.constant + other.constant)
        if isinstance(other, np.ndarray) and other.ndim:
            return Combination(self.values + other, (*self.parts, (1.0, Part(other))), self.constant)
        return Combination(self.values + other, self.parts, self.constant + float(other))

    def __mul__(self, factor: float) -> Combination:
        parts = tuple((factor * weight, part) for weight, part in self.parts)
        return Combination(factor * self.values, parts, factor * self.constant)

    def __neg__(self) -> Combination:
        return self * -1.0

    def __sub__(self, other: Combination | Table | float) -> Combination:
        return self + -other

    def __rsub__(self, other: Table | float) -> Combination:
        return -self + other

    def __truediv__(self, divisor: float) -> Combination:
        return self * (1.0 / divisor)

    __radd__, __rmul__ = __add__, __mul__


def values_of(table: Table | Combination) -> Table:
    """The numbers [seeds, sentences] of a table."""
    return table.values if isinstance(table, Combination) else table


def bootstraps(
    sums: Sequence[Sequence[Table | Combination]], clusters: Clusters | None, resamples: int = RESAMPLES, seed: int = 0
) -> list[Table]:
    """[resamples] values of each of several sums of means of tables [seeds, sentences] over the same sentences, with
    seeds and sentences drawn again (Sellam et al. 2022): each table's seeds alone, sentences for all at once, documents
    whole.

    With few seeds the percentile interval of these is too short: it stands beside the primary one as a check.
    """
    made = [[one if isinstance(one, Combination) else Combination.of(one) for one in tables] for tables in sums]
    drawn = clusters if clusters is None else clusters.tobytes(), resamples, seed
    sides: dict[Part, int] = {}
    for tables in made:
        for side, one in enumerate(tables, 1):
            for _, part in one.parts:
                sides[part] = max(side, sides.get(part, 0), 2 * part.kept)
    missing = [part for part, last in sides.items() if len(part.known.get(drawn, ())) < last]
    if missing:
        rows = [np.atleast_2d(part.table) for part in missing]
        by_seed = _over_sentences(np.concatenate(rows), clusters, resamples, seed)
        for part, means in zip(missing, np.split(by_seed, np.cumsum([*map(len, rows)])[:-1], axis=1), strict=True):
            seeds = [_drawn(means.shape[1], resamples, seed + side) for side in range(1, sides[part] + 1)]
            part.known[drawn] = [np.einsum("ri,ri->r", means, weights) for weights in seeds]
    found = []
    for tables in made:
        values = np.full(resamples, sum(one.constant for one in tables))
        for side, one in enumerate(tables):
            for weight, part in one.parts:
                values += weight * part.known[drawn][side]
        found.append(values)
    return found


def _over_sentences(rows: Table, clusters: Clusters | None, resamples: int, seed: int) -> Table:
    """[resamples, rows]: the mean of each row [sentences] over the sentences of each resample; whole clusters are
    drawn."""
    if clusters is None:
        return _drawn(rows.shape[1], resamples, seed) @ rows.T
    sums = np.stack([np.bincount(clusters, weights=row) for row in rows], axis=1)
    drawn = _drawn(len(sums), resamples, seed)
    means: Table = drawn @ sums / (drawn @ np.bincount(clusters))[:, None]
    return means


@lru_cache(maxsize=6)
def _drawn(count: int, resamples: int, seed: int) -> Table:
    """[resamples, count]: how often each of `count` things is drawn in a resample, over `count`; the last are kept."""
    generator = np.random.Generator(np.random.Philox([seed, count]))
    drawn = np.empty((resamples, count))
    for begin in range(0, resamples, _BLOCK):
        rows = min(_BLOCK, resamples - begin)
        places = generator.integers(count, size=(rows, count)) + count * np.arange(rows)[:, None]
        drawn[begin : begin + rows] = np.bincount(places.ravel(), minlength=rows * count).reshape(rows, count) / count
    return drawn


def percentile(drawn: Table, level: float) -> tuple[float, float]:
    """The percentile interval of bootstrap values."""
    low, high = np.quantile(drawn, [0.5 - level / 2, 0.5 + level / 2])
    return float(low), float(high)


def influences(tables: Sequence[Table], clusters: Clusters | None) -> list[Table]:
    """What each seed of each table, and each sentence (document) of all, adds to the sum of their means, as deviations
    whose squares sum to about the variance of that sum."""
    together = np.sum([table.mean(0) for table in tables], axis=0)
    deviations = (together - together.mean()) / len(together)
    if clusters is not None:
        deviations = np.bincount(clusters, weights=deviations)
    return [deviations, *((table.mean(1) - table.mean()) / len(table) for table in tables if len(table) > 1)]


def bca(drawn: Table, value: float, parts: Sequence[Table], level: float) -> tuple[float, float]:
    """The bias-corrected and accelerated interval of bootstrap values around a value (Efron 1987).

    parts: what each thing that was drawn adds (`influences`); the acceleration is a sixth of the skewness of their sum
    (DiCiccio & Efron 1996 for several samples). The percentile interval where nothing varies.
    """
    same = np.abs(drawn - value) <= TIE * max(1.0, abs(value))
    below = float(np.mean((drawn < value) & ~same) + np.mean(same) / 2)
    squares = sum(float(np.sum(part**2)) for part in parts)
    if not 0.0 < below < 1.0 or not squares:
        return percentile(drawn, level)
    acceleration = sum(float(np.sum(part**3)) for part in parts) / (6 * squares**1.5)
    bias = special.ndtri(below)
    shifted = bias + special.ndtri([0.5 - level / 2, 0.5 + level / 2])
    low, high = np.quantile(drawn, special.ndtr(bias + shifted / (1 - acceleration * shifted)))
    return float(low), float(high)


def permuted(first: NDArray[np.float64], second: NDArray[np.float64]) -> tuple[float, float]:
    """Two-sided p of a difference of means when models change sides at random, and the smallest p there can be.

    first, second: [seeds], a value a model. Every split is tried where there are at most 20,000, else as many random
    ones and the one at hand, which counts (p is never 0; Phipson & Smyth 2010).
    """
    values, size = np.concatenate([first, second]), len(first)
    sides, splits = _sides(len(values), size)
    sums = values[sides].sum(1)
    apart = np.abs(sums / size - (values.sum() - sums) / (len(values) - size))
    at_hand = abs(first.mean() - second.mean())
    reached = np.count_nonzero(apart >= at_hand - TIE * max(1.0, at_hand))
    smallest = (2 if len(first) == len(second) else 1) / splits
    return reached / len(sides), max(smallest, 1 / len(sides))


def flipped(values: Sequence[float] | NDArray[np.float64]) -> tuple[float, float]:
    """Two-sided p of a mean when each value keeps or changes its sign at random, and the smallest p there can be.

    values: [seeds], what one model loses from one order to the other. All flips are tried where there are at most
    20,000, else as many random ones and the one at hand, which counts. NaN for one value or none.
    """
    found = np.asarray(values, np.float64)
    if len(found) < 2:
        return UNKNOWN
    signs, flips = _signs(len(found))
    sums, at_hand = np.abs(signs @ found), abs(found.sum())
    reached = np.count_nonzero(sums >= at_hand - TIE * max(1.0, at_hand))
    return reached / len(signs), max(2 / flips, 1 / len(signs))


@lru_cache(maxsize=4)
def _signs(count: int) -> tuple[NDArray[np.int64], int]:
    """[flips tried, count]: signs of `count` values, and how many flips there are; kept."""
    if 2**count <= PERMUTATIONS:
        return np.array(list(product((1, -1), repeat=count))), 2**count
    generator = np.random.Generator(np.random.Philox([1, count]))
    drawn = generator.integers(0, 2, (PERMUTATIONS, count)) * 2 - 1
    return np.concatenate([np.ones((1, count), np.int64), drawn]), 2**count


@lru_cache(maxsize=4)
def _sides(count: int, size: int) -> tuple[NDArray[np.int64], int]:
    """[splits tried, size]: which of `count` models are on the first side, and how many splits there are; kept."""
    splits = comb(count, size)
    if splits <= PERMUTATIONS:
        return np.array(list(combinations(range(count), size))), splits
    generator = np.random.Generator(np.random.Philox([0, count]))
    drawn = generator.random((PERMUTATIONS, count)).argsort(1)[:, :size]
    return np.concatenate([np.arange(size)[None], drawn]), splits
