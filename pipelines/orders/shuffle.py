"""Every permutation of the sentence equally likely."""

from __future__ import annotations

from pipelines.orders import Indices, Layout, order


@order(
    "shuffle",
    "all units of the sentence in uniformly random order, the natural one included",
    source="Pham et al. 2021; Sinha et al. 2021",
    random=True,
)
def shuffle(layout: Layout) -> Indices:
    return layout.sort(layout.keys)
