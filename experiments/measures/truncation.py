"""The truncation curve: how many bits a sentence costs when only the last units are seen."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.measures import COLUMNS, LANGUAGE_MODELS, Scorer, Subject, measure, sum_by_sentence, table
from experiments.packing import Passages
from pipelines.layout import Indices, ranges
from pipelines.sequences import Sequences


@measure("truncation", LANGUAGE_MODELS)
def truncation(subject: Subject) -> pd.DataFrame:
    """Bits of each test sentence when every unit is predicted from at most the x units before it.

    Unit: bits per sentence. Pieces inside the predicted unit always see the unit's earlier pieces; the state is empty
    before the first visible unit, and the begin-of-sentence mark is seen only by a unit whose whole past is visible.
    The targets are the same at every x, and at an x no smaller than the sentence the value is the surprisal itself. In
    documents the context reaches back over the ends of sentences, each of which counts as a unit.
    After Khandelwal et al. 2018, who truncate at test time likewise.
    """
    recency = subject.study.recency
    if not recency.sentences:
        return pd.DataFrame(columns=COLUMNS)
    chosen = subject.sample(recency.sentences)
    numbers = subject.numbers if subject.study.task == "documents" else chosen
    asked = np.isin(numbers, chosen)
    sequences = subject.material.sequences(numbers, "natural")
    given = subject.material.passages_of(numbers, "natural")
    full = subject.bits(given)
    ids = subject.ids(numbers[asked])
    rows = [
        table("natural", ids, "truncation", x, truncated(subject, sequences, given, full, x, asked)[asked])
        for x in recency.contexts
    ]
    return pd.concat(rows, ignore_index=True)


def truncated(
    scorer: Scorer,
    sequences: Sequences,
    given: Passages,
    full: NDArray[np.float64],
    context: int,
    asked: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """[sentences]: bits of each sentence when each unit sees at most `context` units before it.

    `full` holds the bits of every step with the whole past. The end of a sentence counts as a unit of its own. Where
    not all sentences are `asked` for, the others keep their bits.
    """
    begin, end, position, sentence = unit_steps(sequences, given)
    late = np.flatnonzero((position > context) & (True if asked is None else asked[sentence]))
    bits = full.copy()
    if len(late):
        start = begin[late - context] + 1
        steps = ranges(start, end[late] - start)
        lengths = end[late] - start
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        windows = Passages(given.inputs[steps], given.targets[steps], offsets, offsets)
        scored = steps >= np.repeat(begin[late], lengths)
        bits[steps[scored]] = scorer.bits(windows, scored)[scored]
    return sum_by_sentence(bits, given)


def unit_steps(sequences: Sequences, given: Passages) -> tuple[Indices, Indices, Indices, Indices]:
    """For every unit, the ends of sentences included: its first step, the step after its last, its position in the
    passage, and its sentence; [units]."""
    counts = np.diff(sequences.sentences) + 1
    ends_sentence = np.zeros(int(counts.sum()), bool)
    ends_sentence[np.cumsum(counts) - 1] = True
    lengths = np.ones(len(ends_sentence), np.int64)
    lengths[~ends_sentence] = np.diff(sequences.units)
    end = np.cumsum(lengths)
    begin = end - lengths
    first = np.searchsorted(begin, given.offsets[:-1])
    sizes = np.diff(np.append(first, len(begin)))
    return begin, end, np.arange(len(end)) - np.repeat(first, sizes), np.repeat(np.arange(len(counts)), counts)
