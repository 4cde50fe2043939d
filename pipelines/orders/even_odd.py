"""Every other unit first."""

from __future__ import annotations

from pipelines.orders import Indices, Layout, order


@order(
    "even_odd",
    "first, third, fifth … unit, then the second, fourth …",
    source="Kallini et al. 2024",
    random=False,
)
def even_odd(layout: Layout) -> Indices:
    return layout.sort(layout.position % 2, layout.position)
