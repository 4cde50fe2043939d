"""Exchanging a few pairs of units."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import Indices, Layout
from pipelines.orders import order
from pipelines.stream import mix


def _chance(layout: Layout, *, k: int) -> NDArray[np.float64]:
    """An odd number of exchanges never ends where it began; an even one does so at most as often as two do, which
    is stated (for four or more it is an upper bound)."""
    pairs = layout.lengths * (layout.lengths - 1) / 2.0
    return np.where(pairs < 1.0, 1.0, 0.0 if k % 2 else 1.0 / np.maximum(pairs, 1.0))


@order(
    "swap_k",
    "k times, two different units chosen at random change places",
    source="Ziv et al. 2025, for one pair",
    random=True,
    chance=_chance,
)
def swap(layout: Layout, *, k: int) -> Indices:
    """A sentence of one unit stays as it is; a later exchange may undo an earlier one."""
    result = np.arange(len(layout.position), dtype=np.int64)
    lengths = np.diff(layout.offsets)
    many = np.flatnonzero(lengths > 1)
    start, count = layout.offsets[many], lengths[many].astype(np.uint64)
    state = layout.keys[start]
    for _ in range(k):
        state = mix(state + np.uint64(0x9E3779B97F4A7C15))
        one = start + (state % count).astype(np.int64)
        state = mix(state + np.uint64(0x9E3779B97F4A7C15))
        step = (state % (count - np.uint64(1))).astype(np.int64) + 1
        other = start + (one - start + step) % count.astype(np.int64)
        result[one], result[other] = result[other], result[one]
    return result
