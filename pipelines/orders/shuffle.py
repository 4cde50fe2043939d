"""Every permutation of the sentence equally likely."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import Indices, Layout, same_order
from pipelines.orders import order


def _chance(layout: Layout) -> NDArray[np.float64]:
    return same_order(layout.lengths)


@order(
    "shuffle",
    "all units of the sentence in uniformly random order, the natural one included",
    source="Pham et al. 2021; Sinha et al. 2021",
    random=True,
    chance=_chance,
)
def shuffle(layout: Layout) -> Indices:
    return layout.sort(layout.keys)
