"""One permutation for all sentences of a length: a learnable language, not noise."""

from __future__ import annotations

import numpy as np

from pipelines.layout import Indices, Layout
from pipelines.orders import order
from pipelines.stream import mix


@order(
    "deterministic_by_length",
    "one fixed random permutation for each sentence length, the same in every sentence and draw",
    source="Kallini et al. 2024; Ziv et al. 2025",
    random=False,
)
def deterministic_by_length(layout: Layout) -> Indices:
    """A bijection that the perturbation seed chooses; it can be learnt, so it is kept apart from `shuffle`."""
    place = (layout.length.astype(np.uint64) << np.uint64(32)) + layout.position.astype(np.uint64)
    keys = mix(mix(place) ^ mix(np.full(1, layout.seed & (2**63 - 1), np.uint64)))
    return layout.sort(keys)
