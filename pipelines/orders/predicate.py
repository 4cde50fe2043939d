"""Shuffling around the last predicate of a Korean sentence, and moving it, without a tree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import CLOSES_CLAUSE, LEANS, Indices, Layout, same_order, where
from pipelines.orders import order


def _complex(layout: Layout) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """[units] twice: whether an eojeol belongs to the last predicate complex; and whether it stands after it.

    The complex is the last eojeol that ends a clause and those that it makes one predicate with: auxiliaries
    (가지 않았다), bound nouns (할 수 있다), negation (안 먹는다), -게 되다. Where nothing ends a clause, it is the last
    eojeol.
    """
    count = len(layout.position)
    if not count:
        return np.zeros(0, bool), np.zeros(0, bool)
    closes = layout.traits & CLOSES_CLAUSE > 0
    last = np.full(len(layout.offsets) - 1, -1, np.int64)
    np.maximum.at(last, layout.sentence[closes], np.flatnonzero(closes))
    last = np.where(last < 0, layout.offsets[1:] - 1, last)
    chain = np.cumsum((layout.position == 0) | (layout.initial & (layout.traits & LEANS == 0)))
    mine = chain == chain[np.maximum(last, 0)][layout.sentence]
    return mine, ~mine & (np.arange(count) > last[layout.sentence])


def _others(layout: Layout) -> NDArray[np.int64]:
    mine, after = _complex(layout)
    return layout.count(~mine & ~after)


def _shuffle_chance(layout: Layout) -> NDArray[np.float64]:
    return same_order(_others(layout))


def _move_chance(layout: Layout) -> NDArray[np.float64]:
    return where(_others(layout) == 0)


@order(
    "predicate_final_shuffle",
    "all eojeol but the last predicate complex in random order; not always legal: parts of phrases and clauses mix",
    source="what scrambling is often taken for; SIKO (Kim et al. 2024) for the contrast",
    random=True,
    needs=["tags"],
    on="whole",
    scrambling=True,
    chance=_shuffle_chance,
)
def predicate_final_shuffle(layout: Layout) -> Indices:
    """What follows the complex (ㅋㅋ, an afterthought) stays, too."""
    mine, after = _complex(layout)
    return layout.shuffle_among(~mine & ~after)


@order(
    "predicate_moved",
    "the last predicate complex at a random earlier place, the other eojeol in order: a marked order",
    source="Korean grammar: what follows the predicate is an afterthought",
    random=True,
    needs=["tags"],
    on="whole",
    scrambling=True,
    chance=_move_chance,
)
def predicate_moved(layout: Layout) -> Indices:
    """The place is uniform among those before the complex; a sentence that is nothing else stays."""
    moved, _ = _complex(layout)
    others = _others(layout)[layout.sentence]
    place = (layout.uniform[layout.first] * others).astype(np.int64) if len(others) else others
    rank = np.where(moved, 2 * place, 2 * layout.position + 1)
    return layout.sort(rank, layout.position)
