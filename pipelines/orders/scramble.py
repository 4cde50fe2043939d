"""Scrambling as Korean grammar allows it: whole arguments and adjuncts of one predicate, inside their clause."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import LEANS, PREDICATE, TAKES_COMPLEMENT, Indices, Layout, same_order
from pipelines.orders import order
from pipelines.trees import Trees, carry, depths, projective, relation_codes, subtree_sizes, trees_of, write_out

MOVABLE = relation_codes("nsubj", "obj", "iobj", "obl", "advmod", "advcl", "ccomp", "csubj", "dislocated")
"""Arguments and adjuncts. What is tied to its predicate is not among them: auxiliaries, secondary predicates."""


def _free(trees: Trees, depth: Indices, size: Indices) -> NDArray[np.bool_]:
    """[words]: whether the subtree of a word may change places with its sisters.

    It is an argument or adjunct before a predicate, in a sentence whose subtrees are unbroken. It is not one that makes
    one predicate with its head (할 수 있다, 안 먹는다, 얻게 되었다) nor the complement of 되다 or 아니다.
    """
    numbers = np.arange(len(trees.head), dtype=np.int64)
    above = np.maximum(trees.head, 0)
    before = (trees.head >= 0) & (numbers < trees.head)
    predicate = trees.traits[above] & PREDICATE > 0
    chain = np.cumsum(trees.traits & LEANS == 0)
    beside = np.append(trees.traits[1:], np.uint8(0)) & TAKES_COMPLEMENT > 0
    tied = before & ((chain == chain[above]) | beside)
    whole = (projective(trees, depth, size) & trees.known)[trees.sentence]
    free: NDArray[np.bool_] = np.isin(trees.relation, MOVABLE) & before & predicate & ~tied & whole
    return free


def _chance(layout: Layout) -> NDArray[np.float64]:
    trees = trees_of(layout)
    depth = depths(trees)
    free = _free(trees, depth, subtree_sizes(trees, depth))
    heads, counts = np.unique(trees.head[free], return_counts=True)
    result = np.ones(len(trees.known))
    np.multiply.at(result, trees.sentence[heads], same_order(counts))
    return result


@order(
    "legal_scramble",
    "arguments and adjuncts of each predicate in random order, as whole subtrees inside their clause, predicate last",
    source="the definition of scrambling in Korean; compare Kuribayashi et al. 2020 on Japanese",
    random=True,
    needs=["trees", "tags"],
    on="words",
    scrambling=True,
    chance=_chance,
)
def legal_scramble(layout: Layout) -> Indices:
    """Sisters that may move shuffle among the places that they hold; everything else stays where it is. Sentences with
    crossing arcs stay as they are."""
    trees = trees_of(layout)
    depth = depths(trees)
    size = subtree_sizes(trees, depth)
    numbers = np.arange(len(trees.head), dtype=np.int64)
    free = np.flatnonzero(_free(trees, depth, size))
    keys = layout.keys[np.flatnonzero(layout.initial | (layout.position == 0))]
    place = numbers.copy()
    by_place = np.lexsort((free, trees.head[free]))
    by_key = np.lexsort((keys[free], trees.head[free]))
    place[free[by_key]] = free[by_place]
    written = write_out(trees, depth, size, numbers, place)
    whole = (projective(trees, depth, size) & trees.known)[trees.sentence]
    return carry(layout, trees, np.where(whole, written, numbers))
