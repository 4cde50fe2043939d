"""Exchanging a few pairs of units."""

from __future__ import annotations

import numpy as np

from pipelines.orders import Indices, Layout, order
from pipelines.reorder import mix


@order(
    "swap_k",
    "k times, two different units chosen at random change places",
    source="Ziv et al. 2025, for one pair",
    random=True,
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
