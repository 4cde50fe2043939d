"""Reversing a sentence from a random place on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import Indices, Layout
from pipelines.orders import order


def _chance(layout: Layout) -> NDArray[np.float64]:
    return np.asarray(1.0 / np.maximum(layout.lengths, 1))


@order(
    "partial_reverse",
    "the units after a random place in reverse order; the place is uniform, the beginning included",
    source="Kallini et al. 2024, without the marker",
    random=True,
    chance=_chance,
)
def partial_reverse(layout: Layout) -> Indices:
    pivot = (layout.uniform[layout.first] * layout.length).astype(np.int64)
    mirrored = layout.first + pivot + layout.length - 1 - layout.position
    return np.where(layout.position < pivot, layout.first + layout.position, mirrored)
