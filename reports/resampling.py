"""Resampling seeds and sentences: bootstrap intervals, and tests by permutation."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray
from scipy import special

Table = NDArray[np.float64]
Clusters = NDArray[np.int64]
"""[sentences]: the number, from 0, of the document that each sentence comes from."""
RESAMPLES = 10_000
PERMUTATIONS = 20_000
_BLOCK = 1000
"""Resamples that are drawn at once."""


def bootstraps(
    tables: Sequence[Table], clusters: Clusters | None, resamples: int = RESAMPLES, seed: int = 0
) -> list[Table]:
    """[resamples] grand means of each of several tables over the same sentences, with seeds and sentences drawn again
    (Sellam et al. 2022), documents whole.

    With few seeds the percentile interval of these is too short: it stands beside the primary one as a check.
    """
    weights = _sentence_weights(tables[0].shape[1], clusters, resamples, seed)
    parts = np.split(weights @ np.concatenate(tables).T, np.cumsum([len(table) for table in tables])[:-1], axis=1)
    return [np.einsum("ri,ri->r", part, _drawn(part.shape[1], resamples, seed + 1)) for part in parts]


def bootstrap_totals(
    tables: Sequence[Table], clusters: Clusters | None = None, resamples: int = RESAMPLES, seed: int = 0
) -> Table:
    """[resamples] sums of means: each table's seeds drawn alone, the sentences drawn for all at once."""
    sentences = _sentence_weights(tables[0].shape[1], clusters, resamples, seed)
    drawn = [_drawn(table.shape[0], resamples, seed + side) for side, table in enumerate(tables, 1)]
    by_seed = [sentences @ table.T for table in tables]
    sums: Table = np.sum([np.einsum("ri,ri->r", *pair) for pair in zip(by_seed, drawn, strict=True)], axis=0)
    return sums


def _sentence_weights(items: int, clusters: Clusters | None, resamples: int, seed: int) -> Table:
    """[resamples, sentences]: weights that sum to 1 in each resample; whole clusters are drawn."""
    if clusters is None:
        return _drawn(items, resamples, seed)
    weights = _drawn(int(clusters.max()) + 1, resamples, seed)[:, clusters]
    normalised: Table = weights / weights.sum(axis=1, keepdims=True)
    return normalised


@lru_cache(maxsize=4)
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
    below = float(np.mean(drawn < value) + np.mean(drawn == value) / 2)
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
    reached = np.count_nonzero(apart >= at_hand - 1e-9 * max(1.0, at_hand))
    smallest = (2 if len(first) == len(second) else 1) / splits
    return reached / len(sides), max(smallest, 1 / len(sides))


@lru_cache(maxsize=4)
def _sides(count: int, size: int) -> tuple[NDArray[np.int64], int]:
    """[splits tried, size]: which of `count` models are on the first side, and how many splits there are; kept."""
    splits = comb(count, size)
    if splits <= PERMUTATIONS:
        return np.array(list(combinations(range(count), size))), splits
    generator = np.random.Generator(np.random.Philox([0, count]))
    drawn = generator.random((PERMUTATIONS, count)).argsort(1)[:, :size]
    return np.concatenate([np.arange(size)[None], drawn]), splits
