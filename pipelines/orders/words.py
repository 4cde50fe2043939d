"""Shuffling whole words by units that are parts of words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import Indices, Layout, same_order
from pipelines.orders import order


def _first_of_word(layout: Layout) -> Indices:
    """[units]: the index of the first unit of the word that each is in."""
    opens = layout.initial | (layout.position == 0) if len(layout.initial) else np.ones(len(layout.position), bool)
    first: Indices = np.maximum.accumulate(np.where(opens, np.arange(len(opens)), 0)).astype(np.int64)
    return first


def _chance(layout: Layout) -> NDArray[np.float64]:
    own = np.arange(len(layout.position))
    return same_order(layout.count(_first_of_word(layout) == own))


@order(
    "word_shuffle",
    "whole space-delimited words in random order, the units inside each as they stand",
    source="shuffle, with a word's particles left on it whatever the unit",
    random=True,
    chance=_chance,
)
def word_shuffle(layout: Layout) -> Indices:
    """A word moves as its first unit's key says. By units that are whole words it is a `shuffle` of other draws."""
    return layout.sort(layout.keys[_first_of_word(layout)], layout.position)
