"""Which part of a text a classifier reads: the label without one unit, by where the unit stood."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.measures import CLASSIFIERS, ClassScorer, Subject, measure, table
from pipelines.layout import Indices, ranges
from pipelines.sequences import Sequences

OCCLUDED = 2_000
"""Test texts that it is measured on, those with the smallest keys."""
PARTS = 10
"""Parts of a text whose middle unit is left out; the first and the last unit stand for the outermost ones."""


@measure("occlusion", CLASSIFIERS)
def occlusion(subject: Subject) -> pd.DataFrame:
    """Surprisal of the labels of some test texts, in bits, without one unit: `occluded`, x the tenth of the text (0 the
    first unit, 9 the last) that the unit stands for. Texts of one unit have no row; pairs have none.

    Minus the text's surprisal in natural order it is what that place is worth to the classifier.
    """
    if subject.study.task == "pairs":
        return pd.DataFrame(table("natural", [], "occluded", 0.0, np.zeros(0)))
    scorer: ClassScorer = subject.scorer  # type: ignore[assignment]
    given = subject.material.sequences(subject.numbers, "natural")
    chosen = np.isin(subject.numbers, subject.sample(OCCLUDED))
    long = np.flatnonzero(chosen & (np.diff(given.sentences) > 1))
    right, ids = subject.material.labels("test")[long], subject.ids(subject.numbers[long])
    rows = []
    for part in range(PARTS):
        last = np.diff(given.sentences)[long] - 1
        place = np.round(last * part / (PARTS - 1)).astype(np.int64)
        bits = scorer.class_bits(without(given, long, place))
        rows.append(table("natural", ids, "occluded", part, bits[np.arange(len(right)), right]))
    return pd.concat(rows, ignore_index=True)


def without(given: Sequences, chosen: Indices, place: Indices) -> Sequences:
    """The chosen sentences, each without the unit at its place."""
    starts, counts = given.sentences[chosen], np.diff(given.sentences)[chosen]
    units = ranges(starts, counts)
    kept = np.ones(len(units), bool)
    kept[np.concatenate([[0], np.cumsum(counts)[:-1]]) + place] = False
    units = units[kept]
    begins, sizes = given.units[units], given.units[units + 1] - given.units[units]
    return Sequences(
        given.ids[ranges(begins, sizes)],
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        np.concatenate([[0], np.cumsum(counts - 1)]).astype(np.int64),
    )
