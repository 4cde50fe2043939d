"""From segmented sentences to units of vocabulary pieces: the one step that datasets and scoring share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import Indices
from pipelines.normalise import is_final
from pipelines.units import Unit
from pipelines.vocabulary import Vocabulary


@dataclass(frozen=True)
class Encoded:
    """Units of many sentences end to end: their names (mark included), their pieces, whether an order may move them,
    [units] each; and counts, [sentences], how many units each sentence has."""

    names: list[str]
    pieces: list[tuple[int, ...]]
    movable: list[bool]
    counts: Indices

    @property
    def ids(self) -> NDArray[np.int32]:
        """[pieces]: all pieces end to end."""
        return np.fromiter((i for piece in self.pieces for i in piece), np.int32)

    @property
    def unit_ends(self) -> Indices:
        """[units]: where each unit's pieces end."""
        return np.cumsum(np.fromiter(map(len, self.pieces), np.int64, len(self.pieces)))

    @property
    def sentence_ends(self) -> Indices:
        """[sentences]: where each sentence's units end."""
        return np.cumsum(self.counts)


def is_movable(units: list[str], keep_final: bool) -> list[bool]:
    """Which units an order may move: all but final punctuation, if it is to stay put."""
    movable = [True] * len(units)
    if keep_final and len(units) > 1 and is_final(units[-1]):
        movable[-1] = False
    return movable


def encode(unit: Unit, cut: list[list[str]], vocabulary: Vocabulary, *, keep_final: bool) -> Encoded:
    """Encode segmented sentences, every segment alone.

    Where the unit is the piece, each piece of a word becomes a unit, the bytes of one letter together; final
    punctuation stays in one unit, which stays put as a whole.
    """
    names = [name for units in cut for name in units]
    pieces = vocabulary.encode(names)
    movable = [flag for units in cut for flag in is_movable(units, keep_final)]
    counts = np.fromiter(map(len, cut), np.int64, len(cut))
    if not unit.pieces:
        return Encoded(names, pieces, movable, counts)
    groups = vocabulary.as_units(pieces)
    groups = [group if flag else [tuple(word)] for group, flag, word in zip(groups, movable, pieces, strict=True)]
    sizes = np.fromiter(map(len, groups), np.int64, len(groups))
    flat = [group for word in groups for group in word]
    owner = np.repeat(np.arange(len(cut)), counts)
    return Encoded(
        [vocabulary.name(group) for group in flat],
        flat,
        np.repeat(np.array(movable, bool), sizes).tolist(),
        np.bincount(owner, weights=sizes, minlength=len(cut)).astype(np.int64),
    )
