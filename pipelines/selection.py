"""Which sentences an experiment uses: the same ones in every language and unit that it compares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corpora.table import SPLITS
from pipelines.dataset import Dataset, splits_of
from pipelines.errors import PipelineError
from pipelines.layout import Indices, Keys
from pipelines.orders import get_order
from pipelines.sequences import placed

TOGETHER = 100_000
"""Sentences that are edited at once."""


def words_of(dataset: Dataset) -> Indices:
    """[sentences]: how many space-delimited words each sentence has, whatever the unit."""
    counts: Indices = dataset.sizes("n_words").astype(np.int64)
    return counts


def tokens_of(dataset: Dataset, orders: Sequence[str] = ()) -> Indices:
    """[sentences]: the most pieces that each sentence has, as it stands or under the edits of some orders.

    What a random edit puts in is not known beforehand: it is left out.
    """
    tokens: Indices = dataset.sizes("n_tokens").astype(np.int64)
    edits = {"+".join(step.name for step in get_order(name).steps if not step.pure) for name in orders} - {""}
    for edit in sorted(name for name in edits if not get_order(name).random):
        for start in range(0, len(tokens), TOGETHER):
            numbers = np.arange(start, min(start + TOGETHER, len(tokens)))
            units, offsets = placed(dataset, numbers, get_order(edit))
            reached = np.concatenate([[0], np.cumsum(dataset.units[units + 1] - dataset.units[units])])
            tokens[numbers] = np.maximum(tokens[numbers], np.diff(reached[offsets]))
    return tokens


def _fitting(dataset: Dataset, words: tuple[int, int], most_tokens: int, orders: Sequence[str]) -> Keys:
    """Keys of the sentences that are neither too short nor too long."""
    count, tokens = words_of(dataset), tokens_of(dataset, orders)
    inside = (count >= words[0]) & (count <= words[1]) & (tokens <= most_tokens)
    return np.asarray(dataset.keys[inside])


def select(
    dataset: Dataset,
    beside: Sequence[Dataset],
    *,
    words: tuple[int, int],
    most_tokens: int,
    most: dict[str, int | None],
    orders: Sequence[str] = (),
) -> dict[str, Indices]:
    """Numbers of the chosen sentences of each split, in the order of the corpus.

    A sentence is in only if it has `words[0]` to `words[1]` words and at most `most_tokens` pieces, under the edits of
    `orders`, too, here and in every dataset beside it (other languages of aligned text, other units), so that all of
    them use the same ids. Of these, each split takes its `most[split]` sentences with the smallest keys: a fixed random
    sample, the same everywhere. Raises PipelineError where a split is left with nothing.
    """
    fitting = _fitting(dataset, words, most_tokens, orders)
    for other in beside:
        fitting = np.intersect1d(fitting, _fitting(other, words, most_tokens, orders))
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
