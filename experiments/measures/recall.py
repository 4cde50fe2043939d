"""Memory: whether a string that was shown comes back after a gap."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.errors import StudyError
from experiments.measures import COLUMNS, Subject, measure, table
from experiments.packing import Passages, passages
from pipelines.layout import Indices, ranges
from pipelines.sequences import Sequences


@measure("recall", ("sentences",))
def recall(subject: Subject) -> pd.DataFrame:
    """Of each test sentence that repeats a string after a mark (`study.recall`), x the gap, the units between the
    string and the mark: `recalled`, 1 where at every place the right unit is the likeliest of those that ever follow
    the mark, the units before it being given; `recalled_units`, the share of places where it is; `recalled_by_chance`,
    how often a random string is right.

    After the copying task of Hochreiter & Schmidhuber 1997 and Arjovsky, Shah & Bengio 2016.
    """
    if not subject.study.recall or subject.material.model.direction == "backward":
        return pd.DataFrame(columns=COLUMNS)
    material = subject.material
    mark = _piece(subject)
    candidates = np.unique(_after(material.sequences(material.numbers["train"], "natural"), mark)[1])
    given = material.sequences(subject.numbers, "natural")
    places, right = _after(given, mark)
    sentence = np.searchsorted(given.tokens, places, "right") - 1
    read = passages(given)
    steps = places + sentence
    wanted = np.zeros(len(read.targets), bool)
    wanted[steps] = True
    bits = np.empty((len(candidates), len(steps)))
    for row, piece in zip(bits, candidates, strict=True):
        asked = np.where(wanted, piece, read.targets).astype(np.int32)
        row[:] = subject.bits(Passages(read.inputs, asked, read.offsets, read.sentences), wanted)[steps]
    correct = candidates[bits.argmin(0)] == right
    return _rows(subject, given, sentence, correct, candidates, mark)


def _piece(subject: Subject) -> int:
    """The piece of the mark."""
    pieces = subject.dataset.vocabulary().encode([subject.study.recall])[0]
    if len(pieces) != 1:
        raise StudyError(f'recall: "{subject.study.recall}" is not one piece of the vocabulary: use another mark.')
    return int(pieces[0])


def _after(given: Sequences, mark: int) -> tuple[Indices, Indices]:
    """The places [answers] of all pieces after the last mark of their sentence, and these pieces."""
    starts, ends = given.tokens[:-1], given.tokens[1:]
    marks = np.flatnonzero(given.ids == mark)
    at = np.searchsorted(marks, ends) - 1
    last = np.where(at >= 0, marks[np.maximum(at, 0)], -1) if len(marks) else np.full(len(ends), -1)
    if (last < starts).any():
        raise StudyError(
            "recall: a sentence without the mark; use a corpus in which every sentence asks for something."
        )
    places = ranges(last + 1, ends - last - 1)
    return places, given.ids[places].astype(np.int64)


def _rows(
    subject: Subject, given: Sequences, sentence: Indices, correct: np.ndarray, candidates: Indices, mark: int
) -> pd.DataFrame:
    """Rows by gap: between the mark and the nearest candidate before it."""
    count = np.bincount(sentence, minlength=len(given))
    share = np.bincount(sentence, correct, len(given)) / np.maximum(count, 1)
    shown = np.flatnonzero(np.isin(given.ids, candidates))
    marks = given.tokens[1:] - count - 1
    nearest = np.append(shown, -1)[np.searchsorted(shown, marks) - 1]
    if (nearest < given.tokens[:-1]).any():
        raise StudyError("recall: a sentence shows nothing before the mark that it could ask for; use another corpus.")
    gaps = marks - nearest - 1
    ids = np.array(subject.ids(subject.numbers), object)
    columns = {
        "recalled": (share == 1.0).astype(float),
        "recalled_units": share,
        "recalled_by_chance": float(len(candidates)) ** -count.astype(float),
    }
    return pd.concat(
        [
            table("natural", list(ids[gaps == gap]), name, float(gap), values[gaps == gap])
            for name, values in columns.items()
            for gap in np.unique(gaps)
        ],
        ignore_index=True,
    )
