"""From segmented sentences to units of vocabulary pieces: the one step that datasets and scoring share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import Indices, ranges
from pipelines.names import Names, names_of
from pipelines.normalise import is_final
from pipelines.units import Unit
from pipelines.vocabulary import Vocabulary


@dataclass(frozen=True)
class Encoded:
    """Units of many sentences end to end: their names (mark included) and whether an order may move them, [units] each;
    pieces, of every spelling; counts, [sentences], how many units each sentence has."""

    names: Names
    pieces: list[tuple[int, ...]]
    movable: NDArray[np.bool_]
    counts: Indices

    @property
    def sizes(self) -> Indices:
        """[units]: how many pieces each unit has."""
        return _sizes(self.pieces)[self.names.code]

    @property
    def ids(self) -> NDArray[np.int32]:
        """[pieces]: all pieces end to end."""
        flat = np.array([one for pieces in self.pieces for one in pieces], np.int32)
        sizes = _sizes(self.pieces)
        return flat[ranges((np.cumsum(sizes) - sizes)[self.names.code], sizes[self.names.code])]


def _sizes(groups: Sequence[Sequence[object]]) -> Indices:
    return np.fromiter(map(len, groups), np.int64, len(groups))


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
    names = names_of(name for units in cut for name in units)
    movable = np.array([flag for units in cut for flag in is_movable(units, keep_final)], bool)
    pieces, counts = vocabulary.encode(names.spellings), _sizes(cut)
    if not unit.pieces:
        return Encoded(names, pieces, movable, counts)
    kinds, kind = np.unique(2 * names.code + movable, return_inverse=True)
    groups = [vocabulary.grouped(pieces[one // 2]) if one % 2 else [pieces[one // 2]] for one in kinds.tolist()]
    distinct = {group: number for number, group in enumerate(dict.fromkeys(one for word in groups for one in word))}
    flat = np.array([distinct[group] for word in groups for group in word], np.int64)
    sizes = _sizes(groups)
    size = sizes[kind]
    owner = np.repeat(np.repeat(np.arange(len(cut)), counts), size)
    return Encoded(
        Names([vocabulary.name(group) for group in distinct], flat[ranges((np.cumsum(sizes) - sizes)[kind], size)]),
        [*distinct],
        np.repeat(movable, size),
        np.bincount(owner, minlength=len(cut)).astype(np.int64),
    )
