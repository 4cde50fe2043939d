"""Graded disorder: permutations around the natural one, less likely the more pairs they turn round."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import Indices, Layout
from pipelines.orders import order


def _chance(layout: Layout, *, theta: float) -> NDArray[np.float64]:
    """The identity has probability 1 over the product, for every unit, of the sum of its insertion weights."""
    most = int(layout.lengths.max(initial=0))
    log_weights = np.log(np.cumsum(np.exp(-theta * np.arange(max(most, 1)))))
    return np.asarray(np.exp(-np.concatenate([[0.0], np.cumsum(log_weights)])[layout.lengths]))


@order(
    "mallows_θ",
    "a permutation with probability proportional to exp(−θ · inverted pairs): 0 is uniform, a large θ natural",
    source="Mallows 1957; Mayer Martins et al. 2026",
    random=True,
    chance=_chance,
)
def mallows(layout: Layout, *, theta: float) -> Indices:
    """Repeated insertion (Doignon, Pekeč & Regenwetter 2004): unit i (from 0) goes before j of the i units placed,
    with probability proportional to exp(−θ j), which inverts j pairs. All sentences of a length are drawn together.
    """
    result = np.empty(len(layout.position), np.int64)
    lengths = np.diff(layout.offsets)
    uniform = layout.uniform
    for length in np.unique(lengths):
        starts = layout.offsets[:-1][lengths == length]
        placed = np.zeros((len(starts), 0), np.int64)
        for i in range(int(length)):
            before = _inversions(uniform[starts + i], i, theta)
            columns = np.arange(i + 1)[None, :]
            at = (i - before)[:, None]
            source = np.where(columns > at, columns - 1, np.minimum(columns, max(i - 1, 0)))
            kept = np.take_along_axis(placed, source, 1) if i else np.zeros((len(starts), 1), np.int64)
            placed = np.where(columns == at, i, kept)
        if length:
            result[(starts[:, None] + np.arange(length)).ravel()] = (starts[:, None] + placed).ravel()
    return result


def _inversions(uniform: NDArray[np.float64], most: int, theta: float) -> Indices:
    """Draws from 0 … most with probability proportional to exp(−θ j), by inverting the distribution."""
    weights = np.exp(-theta * np.arange(most + 1))
    reached = np.cumsum(weights) / weights.sum()
    return np.minimum(np.searchsorted(reached, uniform, side="right"), most).astype(np.int64)
