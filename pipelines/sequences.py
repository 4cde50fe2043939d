"""Sentences of a dataset in a given order, gathered on the fly: no perturbed copy is ever stored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.audit import audit, log2_orders
from pipelines.dataset import Dataset
from pipelines.orders import Indices, Order
from pipelines.reorder import permutation


@dataclass(frozen=True)
class Sequences:
    """Encoded sentences end to end, in the order in which a model reads them.

    ids: [tokens] int32; units: [units + 1] token offsets; sentences: [sentences + 1] unit offsets.
    """

    ids: NDArray[np.int32]
    units: Indices
    sentences: Indices

    @property
    def tokens(self) -> Indices:
        """[sentences + 1]: token offsets of the sentences."""
        return self.units[self.sentences]

    def __len__(self) -> int:
        return len(self.sentences) - 1


def ranges(starts: Indices, lengths: Indices) -> Indices:
    """The concatenation of `arange(start, start + length)` for each pair, without a loop."""
    total = int(lengths.sum())
    begin = np.cumsum(lengths) - lengths
    return np.repeat(starts - begin, lengths) + np.arange(total, dtype=np.int64)


def _units_of(dataset: Dataset, numbers: Indices) -> tuple[Indices, Indices]:
    """The numbers of all units of the chosen sentences, and the sentences' offsets into them."""
    lengths = dataset.sentences[numbers + 1] - dataset.sentences[numbers]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return ranges(dataset.sentences[numbers], lengths), offsets


def _permutation(
    dataset: Dataset, numbers: Indices, units: Indices, offsets: Indices, order: Order, seed: int, draw: int
) -> Indices:
    return permutation(
        offsets, dataset.movable[units], dataset.keys[numbers], order, unit=dataset.recipe.unit, seed=seed, draw=draw
    )


def gather(dataset: Dataset, numbers: Indices, order: Order, *, seed: int = 0, draw: int = 0) -> Sequences:
    """The chosen sentences (by number) with their units in the given order.

    The multiset of pieces of each sentence is the same in every order. `seed` is the perturbation seed, `draw` the
    epoch in training or the repetition in testing.
    """
    units, offsets = _units_of(dataset, numbers)
    source = units[_permutation(dataset, numbers, units, offsets, order, seed, draw)]
    starts = dataset.units[source]
    lengths = dataset.units[source + 1] - starts
    return Sequences(
        np.asarray(dataset.ids[ranges(starts, lengths)]),
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        offsets,
    )


def audit_of(dataset: Dataset, numbers: Indices, order: Order, *, seed: int = 0, draw: int = 0) -> dict[str, float]:
    """The audit figures of an order on the chosen sentences; see `audit.audit`."""
    units, offsets = _units_of(dataset, numbers)
    permuted = _permutation(dataset, numbers, units, offsets, order, seed, draw)
    return audit(offsets, dataset.movable[units], permuted, same=dataset.same[units], initial=dataset.initial[units])


def ceilings(dataset: Dataset, numbers: Indices) -> NDArray[np.float64]:
    """[sentences]: log2 of the number of distinguishable orders of each chosen sentence, in bits."""
    units, offsets = _units_of(dataset, numbers)
    return log2_orders(offsets, dataset.movable[units], dataset.same[units])


def fallback_share(dataset: Dataset, numbers: Indices) -> float:
    """Which share of the pieces of the chosen sentences are single bytes."""
    mask = np.array(dataset.vocabulary().bytes_mask())
    starts = dataset.units[dataset.sentences[numbers]]
    ends = dataset.units[dataset.sentences[numbers + 1]]
    return float(mask[dataset.ids[ranges(starts, ends - starts)]].mean())


def texts_of(dataset: Dataset, numbers: Indices) -> list[str]:
    """The chosen sentences as normalised text, read back from their pieces."""
    vocabulary = dataset.vocabulary()
    starts, ends = (dataset.units[dataset.sentences[numbers + step]] for step in (0, 1))
    return [vocabulary.decode(dataset.ids[a:b]) for a, b in zip(starts, ends, strict=True)]
