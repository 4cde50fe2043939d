"""Shuffling blocks whose inside is left alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import Indices, Layout, same_order
from pipelines.orders import order


def _chance(layout: Layout, *, k: int) -> NDArray[np.float64]:
    return same_order(-(-layout.lengths // k))


@order(
    "ngram_shuffle_k",
    "consecutive blocks of k units in random order, each block kept as it is",
    source="Sinha et al. 2021; O'Connor & Andreas 2021",
    random=True,
    chance=_chance,
)
def ngram_shuffle(layout: Layout, *, k: int) -> Indices:
    """A block moves as its first unit's key says; the shorter last block is a block like the others."""
    head = layout.first + layout.position // k * k
    return layout.sort(layout.keys[head], layout.position)
