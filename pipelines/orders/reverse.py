"""Last unit first."""

from __future__ import annotations

from pipelines.orders import Indices, Layout, order


@order("reverse", "last unit first", source="Khandelwal et al. 2018; Clark et al. 2023", random=False)
def reverse(layout: Layout) -> Indices:
    return layout.offsets[layout.sentence] + layout.length - 1 - layout.position
