"""Shuffling inside spans that are counted back from the end, as from a word to be predicted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import Indices, Layout
from pipelines.orders import order
from pipelines.orders.local import _chance as _windows


def _chance(layout: Layout, *, k: int) -> NDArray[np.float64]:
    return _windows(layout, k=k)


@order(
    "within_span_shuffle_k",
    "units shuffled inside consecutive spans of k counted back from the end; the shorter span is the first",
    source="Khandelwal et al. 2018",
    random=True,
    chance=_chance,
)
def within_span_shuffle(layout: Layout, *, k: int) -> Indices:
    """The mirror of `local_k`: the last k units are always one span."""
    return layout.sort(-(layout.from_end // k), layout.keys)
