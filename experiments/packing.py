"""Laying sentences end to end in rows of one length, so that every step of a batch does work."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import Indices, ranges
from pipelines.sequences import Sequences
from pipelines.vocabulary import BOS, EOS


@dataclass(frozen=True)
class Passages:
    """What a language model reads and must predict: inputs and targets of many passages end to end.

    inputs, targets: [steps] int32; offsets: [passages + 1]. A passage starts from an empty state.
    """

    inputs: NDArray[np.int32]
    targets: NDArray[np.int32]
    offsets: Indices

    @property
    def lengths(self) -> Indices:
        return np.diff(self.offsets)


@dataclass(frozen=True)
class Rows:
    """Passages packed into rows: ids and targets int32, keep and weight float32, all [rows, row].

    keep is 0 where a passage begins; weight is 0 where nothing is left to predict; place: [steps], where each step of
    the passages lies in the flattened rows.
    """

    ids: NDArray[np.int32]
    targets: NDArray[np.int32]
    keep: NDArray[np.float32]
    weight: NDArray[np.float32]
    place: Indices


def passages(sequences: Sequences) -> Passages:
    """Every sentence as a passage: begin-of-sentence and all pieces in, all pieces and end-of-sentence out."""
    tokens = sequences.tokens
    lengths = np.diff(tokens) + 1
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    inputs = np.full(offsets[-1], BOS, np.int32)
    targets = np.full(offsets[-1], EOS, np.int32)
    inner = np.ones(offsets[-1], bool)
    inner[offsets[:-1]] = False
    inputs[inner] = sequences.ids
    targets[np.flatnonzero(inner) - 1] = sequences.ids
    return Passages(inputs, targets, offsets)


def fit(lengths: Indices, row: int) -> tuple[Indices, Indices, int]:
    """Where each passage goes: its row, its column, and how many rows there are.

    Best fit, longest first; rows with equal room are taken last in, first out. Raises ValueError if one is longer
    than a row.
    """
    if len(lengths) and int(lengths.max()) > row:
        raise ValueError(f"a passage of {int(lengths.max())} steps does not fit a row of {row}")
    rows = np.zeros(len(lengths), np.int64)
    columns = np.zeros(len(lengths), np.int64)
    open_rows: list[list[int]] = [[] for _ in range(row + 1)]
    rooms = 0
    count = 0
    for i in np.argsort(-lengths, kind="stable").tolist():
        length = int(lengths[i])
        fitting = rooms >> length
        if fitting:
            room = length + (fitting & -fitting).bit_length() - 1
            chosen = open_rows[room].pop()
            if not open_rows[room]:
                rooms &= ~(1 << room)
        else:
            room, chosen = row, count
            count += 1
        rows[i], columns[i] = chosen, row - room
        left = room - length
        open_rows[left].append(chosen)
        if left:
            rooms |= 1 << left
    return rows, columns, count


def pack(given: Passages, row: int, multiple: int, generator: np.random.Generator | None = None) -> Rows:
    """Pack passages into rows of `row` steps, the number of rows rounded up to a multiple of `multiple`.

    With a generator the passages are dealt in random order and the rows shuffled; without one the packing is fixed.
    """
    lengths = given.lengths
    dealt = np.arange(len(lengths)) if generator is None else generator.permutation(len(lengths))
    rows, columns, count = fit(lengths[dealt], row)
    total = max(1, -(-count // multiple)) * multiple
    if generator is not None:
        rows = generator.permutation(total)[rows]
    starts = np.empty(len(lengths), np.int64)
    starts[dealt] = rows * row + columns
    place = ranges(starts, lengths)

    def filled(kind: type, values: NDArray[np.generic] | float, blank: float = 0) -> NDArray[np.generic]:
        flat: NDArray[np.generic] = np.full(total * row, blank, kind)
        flat[place] = values
        return flat.reshape(total, row)

    keep = np.ones(len(place), np.float32)
    keep[given.offsets[:-1]] = 0.0
    return Rows(
        filled(np.int32, given.inputs),  # type: ignore[arg-type]
        filled(np.int32, given.targets),  # type: ignore[arg-type]
        filled(np.float32, keep),  # type: ignore[arg-type]
        filled(np.float32, 1.0),  # type: ignore[arg-type]
        place,
    )
