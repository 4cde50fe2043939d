"""Last unit first."""

from __future__ import annotations

from pipelines.layout import Indices, Layout
from pipelines.orders import order


@order("reverse", "last unit first", source="Khandelwal et al. 2018; Clark et al. 2023", random=False)
def reverse(layout: Layout) -> Indices:
    return layout.first + layout.from_end
