"""What an order sees: units of many sentences laid end to end, and what is known of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]
Keys = NDArray[np.uint64]
ROOT, UNKNOWN = -1, -2
"""In place of a head word: the word is the root of its sentence; the sentence has no tree."""
ENDS_SENTENCE, ENDS_IN_CONSONANT, LEANS, TAKES_COMPLEMENT, PREDICATE, CLOSES_CLAUSE = 1, 2, 4, 8, 16, 32
"""Traits of a unit, bits of one number: it ends a sentence inside a text; it is spoken with a final consonant. Of the
word that it is in, known where Korean word classes are: the word makes one predicate with the word before it (않았다 in
가지 않았다); the word before it is its complement (얼음이 되었다); it holds a predicate; it ends a clause."""


@dataclass(frozen=True)
class Pool:
    """Units that an edit may put in, beside those of the sentence: units of the training text, and marks.

    kind: [entries], ascending, 2 · tag + (opens a word) of each entry, -1 for marks, which are never drawn;
    same: [entries], equal numbers for equal units; marks: entries by the name of the mark; traits: [entries], see
    `Layout`, or empty where not known.
    """

    kind: Indices
    same: Indices
    marks: Mapping[str, int] = field(default_factory=dict)
    traits: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))


@dataclass(frozen=True)
class Layout:
    """Movable units of many sentences laid end to end.

    offsets: [sentences + 1], where each sentence's units begin; position: [units], from 0 in its sentence;
    sentence: [units], the number of the sentence; keys: [units], random 64-bit keys of this order and draw; seed: the
    perturbation seed, for orders whose randomness does not belong to the sentence.

    Of each unit, [units] or empty where not known: initial, whether it opens a space-delimited word; tag, its word
    class (`tags.CODES`); head, the number in the sentence of the word that its word depends on (ROOT, UNKNOWN);
    relation (`trees.RELATIONS`); traits. pool: what edits may put in.
    """

    offsets: Indices
    sentence: Indices
    position: Indices
    keys: Keys
    seed: int = 0
    initial: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    tag: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    head: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    relation: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    traits: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    pool: Pool | None = None

    @property
    def uniform(self) -> NDArray[np.float64]:
        """[units]: the keys as numbers in [0, 1)."""
        return (self.keys >> np.uint64(11)).astype(np.float64) * 2.0**-53

    @property
    def first(self) -> Indices:
        """[units]: the index of the first unit of the sentence of each."""
        return self.offsets[self.sentence]

    @property
    def lengths(self) -> Indices:
        """[sentences]: how many units each sentence has."""
        return np.diff(self.offsets)

    @property
    def length(self) -> Indices:
        """[units]: how many units the sentence of each unit has."""
        return self.lengths[self.sentence]

    @property
    def from_end(self) -> Indices:
        """[units]: how many units of the sentence stand after each."""
        return self.length - 1 - self.position

    def sort(self, *by: NDArray[np.generic]) -> Indices:
        """Indices that sort each sentence's units by the given keys, the first the most significant; stable."""
        return np.lexsort((*reversed(by), self.sentence)).astype(np.int64)

    def shuffle_among(self, chosen: NDArray[np.bool_], *inside: NDArray[np.generic]) -> Indices:
        """Indices that shuffle the chosen units of each sentence among their own places; the others stay.

        With `inside`, [units] numbers, only units with the same numbers change places with each other.
        """
        places = np.flatnonzero(chosen)
        groups = [values[places] for values in inside]
        result = np.arange(len(self.position), dtype=np.int64)
        by_place = np.lexsort((places, *reversed(groups), self.sentence[places]))
        by_key = np.lexsort((self.keys[places], *reversed(groups), self.sentence[places]))
        result[places[by_place]] = places[by_key]
        return result

    def count(self, chosen: NDArray[np.bool_]) -> Indices:
        """[sentences]: how many of the chosen units each sentence has."""
        return np.bincount(self.sentence[chosen], minlength=len(self.offsets) - 1).astype(np.int64)


@dataclass(frozen=True)
class Edited:
    """What an edit leaves: units end to end, of the layout (below its length) or of the pool (from there on).

    unit: [places]; sentence: [places], ascending; joined: [places], whether a unit moves with the one before it.
    """

    unit: Indices
    sentence: Indices
    joined: NDArray[np.bool_]


def only(layout: Layout, kept: NDArray[np.bool_]) -> Edited:
    """The units that are kept, the others left out."""
    units = np.flatnonzero(kept).astype(np.int64)
    return Edited(units, layout.sentence[units], np.zeros(len(units), bool))


def ranges(starts: Indices, lengths: Indices) -> Indices:
    """The concatenation of `arange(start, start + length)` for each pair, without a loop."""
    total = int(lengths.sum())
    begin = np.cumsum(lengths) - lengths
    return np.repeat(starts - begin, lengths) + np.arange(total, dtype=np.int64)


def where(certain: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Probability 1 where something is certain, 0 elsewhere."""
    probability: NDArray[np.float64] = certain.astype(np.float64)
    return probability


def same_order(counts: NDArray[np.generic]) -> NDArray[np.float64]:
    """[sentences]: the probability that a uniform permutation of that many units is the identity, 1 / n!."""
    from scipy.special import gammaln

    probability: NDArray[np.float64] = np.exp(-gammaln(np.maximum(counts, 1).astype(np.float64) + 1.0))
    return probability
