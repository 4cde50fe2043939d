"""Sentences of a dataset in a given order, gathered on the fly: no perturbed copy is ever stored."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.audit import audit, log2_orders
from pipelines.dataset import Dataset
from pipelines.errors import PipelineError
from pipelines.languages import get_language
from pipelines.layout import Indices, ranges
from pipelines.normalise import MARK, is_final
from pipelines.orders import Order
from pipelines.reorder import Batch, arrange
from pipelines.tags import COARSE, has_classes


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


def _units_of(dataset: Dataset, numbers: Indices) -> tuple[Indices, Indices]:
    """The numbers of all units of the chosen sentences, and the sentences' offsets into them."""
    lengths = dataset.sentences[numbers + 1] - dataset.sentences[numbers]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return ranges(dataset.sentences[numbers], lengths), offsets


def lacks(dataset: Dataset, order: Order) -> str | None:
    """What an order needs and a dataset does not have, as an end of a sentence; None if it has all."""
    if "trees" in order.needs and not len(dataset.head):
        return "the corpus has no trees"
    if "tags" in order.needs and not dataset.recipe.tags:
        return "the dataset was built without word classes"
    if "classes" in order.needs and not has_classes(get_language(dataset.lang), len(dataset.head) > 0):
        return COARSE
    return None


def batch_of(dataset: Dataset, numbers: Indices, order: Order) -> tuple[Batch, Indices]:
    """The chosen sentences as an order needs to see them, and the unit number in the dataset of everything that may
    stand in the result. PipelineError if the dataset lacks what the order needs."""
    missing = lacks(dataset, order)
    if missing is not None:
        raise PipelineError(f'The order "{order.name}" cannot be applied to {dataset.folder.name}: {missing}.')
    units, offsets = _units_of(dataset, numbers)
    known: dict[str, NDArray[Any]] = {}
    for name in ("initial", "tag", "head", "relation", "traits"):
        values = getattr(dataset, name)
        if len(values) and (order.needs or name in ("initial", "traits")):
            known[name] = values[units]
    pool, pooled = dataset.pooled if order.needs & {"marks", "words"} else (None, units[:0])
    batch = Batch(
        dataset.recipe.unit, offsets, dataset.movable[units], np.asarray(dataset.keys[numbers]), pool=pool, **known
    )
    return batch, np.concatenate([units, pooled])


def gather(dataset: Dataset, numbers: Indices, order: Order, *, seed: int = 0, draw: int = 0) -> Sequences:
    """The chosen sentences (by number) with their units in the given order.

    In a pure order the multiset of pieces of each sentence stays the same. `seed` is the perturbation seed, `draw` the
    epoch in training or the repetition in testing.
    """
    source, offsets = placed(dataset, numbers, order, seed=seed, draw=draw)
    starts = dataset.units[source]
    lengths = dataset.units[source + 1] - starts
    return Sequences(
        np.asarray(dataset.ids[ranges(starts, lengths)]),
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        offsets,
    )


def placed(
    dataset: Dataset, numbers: Indices, order: Order, *, seed: int = 0, draw: int = 0
) -> tuple[Indices, Indices]:
    """The number in the dataset of the unit at every place of the chosen sentences in an order, [places]; where each
    sentence's places begin, [sentences + 1]."""
    batch, material = batch_of(dataset, numbers, order)
    arranged = arrange(batch, order, seed=seed, draw=draw)
    return material[arranged.units], arranged.offsets


def audited(dataset: Dataset, numbers: Indices, order: Order) -> tuple[Batch, Indices]:
    """The chosen sentences as audits see them, with their trees where there are trees, and what tells equal units."""
    batch, material = batch_of(dataset, numbers, order)
    units = material[: len(batch.movable)]
    if len(dataset.head):
        batch = replace(batch, head=dataset.head[units], relation=dataset.relation[units])
    return batch, np.asarray(dataset.same[units])


def audit_of(dataset: Dataset, numbers: Indices, order: Order, *, seed: int = 0, draw: int = 0) -> dict[str, float]:
    """The audit figures of an order on the chosen sentences; see `audit.audit`."""
    batch, same = audited(dataset, numbers, order)
    return audit(batch, order, same, seed=seed, draw=draw)


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


def shown(dataset: Dataset, numbers: Indices, order: Order, *, seed: int = 0) -> list[list[str]]:
    """The chosen sentences in an order, as text for the eye: the first draw, by unit, the space before it with it."""
    sequences = gather(dataset, numbers, order, seed=seed)
    vocabulary, marks = dataset.vocabulary(), frozenset(get_language(dataset.lang).case_marks.values())
    units = [vocabulary.decode(sequences.ids[begin:end]) for begin, end in pairwise(sequences.units)]
    return [spaced(units[begin:end], marks) for begin, end in pairwise(sequences.sentences)]


def write_out(units: Sequence[str], marks: Collection[str] = ()) -> str:
    """Units as a line of text: spaces between units, none before a sentence's final punctuation and the given marks."""
    return "".join(spaced(units, marks))


def spaced(units: Sequence[str], marks: Collection[str] = ()) -> list[str]:
    """The same unit by unit."""
    line = []
    for i, unit in enumerate(units):
        word = unit.lstrip(MARK).replace(MARK, " ")
        leans = word in marks or (is_final(unit) and not unit.startswith(MARK))
        line.append(word if i == 0 or leans else " " + word)
    return line


def texts_of(dataset: Dataset, numbers: Indices) -> list[str]:
    """The chosen sentences as normalised text, read back from their pieces."""
    vocabulary = dataset.vocabulary()
    starts, ends = (dataset.units[dataset.sentences[numbers + step]] for step in (0, 1))
    return [vocabulary.decode(dataset.ids[a:b]) for a, b in zip(starts, ends, strict=True)]
