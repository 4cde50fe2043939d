"""Which sentences an experiment uses: the same ones in every language and unit that it compares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corpora.table import SPLITS
from pipelines.dataset import Dataset, splits_of
from pipelines.errors import PipelineError
from pipelines.layout import Indices, Keys


def words_of(dataset: Dataset) -> Indices:
    """[sentences]: how many space-delimited words each sentence has, whatever the unit."""
    counts: Indices = dataset.sizes("n_words").astype(np.int64)
    return counts


def _fitting(dataset: Dataset, words: tuple[int, int], most_tokens: int) -> Keys:
    """Keys of the sentences that are neither too short nor too long."""
    count = words_of(dataset)
    tokens = dataset.sizes("n_tokens")
    inside = (count >= words[0]) & (count <= words[1]) & (tokens <= most_tokens)
    return np.asarray(dataset.keys[inside])


def select(
    dataset: Dataset,
    beside: Sequence[Dataset],
    *,
    words: tuple[int, int],
    most_tokens: int,
    most: dict[str, int | None],
) -> dict[str, Indices]:
    """Numbers of the chosen sentences of each split, in the order of the corpus.

    A sentence is in only if it has `words[0]` to `words[1]` words and at most `most_tokens` pieces here and in every
    dataset beside it (other languages of aligned text, other units), so that all of them use the same ids. Of these,
    each split takes its `most[split]` sentences with the smallest keys: a fixed random sample, the same everywhere.
    Raises PipelineError where a split is left with nothing.
    """
    fitting = _fitting(dataset, words, most_tokens)
    for other in beside:
        fitting = np.intersect1d(fitting, _fitting(other, words, most_tokens))
    inside = np.isin(dataset.keys, fitting)
    chosen = {}
    for split in SPLITS:
        numbers = splits_of(dataset)[split]
        numbers = numbers[inside[numbers]]
        if not len(numbers):
            raise PipelineError(
                f"No {split} sentence of {words[0]}–{words[1]} words and at most {most_tokens} pieces is left in "
                f"{dataset.folder.name}: use more text, or widen sample.words or training.row."
            )
        limit = most.get(split)
        if limit is not None and limit < len(numbers):
            numbers = np.sort(numbers[np.argsort(dataset.keys[numbers], kind="stable")[:limit]])
        chosen[split] = numbers
    return chosen
