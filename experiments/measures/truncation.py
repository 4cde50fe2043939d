"""The truncation curve: how many bits a sentence costs when only the last units are seen."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.measures import COLUMNS, Scorer, Subject, measure, sum_by_passage, table
from experiments.packing import Passages, passages
from pipelines.layout import ranges
from pipelines.orders import get_order
from pipelines.sequences import Sequences, gather


@measure("truncation")
def truncation(subject: Subject) -> pd.DataFrame:
    """Bits of each test sentence when every unit is predicted from at most the x units before it.

    Unit: bits per sentence. Pieces inside the predicted unit always see the unit's earlier pieces; the state is empty
    before the first visible unit, and the begin-of-sentence mark is seen only by a unit whose whole past is visible.
    The targets are the same at every x, and at an x no smaller than the sentence the value is the surprisal itself.
    After Khandelwal et al. 2018, who truncate at test time likewise.
    """
    recency = subject.study.recency
    if not recency.sentences:
        return pd.DataFrame(columns=COLUMNS)
    numbers = subject.sample(recency.sentences)
    sequences = gather(subject.dataset, numbers, get_order("natural"))
    given = passages(sequences)
    full = subject.scorer.bits(given)
    rows = [
        table("natural", subject.ids(numbers), "truncation", x, values)
        for x in recency.contexts
        for values in [truncated(subject.scorer, sequences, given, full, x)]
    ]
    return pd.concat(rows, ignore_index=True)


def truncated(
    scorer: Scorer, sequences: Sequences, given: Passages, full: NDArray[np.float64], context: int
) -> NDArray[np.float64]:
    """[sentences]: bits of each sentence when each unit sees at most `context` units before it.

    `full` holds the bits of every step with the whole past. The end of the sentence counts as a unit of its own.
    """
    begin, end, position = _unit_steps(sequences, given)
    late = np.flatnonzero(position > context)
    bits = full.copy()
    if len(late):
        start = begin[late - context] + 1
        steps = ranges(start, end[late] - start)
        lengths = end[late] - start
        windows = Passages(
            given.inputs[steps], given.targets[steps], np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        )
        scored = steps >= np.repeat(begin[late], lengths)
        bits[steps[scored]] = scorer.bits(windows)[scored]
    return sum_by_passage(bits, given)


def _unit_steps(
    sequences: Sequences, given: Passages
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """For every unit, the end of sentence included: its first step, the step after its last, its position; [units]."""
    counts = np.diff(sequences.sentences) + 1
    ends_sentence = np.zeros(int(counts.sum()), bool)
    ends_sentence[np.cumsum(counts) - 1] = True
    lengths = np.ones(len(ends_sentence), np.int64)
    lengths[~ends_sentence] = np.diff(sequences.units)
    end = np.cumsum(lengths)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    return end - lengths, end, np.arange(len(end)) - first
