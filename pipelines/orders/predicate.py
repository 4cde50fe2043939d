"""Shuffling around the last predicate of a Korean sentence, and moving it, without a tree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import Indices, Layout, same_order, where
from pipelines.orders import order
from pipelines.tags import codes_of


def in_complex(layout: Layout) -> NDArray[np.bool_]:
    """[units]: whether an eojeol belongs to the last predicate complex: the last eojeol, and those before it that it
    leans on. An auxiliary leans on what stands before it (가지 않았다), so does a bound noun and the predicate after it
    (할 수 있다), and a predicate leans on its negation (안 먹는다)."""
    lean = codes_of(["auxiliary", "bound_noun", "copula"])
    tag = layout.tag
    before = np.concatenate([[np.uint8(0)], tag[:-1]]) if len(tag) else tag
    predicate = np.isin(tag, codes_of(["verb", "adjective", "auxiliary"]))
    leans = np.isin(tag, lean) | (predicate & np.isin(before, codes_of(["bound_noun", "negation"])))
    leans &= layout.position > 0
    chain = np.cumsum(~leans)
    last = np.maximum(layout.offsets[1:] - 1, 0)
    return chain == chain[last][layout.sentence] if len(chain) else np.zeros(0, bool)


def _others(layout: Layout) -> NDArray[np.int64]:
    return layout.lengths - layout.count(in_complex(layout))


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
    return layout.shuffle_among(~in_complex(layout))


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
    moved = in_complex(layout)
    others = _others(layout)[layout.sentence]
    place = (layout.uniform[layout.first] * others).astype(np.int64) if len(others) else others
    rank = np.where(moved, 2 * place, 2 * layout.position + 1)
    return layout.sort(rank, layout.position)
