"""The order that the author chose."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import Indices, Layout
from pipelines.orders import order


def _always(layout: Layout) -> NDArray[np.float64]:
    return np.ones(len(layout.lengths))


@order("natural", "the sentence as it stands", source="the baseline of every comparison", random=False, chance=_always)
def natural(layout: Layout) -> Indices:
    return np.arange(len(layout.position), dtype=np.int64)
