"""Shuffling inside consecutive windows."""

from __future__ import annotations

from pipelines.orders import Indices, Layout, order


@order(
    "local_k",
    "units shuffled inside consecutive windows of k, the shorter last window too",
    source="Kallini et al. 2024, whose trailing windows kept their order",
    random=True,
)
def local(layout: Layout, *, k: int) -> Indices:
    """Every window's permutation is uniform; a last window of one unit has nowhere to go."""
    return layout.sort(layout.position // k, layout.keys)
