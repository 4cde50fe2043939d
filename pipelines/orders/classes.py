"""Shuffling content words around the function words, and the other way round."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import Indices, Layout, same_order
from pipelines.orders import order
from pipelines.tags import codes_of, is_open


def _closed(layout: Layout) -> NDArray[np.bool_]:
    return np.isin(layout.tag, codes_of(["function"]))


def _content_chance(layout: Layout) -> NDArray[np.float64]:
    return same_order(layout.count(is_open(layout.tag)))


def _function_chance(layout: Layout) -> NDArray[np.float64]:
    return same_order(layout.count(_closed(layout)))


@order(
    "content_only_shuffle",
    "units of open classes shuffled among their own places; function words and particles stay",
    source="Feldman et al. 2026",
    random=True,
    needs=["tags"],
    on="parts",
    chance=_content_chance,
)
def content_only_shuffle(layout: Layout) -> Indices:
    return layout.shuffle_among(is_open(layout.tag))


@order(
    "function_only_shuffle",
    "units of closed classes shuffled among their own places; content words stay",
    source="the complement of content_only_shuffle",
    random=True,
    needs=["tags"],
    on="parts",
    chance=_function_chance,
)
def function_only_shuffle(layout: Layout) -> Indices:
    return layout.shuffle_among(_closed(layout))
