"""Estimates made of other estimates: functions of means, differences of independent quantities, values of seeds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from scipy import special

from reports.resampling import Table
from reports.statistics import LEVEL, POWER, Estimate


def delta(function: Callable[[list[float]], float], tables: Sequence[Table]) -> Table:
    """[seeds, sentences] whose mean is a function of the means of tables of that shape: f + Σ ∂f/∂mₖ (tₖ − mₖ), the
    delta method, with derivatives by central differences."""
    means_of = [float(table.mean()) for table in tables]
    value, line = function(means_of), np.zeros_like(tables[0])
    step = 1e-5 * max(max(map(abs, means_of)), 1e-9)
    for k, table in enumerate(tables):
        ends = [function([*means_of[:k], means_of[k] + sign * step, *means_of[k + 1 :]]) for sign in (1, -1)]
        line += (ends[0] - ends[1]) / (2 * step) * (table - means_of[k])
    moved: Table = line + value
    return moved


def independent(first: Estimate, second: Estimate) -> Estimate:
    """The first minus the second, of other models and other sentences: their reaches added in quadrature. No p (NaN):
    the degrees of freedom of the two are not known here."""
    value, error = first.value - second.value, math.hypot(first.error, second.error)
    reach = math.hypot(first.high - first.value, second.high - second.value)
    drawn = (first.bootstrap[0] - second.bootstrap[1], first.bootstrap[1] - second.bootstrap[0])
    return Estimate(
        value, value - reach, value + reach, error, float("nan"), float("nan"), drawn, min(first.seeds, second.seeds),
        min(first.sentences, second.sentences), first.one_seed or second.one_seed,
        detectable=reach + special.ndtri(POWER) * error,
    )  # fmt: skip


def of_seeds(values: Sequence[float], sentences: int) -> Estimate:
    """The mean of one value a seed, with its t interval over seeds; of one seed no interval (NaN)."""
    count, value = len(values), float(np.mean(values))
    error = float(np.std(values, ddof=1)) / math.sqrt(count) if count > 1 else float("nan")
    reach = float(special.stdtrit(count - 1, 0.5 + LEVEL / 2)) * error if count > 1 else float("nan")
    none = float("nan")
    return Estimate(value, value - reach, value + reach, error, none, none, (none, none), count, sentences, count == 1)


def seed_means(seeds: Sequence[int], table: Table) -> dict[int, float]:
    """The mean of every seed of a table [seeds, sentences]."""
    return {seed: float(value) for seed, value in zip(seeds, table.mean(1), strict=True)}
