"""Turning every head to one side of its dependents."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import Indices, Layout
from pipelines.orders import order
from pipelines.trees import Trees, carry, depths, relation_codes, subtree_sizes, trees_of, write_out

FUNCTIONAL = relation_codes("case", "mark", "aux", "cop", "clf")
"""Function words that head their phrases in the sense of typology: adpositions, subordinators, auxiliaries, copulas.
Universal Dependencies hangs them below the content word; here they go to the side of the head."""

HEADLESS = relation_codes("conj", "cc", "flat", "fixed", "list", "appos", "parataxis", "goeswith", "punct")
"""Relations without a head in that sense: which side the other part stands on is no matter of head direction."""


@order(
    "head_final_flip",
    "every head after its dependents: verb last, adpositions and auxiliaries after what they belong to",
    source="after Ravfogel et al. 2019 and White & Cotterell 2021",
    random=False,
    needs=["trees"],
    on="words",
)
def head_final_flip(layout: Layout) -> Indices:
    """Dependents before their head stay in order; those after it come between them and the head, mirrored, so that what
    was next to the head is next to it again: S V O PP becomes S PP O V."""
    return _flip(layout, final=True)


@order(
    "head_initial_flip",
    "every head before its dependents: verb first, adpositions and auxiliaries before what they belong to",
    source="after Ravfogel et al. 2019 and White & Cotterell 2021",
    random=False,
    needs=["trees"],
    on="words",
)
def head_initial_flip(layout: Layout) -> Indices:
    """The mirror of `head_final_flip`: S V O becomes V S O, and S PP O V becomes V O PP S."""
    return _flip(layout, final=False)


AUXILIARY = relation_codes("aux", "cop")
_CLAUSAL = relation_codes("nsubj", "csubj", "aux", "cop", "expl")


def _before_clause(trees: Trees) -> NDArray[np.bool_]:
    """[words]: whether a clause of its own is coordinated with the head of a word: its auxiliary is then its own alone
    (he is a doctor and she is a nurse), where that of coordinated verbs is shared (he will eat and drink)."""
    own = np.zeros(len(trees.head), bool)
    own[trees.head[np.isin(trees.relation, _CLAUSAL) & (trees.head >= 0)]] = True
    joined = np.isin(trees.relation, relation_codes("conj", "parataxis")) & own & (trees.head >= 0)
    with_clause = np.zeros(len(trees.head), bool)
    with_clause[trees.head[joined]] = True
    return with_clause[np.maximum(trees.head, 0)] & (trees.head >= 0)


def _flip(layout: Layout, *, final: bool) -> Indices:
    trees = trees_of(layout)
    depth = depths(trees)
    size = subtree_sizes(trees, depth)
    place = write_out(trees, depth, size, *_ranks(trees, final=final))
    kept = np.arange(len(place), dtype=np.int64)
    return carry(layout, trees, np.where(trees.known[trees.sentence], place, kept))


def _ranks(trees: Trees, *, final: bool) -> tuple[Indices, Indices]:
    """Of each word, the number of its own place below itself (0), and of its stretch below its head."""
    numbers = np.arange(len(trees.head), dtype=np.int64)
    far = np.int64(2 * len(numbers) + 2)
    distance = np.abs(numbers - trees.head)
    before = numbers < trees.head
    functional, headless = (np.isin(trees.relation, codes) for codes in (FUNCTIONAL, HEADLESS))
    outwards = 2 * distance + before
    if final:
        rank = np.where(before, -2 * far - distance, -distance)
        inner = np.isin(trees.relation, AUXILIARY) & _before_clause(trees)
        rank = np.where(functional, np.where(inner, outwards, 3 * far + outwards), rank)
        rank = np.where(headless & ~before, far + distance, rank)
    else:
        rank = np.where(before, distance, far + distance)
        rank = np.where(functional, -outwards, rank)
    rank = np.where(headless & before, -3 * far - distance, rank)
    return np.zeros(len(numbers), np.int64), rank
