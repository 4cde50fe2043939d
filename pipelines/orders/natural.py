"""The order that the author chose."""

from __future__ import annotations

import numpy as np

from pipelines.orders import Indices, Layout, order


@order("natural", "the sentence as it stands", source="the baseline of every comparison", random=False)
def natural(layout: Layout) -> Indices:
    return np.arange(len(layout.position), dtype=np.int64)
