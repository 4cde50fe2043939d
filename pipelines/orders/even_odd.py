"""Every other unit first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import Indices, Layout, where
from pipelines.orders import order


def _chance(layout: Layout) -> NDArray[np.float64]:
    return where(layout.lengths <= 2)


@order(
    "even_odd",
    "first, third, fifth … unit, then the second, fourth …",
    source="Kallini et al. 2024",
    random=False,
    chance=_chance,
)
def even_odd(layout: Layout) -> Indices:
    return layout.sort(layout.position % 2, layout.position)
