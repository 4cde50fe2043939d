"""Laying texts end to end in rows of one length, so that every step of a batch does work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import Indices, ranges
from pipelines.sequences import Sequences
from pipelines.vocabulary import BOS, EOS


@dataclass(frozen=True)
class Passages:
    """What a language model reads and must predict: inputs and targets of many passages end to end.

    inputs, targets: [steps] int32; offsets: [passages + 1]. A passage starts from an empty state. sentences:
    [sentences + 1], the steps where sentences begin, where passages hold several; the passages' own offsets else.
    """

    inputs: NDArray[np.int32]
    targets: NDArray[np.int32]
    offsets: Indices
    sentences: Indices

    @property
    def lengths(self) -> Indices:
        return np.diff(self.offsets)


@dataclass(frozen=True)
class Rows:
    """Passages packed into rows: ids and targets int32, keep and weight float32, all [rows, row].

    keep is 0 where a passage begins; weight is 0 where nothing is left to predict; place: [steps], where each step of
    the passages lies in the flattened rows. carried: whether row r + `together` goes on where row r ends.
    """

    ids: NDArray[np.int32]
    targets: NDArray[np.int32]
    keep: NDArray[np.float32]
    weight: NDArray[np.float32]
    place: Indices
    carried: bool = False

    @property
    def arrays(self) -> tuple[NDArray[Any], ...]:
        return self.ids, self.keep, self.targets, self.weight

    @property
    def counted(self) -> int:
        """How many targets there are."""
        return len(self.place)

    @property
    def pieces(self) -> int:
        return len(self.place)


@dataclass(frozen=True)
class TextRows:
    """Texts packed into rows for a classifier, `slots` of them a row at most.

    ids: [rows, row] int32; keep: [rows, row] float32, 0 where a text begins; slot: [rows, row] int32, the text's place
    in its row (`slots` for filling); ends: [rows, 2, slots] int32, the first and last step of every text; labels
    [rows, slots or pairs] int32 and weight float32, 0 for empty places; place: [texts or pairs], where each lies in the
    flattened labels.
    """

    ids: NDArray[np.int32]
    keep: NDArray[np.float32]
    slot: NDArray[np.int32]
    ends: NDArray[np.int32]
    labels: NDArray[np.int32]
    weight: NDArray[np.float32]
    place: Indices
    carried: bool = False

    @property
    def arrays(self) -> tuple[NDArray[Any], ...]:
        return self.ids, self.keep, self.slot, self.ends, self.labels, self.weight

    @property
    def counted(self) -> int:
        """How many texts or pairs there are."""
        return len(self.place)

    @property
    def pieces(self) -> int:
        return int(np.count_nonzero(self.slot < self.ends.shape[2]))


def _offsets(lengths: Indices) -> Indices:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def right_to_left(sequences: Sequences) -> Sequences:
    """The same sentences as a reader from the right meets them: pieces, and so units, in reverse."""
    tokens, counts = sequences.tokens, np.diff(sequences.sentences)
    lengths = np.diff(tokens)
    mirror = np.repeat(tokens[1:] - 1, lengths) - (np.arange(tokens[-1]) - np.repeat(tokens[:-1], lengths))
    unit = np.repeat(sequences.sentences[1:] - 1, counts) - (
        np.arange(len(sequences.units) - 1) - np.repeat(sequences.sentences[:-1], counts)
    )
    return Sequences(sequences.ids[mirror], _offsets(np.diff(sequences.units)[unit]), sequences.sentences)


def passages(sequences: Sequences) -> Passages:
    """Every sentence as a passage: begin-of-sentence and all pieces in, all pieces and end-of-sentence out."""
    tokens = sequences.tokens
    offsets = _offsets(np.diff(tokens) + 1)
    inputs = np.full(offsets[-1], BOS, np.int32)
    targets = np.full(offsets[-1], EOS, np.int32)
    inner = np.ones(offsets[-1], bool)
    inner[offsets[:-1]] = False
    inputs[inner] = sequences.ids
    targets[np.flatnonzero(inner) - 1] = sequences.ids
    return Passages(inputs, targets, offsets, offsets)


def units_apart(sequences: Sequences) -> Passages:
    """Every unit, and every end of a sentence, as a passage of its own: what is before a unit is not seen.

    The targets are those of `passages`, step by step.
    """
    whole = passages(sequences)
    begins = np.zeros(len(whole.targets), bool)
    begins[whole.offsets[1:] - 1] = True
    at = np.repeat(np.arange(len(sequences)), np.diff(sequences.sentences))
    begins[sequences.units[:-1] + at] = True
    inputs = np.where(begins, np.int32(BOS), whole.inputs)
    return Passages(inputs, whole.targets, np.append(np.flatnonzero(begins), len(begins)), whole.sentences)


def documents(sequences: Sequences, sizes: Indices) -> Passages:
    """Every document as a passage: its sentences one after another, each with its end-of-sentence, begin once.

    sizes: [documents], how many sentences each has. The targets are those of `passages`; what a sentence begins with
    is the end of the sentence before it.
    """
    apart = passages(sequences)
    inputs = apart.inputs.copy()
    starts = apart.offsets[:-1]
    firsts = _offsets(sizes)
    later = np.ones(len(starts), bool)
    later[firsts[:-1]] = False
    inputs[starts[later]] = EOS
    return Passages(inputs, apart.targets, apart.offsets[firsts], apart.offsets)


def fit(lengths: Indices, row: int, most: int | None = None) -> tuple[Indices, Indices, Indices, int]:
    """Where each passage goes: its row, its column, how many stand before it in the row; and how many rows there are.

    Best fit, longest first; rows with equal room are taken last in, first out; `most` passages a row. Raises ValueError
    if one is longer than a row.
    """
    if len(lengths) and int(lengths.max()) > row:
        raise ValueError(
            f"a passage of {int(lengths.max())} steps does not fit a row of {row}: set training.row larger"
        )
    rows, columns, before = (np.zeros(len(lengths), np.int64) for _ in range(3))
    open_rows: list[list[int]] = [[] for _ in range(row + 1)]
    held: list[int] = []
    rooms = 0
    for i in np.argsort(-lengths, kind="stable").tolist():
        length = int(lengths[i])
        fitting = rooms >> length
        if fitting:
            room = length + (fitting & -fitting).bit_length() - 1
            chosen = open_rows[room].pop()
            if not open_rows[room]:
                rooms &= ~(1 << room)
        else:
            room, chosen = row, len(held)
            held.append(0)
        rows[i], columns[i], before[i] = chosen, row - room, held[chosen]
        held[chosen] += 1
        left = room - length
        if left and held[chosen] != most:
            open_rows[left].append(chosen)
            rooms |= 1 << left
    return rows, columns, before, len(held)


def _filled(shape: tuple[int, ...], kind: type, place: Indices, values: Any, blank: float = 0) -> NDArray[Any]:
    flat: NDArray[Any] = np.full(int(np.prod(shape)), blank, kind)
    flat[place] = values
    return flat.reshape(shape)


def _rows(given: Passages, place: Indices, shape: tuple[int, int], keep: NDArray[np.float32], carried: bool) -> Rows:
    return Rows(
        _filled(shape, np.int32, place, given.inputs),
        _filled(shape, np.int32, place, given.targets),
        _filled(shape, np.float32, place, keep),
        _filled(shape, np.float32, place, 1.0),
        place,
        carried,
    )


def _begins(given: Passages) -> NDArray[np.float32]:
    keep = np.ones(len(given.inputs), np.float32)
    keep[given.offsets[:-1]] = 0.0
    return keep


def pack(
    given: Passages, row: int, multiple: int, generator: np.random.Generator | None = None, most: int | None = None
) -> Rows:
    """Pack passages into rows of `row` steps, the number of rows rounded up to a multiple of `multiple`.

    With a generator the passages are dealt in random order and the rows shuffled; without one the packing is fixed. Of
    passages a row holds `most`; one each lays them as fused kernels want them.
    """
    lengths = given.lengths
    dealt = np.arange(len(lengths)) if generator is None else generator.permutation(len(lengths))
    rows, columns, _, count = fit(lengths[dealt], row, most)
    total = max(1, -(-count // multiple)) * multiple
    if generator is not None:
        rows = generator.permutation(total)[rows]
    starts = np.empty(len(lengths), np.int64)
    starts[dealt] = rows * row + columns
    return _rows(given, ranges(starts, lengths), (total, row), _begins(given), False)


def stream(
    given: Passages, row: int, together: int, generator: np.random.Generator | None = None, resets: float = 0.0
) -> Rows:
    """Lay passages of any length in `together` streams, cut into rows of `row` steps; row r + together goes on from r.

    With a generator (training) the passages follow each other in random order and the streams are equally long, so
    that at most `together` − 1 passages are cut in two and the second part starts from an empty state, as do the steps
    at `resets` of all places, drawn at random. Without one (scoring) every passage is whole: longest first, each to the
    stream with the fewest steps.
    """
    lengths = given.lengths
    keep = _begins(given)
    if generator is not None:
        dealt = generator.permutation(len(lengths))
        rank = np.empty(len(given.inputs), np.int64)
        rank[ranges(given.offsets[dealt], lengths[dealt])] = np.arange(len(given.inputs))
        long = -(-len(rank) // (together * row)) * row
        in_stream, at = rank // long, rank % long
        keep[at == 0] = 0.0
        if resets:
            keep[generator.random(len(keep)) < resets] = 0.0
    else:
        loads = np.zeros(together, np.int64)
        where, begin = np.zeros(len(lengths), np.int64), np.zeros(len(lengths), np.int64)
        for i in np.argsort(-lengths, kind="stable").tolist():
            where[i] = int(np.argmin(loads))
            begin[i] = loads[where[i]]
            loads[where[i]] += lengths[i]
        long = max(1, -(-int(loads.max(initial=0)) // row)) * row
        in_stream, at = np.repeat(where, lengths), ranges(begin, lengths)
    place = ((at // row) * together + in_stream) * row + at % row
    return _rows(given, place, (long // row * together, row), keep, True)


def streams(lengths: Indices, row: int, most: int) -> int:
    """How many streams, a power of two from FEWEST up to `most`, read passages of these lengths soonest: a few long
    documents leave most of many streams empty. A step of all streams is reckoned to take as long as their number and
    STEP more."""
    longest, total = int(lengths.max(initial=1)), int(lengths.sum())
    counts: list[int] = [1 << i for i in range(most.bit_length()) if FEWEST <= 1 << i <= most]
    return min(counts, key=lambda count: -(-max(longest, -(-total // count)) // row) * (count + STEP))


FEWEST = 8
"""Products of fewer rows take another way, and are rounded otherwise by more."""
STEP = 16
"""What a step costs beside its rows, in rows: each reads the recurrent weights once."""


def pack_texts(
    sequences: Sequences,
    labels: NDArray[np.int64],
    row: int,
    multiple: int,
    slots: int,
    generator: np.random.Generator | None = None,
    *,
    pairs: bool = False,
) -> TextRows:
    """Pack texts, or pairs of them (sentences 2i and 2i + 1), into rows of `row` steps and at most `slots` texts.

    labels: [texts or pairs]. Dealt at random with a generator, as in `pack`.
    """
    together = 2 if pairs else 1
    tokens = sequences.tokens
    whole = tokens[::together]
    lengths = np.diff(whole)
    dealt = np.arange(len(lengths)) if generator is None else generator.permutation(len(lengths))
    rows, columns, before, count = fit(lengths[dealt], row, slots // together)
    total = max(1, -(-count // multiple)) * multiple
    if generator is not None:
        rows = generator.permutation(total)[rows]
    starts, unit, in_row = (np.empty(len(lengths), np.int64) for _ in range(3))
    starts[dealt], unit[dealt], in_row[dealt] = rows * row + columns, rows, before
    place = ranges(starts, lengths)
    each = np.diff(tokens)
    slot = in_row.repeat(together) * together + np.tile(np.arange(together), len(lengths))
    begins = place[tokens[:-1]] if len(place) else tokens[:-1]
    keep = np.ones(len(place), np.float32)
    keep[tokens[:-1]] = 0.0
    held = unit.repeat(together) * 2 * slots + slot
    ends = np.zeros(total * 2 * slots, np.int32)
    ends[held], ends[held + slots] = begins % row, begins % row + each - 1
    spots = unit * (slots // together) + in_row
    shape = (total, slots // together)
    return TextRows(
        _filled((total, row), np.int32, place, sequences.ids),
        _filled((total, row), np.float32, place, keep),
        _filled((total, row), np.int32, place, np.repeat(slot, each), slots),
        ends.reshape(total, 2, slots),
        _filled(shape, np.int32, spots, labels),
        _filled(shape, np.float32, spots, 1.0),
        spots,
    )
