"""Leaving the last units alone and disturbing what lies farther back: the contexts of Khandelwal et al."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import Edited, Indices, Layout, only, same_order, where
from pipelines.orders import order


def _far(layout: Layout, k: int) -> NDArray[np.int64]:
    """[sentences]: how many units lie beyond the last k."""
    return np.maximum(layout.lengths - k, 0)


def _shuffle_chance(layout: Layout, *, k: int) -> NDArray[np.float64]:
    return same_order(_far(layout, k))


def _within_reach(layout: Layout, *, k: int) -> NDArray[np.float64]:
    return where(layout.lengths <= k)


def _reverse_chance(layout: Layout, *, k: int) -> NDArray[np.float64]:
    return where(layout.lengths <= k + 1)


@order(
    "beyond_k_shuffle",
    "the last k units as they stand, those before them in uniformly random order",
    source="Khandelwal et al. 2018",
    random=True,
    chance=_shuffle_chance,
)
def beyond_shuffle(layout: Layout, *, k: int) -> Indices:
    near = layout.from_end < k
    return layout.sort(near, np.where(near, layout.position.astype(np.uint64), layout.keys))


@order(
    "beyond_k_reverse",
    "the last k units as they stand, those before them in reverse",
    source="Khandelwal et al. 2018",
    random=False,
    chance=_reverse_chance,
)
def beyond_reverse(layout: Layout, *, k: int) -> Indices:
    near = layout.from_end < k
    return layout.sort(near, np.where(near, layout.position, -layout.position))


@order(
    "beyond_k_drop",
    "the last k units only",
    source="Khandelwal et al. 2018",
    random=False,
    edits=True,
    chance=_within_reach,
)
def beyond_drop(layout: Layout, *, k: int) -> Edited:
    return only(layout, layout.from_end < k)
