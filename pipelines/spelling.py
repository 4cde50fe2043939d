"""Respelling: the same text and units at more pieces, so that what a figure owes to the cutting alone can be measured.

Some pieces are written as two symbols, a first one that SHARED of them have in common and one of SHARED second ones.
The text can be read back, nothing is told that was not there, and every unit keeps its place: whatever a comparison
finds between models of a text and of its respelling is an artefact of the cutting, and of what training makes of longer
sequences and fewer symbols (a fertility null).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipelines.stream import sentence_keys

SHARED = 16
"""Pieces that share a first symbol, and so second symbols in all."""
FIELD, MAGIC = 201, b"eosun-spelling"
"""The field of a SentencePiece model that holds a respelling, among those that its format leaves to others."""


@dataclass(frozen=True)
class Spelling:
    """symbols: [pieces, 2] int32, how each piece of a vocabulary is written; −1 second where one symbol does."""

    symbols: NDArray[np.int32]

    def __len__(self) -> int:
        """How many symbols there are."""
        return int(self.symbols.max()) + 1

    @cached_property
    def _written(self) -> list[tuple[int, ...]]:
        return [(first,) if second < 0 else (first, second) for first, second in self.symbols.tolist()]

    @cached_property
    def _read(self) -> dict[tuple[int, ...], int]:
        return {symbols: piece for piece, symbols in enumerate(self._written)}

    @cached_property
    def _firsts(self) -> frozenset[int]:
        return frozenset(symbols[0] for symbols in self._written if len(symbols) > 1)

    def write(self, pieces: Iterable[int]) -> tuple[int, ...]:
        """The symbols of some pieces."""
        return tuple(symbol for piece in pieces for symbol in self._written[piece])

    def read(self, symbols: Iterable[int]) -> list[int]:
        """The pieces that some symbols write. Symbols that write none, as a model may predict them, are left out."""
        return [piece for piece in self.begun(symbols) if piece >= 0]

    def begun(self, symbols: Iterable[int]) -> list[int]:
        """[symbols]: the piece that begins at each, −1 where none does."""
        given = [int(symbol) for symbol in symbols]
        found, at = [-1] * len(given), 0
        while at < len(given):
            size = 2 if given[at] in self._firsts else 1
            found[at] = self._read.get(tuple(given[at : at + size]), -1)
            at += size
        return found

    def spread(self, values: Sequence[bool]) -> list[bool]:
        """A property of pieces as one of symbols, for pieces that are written as one; False for all other symbols."""
        found = [False] * len(self)
        for piece, symbols in enumerate(self._written):
            if len(symbols) == 1:
                found[symbols[0]] = values[piece]
        return found


def respelt(names: Sequence[str], counts: NDArray[np.int64], fixed: NDArray[np.bool_], fertility: float) -> Spelling:
    """A respelling of a vocabulary under which a text has `fertility` times the symbols that it has pieces.

    names, counts, fixed: [pieces], the text of each, how often it occurs, and whether it must stay as it is. Pieces are
    taken in a random order that belongs to their names, each that does not take the total too far; then one that was
    taken gives way to one a little more frequent, as long as that comes nearer.
    """
    wanted = round((fertility - 1.0) * int(counts.sum()))
    order = np.argsort(sentence_keys(names), kind="stable")
    free = order[~fixed[order]]
    split = np.zeros(len(names), bool)
    for piece in free.tolist():
        if counts[piece] <= wanted:
            split[piece] = True
            wanted -= int(counts[piece])
    while wanted:
        taken, left = (free[split[free] == one] for one in (True, False))
        if not len(taken):
            break
        taken = taken[np.argsort(counts[taken], kind="stable")]
        at = np.searchsorted(counts[taken], counts[left] - wanted)
        steps = np.where(at < len(taken), counts[left] - counts[taken[np.minimum(at, len(taken) - 1)]], 0)
        if not len(steps) or steps.max() <= 0:
            break
        best = int(steps.argmax())
        split[taken[at[best]]], split[left[best]] = False, True
        wanted -= int(steps[best])
    symbols = np.full((len(names), 2), -1, np.int32)
    kept, taken = np.flatnonzero(~split), order[split[order]]
    symbols[kept, 0] = np.arange(len(kept))
    place = np.arange(len(taken))
    firsts = -(-len(taken) // SHARED)
    symbols[taken, 0] = len(kept) + place // SHARED
    symbols[taken, 1] = len(kept) + firsts + place % SHARED
    return Spelling(symbols)


def with_spelling(model: bytes, spelling: Spelling) -> bytes:
    """A SentencePiece model that holds a respelling, too. SentencePiece reads it as before and passes over the rest."""
    held = spelling.symbols.astype("<i4").tobytes()
    payload = held + struct.pack("<I", len(held)) + MAGIC
    return model + _varint(FIELD << 3 | 2) + _varint(len(payload)) + payload


def spelling_in(model: bytes) -> Spelling | None:
    """The respelling that a SentencePiece model holds."""
    if not model.endswith(MAGIC):
        return None
    end = len(model) - len(MAGIC) - 4
    (size,) = struct.unpack("<I", model[end : end + 4])
    return Spelling(np.frombuffer(model[end - size : end], "<i4").reshape(-1, 2))


def _varint(value: int) -> bytes:
    """A number as protocol buffers write it."""
    found = bytearray()
    while value >= 0x80:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])
