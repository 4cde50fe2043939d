"""Shuffling inside consecutive windows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import Indices, Layout, same_order
from pipelines.orders import order


def _chance(layout: Layout, *, k: int) -> NDArray[np.float64]:
    return same_order(np.full(1, k)) ** (layout.lengths // k) * same_order(layout.lengths % k)


@order(
    "local_k",
    "units shuffled inside consecutive windows of k, the shorter last window too",
    source="Kallini et al. 2024, whose trailing windows kept their order",
    random=True,
    chance=_chance,
)
def local(layout: Layout, *, k: int) -> Indices:
    """Every window's permutation is uniform; a last window of one unit has nowhere to go."""
    return layout.sort(layout.position // k, layout.keys)
