"""Shuffling the sentences of a text."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import ENDS_SENTENCE, Indices, Layout, same_order
from pipelines.orders import order


def _number(layout: Layout) -> Indices:
    """[units]: how many units that close a sentence stand before each in its text."""
    closes = (layout.traits & ENDS_SENTENCE).astype(np.int64)
    before = np.cumsum(closes) - closes
    return before - before[layout.first]


def _chance(layout: Layout) -> NDArray[np.float64]:
    last = layout.offsets[1:] - 1
    return same_order(np.where(layout.lengths > 0, _number(layout)[np.maximum(last, 0)] + 1, 0))


@order(
    "sentence_order_shuffle",
    "the sentences of a text of several sentences in random order, each kept as it is",
    source="O'Connor & Andreas 2021",
    random=True,
    chance=_chance,
    moves_final=True,
)
def sentence_order_shuffle(layout: Layout) -> Indices:
    """A sentence ends where a unit closes with a full stop, a question or an exclamation mark, that of an abbreviation
    (Dr.) included. The final punctuation of the text moves with its last sentence."""
    number = _number(layout)
    opens = np.flatnonzero((layout.position == 0) | (np.diff(number, prepend=-1) != 0))
    block = np.searchsorted(opens, np.arange(len(number)), side="right") - 1
    return layout.sort(layout.keys[opens[block]], layout.position)
