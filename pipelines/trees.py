"""Dependency trees over the words of many sentences at once, and writing them out in a new order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import ROOT, Indices, Layout

RELATIONS = (
    "none", "root", "nsubj", "obj", "iobj", "csubj", "ccomp", "xcomp", "obl", "vocative", "expl", "dislocated", "advcl",
    "advmod", "discourse", "aux", "cop", "mark", "nmod", "appos", "nummod", "acl", "amod", "det", "clf", "case", "conj",
    "cc", "fixed", "flat", "list", "parataxis", "compound", "orphan", "goeswith", "reparandum", "punct", "dep",
)  # fmt: skip
"""The relations of Universal Dependencies, version 2 (de Marneffe et al. 2021), without their subtypes."""
RELATION_CODES = {name: code for code, name in enumerate(RELATIONS)}


def relation_code(name: str) -> int:
    """The code of a relation, its subtype left out; 0 for one that is not known."""
    return RELATION_CODES.get(name.partition(":")[0].lower(), 0)


def relation_codes(*names: str) -> NDArray[np.uint8]:
    return np.array([RELATION_CODES[name] for name in names], np.uint8)


@dataclass(frozen=True)
class Trees:
    """The words of a layout and their heads.

    offsets: [sentences + 1], where each sentence's words begin; sentence: [words]; head: [words], the number of the
    head word over all sentences, or ROOT; known: [sentences], whether the sentence has a tree; relation, traits:
    [words]; word: [units], the word of each unit.
    """

    offsets: Indices
    sentence: Indices
    head: Indices
    known: NDArray[np.bool_]
    relation: NDArray[np.uint8]
    traits: NDArray[np.uint8]
    word: Indices


def trees_of(layout: Layout) -> Trees:
    """The trees of a layout. A unit that opens no word belongs to the word before it."""
    opens = layout.initial | (layout.position == 0)
    first = np.flatnonzero(opens)
    word = np.cumsum(opens) - 1
    sentence = layout.sentence[first]
    offsets = np.concatenate([[0], np.cumsum(layout.count(opens))]).astype(np.int64)
    head = layout.head[first].astype(np.int64)
    inside = (head >= 0) & (head < np.diff(offsets)[sentence])
    absolute = np.where(inside, head + offsets[sentence], ROOT)
    usable = (inside | (head == ROOT)).astype(np.float64)
    known = np.bincount(sentence, weights=1.0 - usable, minlength=len(offsets) - 1) == 0
    traits = layout.traits[first] if len(layout.traits) else np.zeros(len(first), np.uint8)
    return Trees(offsets, sentence, absolute, known, layout.relation[first], traits, word)


def depths(trees: Trees) -> Indices:
    """[words]: how many arcs lie between each word and its root."""
    depth = np.zeros(len(trees.head), np.int64)
    above = trees.head.copy()
    for _ in range(len(above)):
        climbing = above >= 0
        if not climbing.any():
            break
        depth[climbing] += 1
        above[climbing] = trees.head[above[climbing]]
    return depth


def subtree_sizes(trees: Trees, depth: Indices) -> Indices:
    """[words]: how many words each word governs, itself included."""
    size = np.ones(len(trees.head), np.int64)
    for level in range(int(depth.max(initial=0)), 0, -1):
        at = np.flatnonzero(depth == level)
        np.add.at(size, trees.head[at], size[at])
    return size


def projective(trees: Trees, depth: Indices, size: Indices) -> NDArray[np.bool_]:
    """[sentences]: whether every subtree is an unbroken stretch of words."""
    numbers = np.arange(len(trees.head), dtype=np.int64)
    lowest, highest = numbers.copy(), numbers.copy()
    for level in range(int(depth.max(initial=0)), 0, -1):
        at = np.flatnonzero(depth == level)
        np.minimum.at(lowest, trees.head[at], lowest[at])
        np.maximum.at(highest, trees.head[at], highest[at])
    broken = highest - lowest + 1 != size
    answer: NDArray[np.bool_] = np.bincount(trees.sentence[broken], minlength=len(trees.known)) == 0
    return answer


def write_out(trees: Trees, depth: Indices, size: Indices, own: Indices, below: Indices) -> Indices:
    """[words]: the new place of each word among all words, when every subtree is written as one stretch.

    Below each word its own place and its dependents' stretches are ordered by number: `own[w]` for the word itself,
    `below[w]` for the stretch of w under its head. Numbers under one word must differ.
    """
    words = len(trees.head)
    numbers = np.arange(words, dtype=np.int64)
    dependent = np.flatnonzero(trees.head >= 0)
    above = np.concatenate([numbers, trees.head[dependent]])
    rank = np.concatenate([own, below[dependent]])
    width = np.concatenate([np.ones(words, np.int64), size[dependent]])
    by_rank = np.lexsort((rank, above))
    before = np.cumsum(width[by_rank]) - width[by_rank]
    opens = np.concatenate([[True], np.diff(above[by_rank]) != 0]) if words else np.zeros(0, bool)
    start_of = before[np.flatnonzero(opens)][np.cumsum(opens) - 1]
    inside = np.empty(len(above), np.int64)
    inside[by_rank] = before - start_of
    shift_of_own, shift = inside[:words], np.zeros(words, np.int64)
    shift[dependent] = inside[words:]
    begins = trees.offsets[trees.sentence] + np.zeros(words, np.int64)
    roots = np.flatnonzero(trees.head < 0)
    # Several roots (text without a tree) stand one after the other.
    before_root = np.cumsum(size[roots]) - size[roots]
    begins[roots] = before_root
    for level in range(1, int(depth.max(initial=0)) + 1):
        at = np.flatnonzero(depth == level)
        begins[at] = begins[trees.head[at]] + shift[at]
    return begins + shift_of_own


def carry(layout: Layout, trees: Trees, place: Indices) -> Indices:
    """[units]: which unit comes to each place when every word, with the units in it, goes to its new place."""
    return layout.sort(place[trees.word], layout.position)
