"""The text of a cell: which sentences, in which order, as passages for a language model or labelled texts."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.cells import Cell, dataset_name
from experiments.errors import StudyError
from experiments.models import Model, get_model
from experiments.models.bags import unit_keys
from experiments.packing import Passages, documents, passages, right_to_left, units_apart
from experiments.study import Study
from experiments.variants import variants
from pipelines.audit import FIGURES
from pipelines.audit_text import by_length
from pipelines.dataset import Dataset
from pipelines.layout import Indices
from pipelines.orders import get_order
from pipelines.selection import select, tokens_of
from pipelines.sequences import Sequences, audited, ceilings, gather, shown, texts_of
from pipelines.unit_counts import unit_counts
from pipelines.vocabulary import EOS

EXAMPLES = 8
"""Test sentences that are kept in every order, unit by unit, for a report to show some."""
UNKNOWN = 1
"""The id of a unit that is not among the most frequent ones."""
LONGEST = 100_000
"""Pieces of a sentence, where documents are streamed and no row bounds it."""


@dataclass(frozen=True)
class Material:
    """The sentences of a cell: its dataset, and the numbers of its sentences by split.

    Of pairs, sentences 2i and 2i + 1 of a split belong together; of documents, a document's sentences follow each
    other, the last one first where the model reads backward.
    """

    study: Study
    model: Model
    dataset: Dataset
    numbers: dict[str, Indices]

    def sequences(self, numbers: Indices, order: str, draw: int = 0) -> Sequences:
        """Sentences in an order, as the cell's model meets them: a backward model right to left."""
        seed = self.study.perturbation_seed
        found = gather(self.dataset, numbers, get_order(order), seed=seed, draw=draw)
        if self.study.classifies:
            found = _never_empty(found)
        if self.study.whole_units:
            return self._whole(found)
        return right_to_left(found) if self.model.direction == "backward" else found

    def passages(self, split: str, order: str, draw: int = 0) -> Passages:
        return self.passages_of(self.numbers[split], order, draw)

    def passages_of(self, numbers: Indices, order: str, draw: int = 0) -> Passages:
        sequences = self.sequences(numbers, order, draw)
        if self.model.kind == "unit_unigram":
            return units_apart(sequences)
        return self.in_documents(sequences, numbers) if self.study.task == "documents" else passages(sequences)

    def in_documents(self, sequences: Sequences, numbers: Indices) -> Passages:
        names = self.documents[numbers]
        changes = np.flatnonzero(np.concatenate([[True], names[1:] != names[:-1]]))
        return documents(sequences, np.diff(np.append(changes, len(names))))

    @property
    def examples(self) -> Indices:
        """Numbers of the test sentences that are kept as examples: those with the smallest keys, in every language."""
        numbers = self.numbers["test"]
        return np.sort(numbers[_fewest(self.dataset.keys[numbers], EXAMPLES)])

    @property
    def pieces(self) -> int:
        """How many different ids the sequences hold at most."""
        return len(self._frequent) + UNKNOWN + 1 if self.study.whole_units else self.dataset.pieces

    @cached_property
    def _frequent(self) -> NDArray[np.uint64]:
        """Keys of the most frequent units of the training texts, sorted."""
        given = gather(self.dataset, self.numbers["train"], get_order("natural"))
        keys, counts = np.unique(unit_keys(given), return_counts=True)
        return np.sort(keys[np.argsort(-counts, kind="stable")[: self.study.vocabulary]])

    def _whole(self, given: Sequences) -> Sequences:
        """The same texts with one id a unit."""
        keys = unit_keys(given)
        at = np.minimum(np.searchsorted(self._frequent, keys), len(self._frequent) - 1)
        ids = np.where(self._frequent[at] == keys, at + UNKNOWN + 1, UNKNOWN).astype(np.int32)
        return Sequences(ids, np.arange(len(ids) + 1), given.sentences)

    @cached_property
    def documents(self) -> NDArray[np.int64]:
        """[sentences of the dataset]: the number of each sentence's document."""
        return np.asarray(pd.factorize(self.dataset.facts["document"].to_pandas())[0], np.int64)

    @cached_property
    def _labels(self) -> NDArray[np.str_]:
        return np.asarray(self.dataset.facts["label"].to_pylist(), str)

    @cached_property
    def classes(self) -> list[str]:
        """The labels of the training texts, sorted."""
        return sorted(set(self._labels[self.numbers["train"]].tolist()))

    def labels(self, split: str) -> NDArray[np.int64]:
        """[texts or pairs]: the class number of each."""
        every = self._labels[self.numbers[split]][:: 2 if self.study.task == "pairs" else 1]
        at = np.searchsorted(self.classes, every)
        known = (at < len(self.classes)) & (np.array(self.classes)[np.minimum(at, len(self.classes) - 1)] == every)
        if not known.all():
            raise StudyError(f'The label "{every[~known][0]}" of the {split} split does not occur in training.')
        return at.astype(np.int64)


def _never_empty(given: Sequences) -> Sequences:
    """The same texts; one that an order has left nothing of is the end-of-sentence mark alone, so that a classifier has
    a state to tell a label by."""
    empty = np.flatnonzero(np.diff(given.tokens) == 0)
    if not len(empty):
        return given
    sizes = np.diff(given.units)
    at = given.sentences[empty]
    return Sequences(
        np.insert(given.ids, given.units[at], EOS),
        np.concatenate([[0], np.cumsum(np.insert(sizes, at, 1))]).astype(np.int64),
        given.sentences + np.searchsorted(empty, np.arange(len(given.sentences)), "left"),
    )


def study_of(cell: Cell) -> Study:
    """The study a cell was planned from, as far as it matters to the cell."""
    declared = cell.settings["study"]
    variant = variants(declared)[cell.condition]
    fields = {
        "name": "cell", "title": "", "question": "", "models": [cell.model], "languages": [cell.lang],
        "vocabulary": variant.vocabulary, "vocabularies": [], "readout": variant.readout, "readouts": [],
        "fertility": variant.fertility, "fertilities": [],
    }  # fmt: skip
    return Study.model_validate({**declared, **fields}).tuned_for(cell.lang, cell.model)


def material_of(cell: Cell, datasets: dict[str, Dataset]) -> Material:
    """The cell's sentences: the same ids in every dataset of the design; where each language has text of its own
    (`alike`), in every one of the cell's language."""
    study = study_of(cell)
    own = datasets[dataset_name(cell.lang, cell.unit, cell.condition)]
    apart = cell.settings.get("alike", False)
    beside = [other for other in datasets.values() if other is not own and not (apart and other.lang != own.lang)]
    longest = LONGEST if study.task == "documents" else cell.settings["study"]["training"]["row"] - 1
    some = study.task == "sentences" or (study.task == "classification" and not study.sample.balanced)
    most = {split: getattr(study.sample, split) if some else None for split in ("train", "valid", "test")}
    tested = study.test_orders
    numbers = select(own, beside, words=study.sample.words, most_tokens=longest, most=most, orders=tested)
    if cell.train_order not in tested:
        short = tokens_of(own, [cell.train_order]) <= longest
        numbers |= {split: numbers[split][short[numbers[split]]] for split in ("train", "valid")}
    material = Material(study, get_model(cell.model), own, numbers)
    if study.task == "documents":
        return _some_documents(material)
    if study.task == "pairs":
        material = _some_pairs(material, longest)
    elif study.sample.balanced:
        material = _balanced(material)
    _check_lengths(material, cell.train_order, longest)
    return material


def _check_lengths(material: Material, train_order: str, longest: int) -> None:
    """StudyError where an order puts in units that make a text longer than a row: that is known before training."""
    study, together = material.study, 2 if material.study.task == "pairs" else 1
    drawn = [("test", order, study.draws) for order in study.test_orders]
    drawn += [("train", train_order, study.training.epochs), ("valid", train_order, 1)]
    for split, order, draws in drawn:
        if not any(step.random and not step.pure for step in get_order(order).steps):
            continue
        for draw in range(draws):
            sizes = np.diff(material.sequences(material.numbers[split], order, draw).tokens[::together])
            most = int(sizes.max())
            if most > longest:
                raise StudyError(
                    f'The order "{order}" puts in units that make a text of the {split} split {most} pieces long, and '
                    f"a row holds {longest}: set training.row larger, or sample.words lower."
                )


def _fewest(keys: NDArray[np.generic], limit: int | None) -> Indices:
    """Places of the `limit` smallest keys, in their order; all without a limit."""
    chosen = np.argsort(keys, kind="stable")[:limit]
    return np.sort(chosen)


def _some_documents(material: Material) -> Material:
    """Whole documents, until a split has as many sentences as the sample asks for."""
    numbers = {}
    for split, chosen in material.numbers.items():
        names = material.documents[chosen]
        most = getattr(material.study.sample, split)
        if most is not None and most < len(chosen):
            first = {int(name): int(material.dataset.keys[number]) for name, number in
                     zip(names[::-1], chosen[::-1], strict=True)}  # fmt: skip
            kept, held = set(), 0
            for name in sorted(first, key=lambda name: first[name]):
                size = int(np.count_nonzero(names == name))
                if held + size <= most or not held:
                    kept.add(name)
                    held += size
            chosen = chosen[np.isin(names, list(kept))]
        place = -chosen if material.model.direction == "backward" else chosen
        numbers[split] = chosen[np.lexsort((place, material.documents[chosen]))]
    return replace(material, numbers=numbers)


def _some_pairs(material: Material, longest: int) -> Material:
    """Pairs of which both texts are in and fit a row together."""
    sizes = material.dataset.sizes("n_tokens")
    numbers = {}
    for split, chosen in material.numbers.items():
        names = material.documents[chosen]
        both = np.flatnonzero((names[1:] == names[:-1]) & (sizes[chosen[1:]] + sizes[chosen[:-1]] <= longest))
        if not len(both):
            raise StudyError(f"No pair of the {split} split fits a row: set training.row larger.")
        both = both[_fewest(material.dataset.keys[chosen[both]], getattr(material.study.sample, split))]
        numbers[split] = np.stack([chosen[both], chosen[both + 1]], 1).reshape(-1)
    return replace(material, numbers=numbers)


def _balanced(material: Material) -> Material:
    """Equally many texts of every class: those with the smallest keys, in the order of the corpus."""
    numbers = {}
    for split, chosen in material.numbers.items():
        names = material._labels[chosen]
        kinds, counts = np.unique(names, return_counts=True)
        most = getattr(material.study.sample, split)
        each = int(counts.min()) if most is None else min(most // len(kinds), int(counts.min()))
        places = [np.flatnonzero(names == kind) for kind in kinds]
        numbers[split] = np.sort(
            np.concatenate([chosen[p[_fewest(material.dataset.keys[chosen[p]], each)]] for p in places])
        )
    return replace(material, numbers=numbers)


def audits_of(material: Material, train_order: str) -> pd.DataFrame:
    """What every test order of the study, and the order that the cell was trained on, did to the test sentences, by
    sentence length (means over the draws): one row an order and length, columns order, length, and `audit.FIGURES`."""
    study, dataset, numbers = material.study, material.dataset, material.numbers["test"]
    tables = []
    for name in dict.fromkeys((*study.test_orders, train_order)):
        batch, same = audited(dataset, numbers, get_order(name))
        found = by_length(batch, get_order(name), same, seed=study.perturbation_seed, draws=study.draws)
        tables.append(found.assign(order=name))
    table = pd.concat(tables, ignore_index=True)
    return table[["order", "length", *FIGURES]]


def facts_of(material: Material) -> pd.DataFrame:
    """One row a test sentence: its sizes, the ceiling of what its order can cost, and its text as the model saw it."""
    dataset, numbers = material.dataset, material.numbers["test"]
    facts: pd.DataFrame = dataset.facts.take(numbers).drop_columns(["split"]).to_pandas()
    facts.insert(0, "lang", dataset.lang)
    facts.insert(1, "unit", dataset.recipe.unit)
    texts = texts_of(dataset, numbers)
    for name, counts in unit_counts(texts, dataset.lang, dataset.recipe.transform).items():
        facts[f"n_{name}"] = counts
    facts["log2_orders"] = ceilings(dataset, numbers)
    facts["text"] = texts
    kept = _examples(material)
    facts["examples"] = [kept.get(number, "") for number in numbers.tolist()]
    return facts


def _examples(material: Material) -> dict[int, str]:
    """Of every example its units in every test order, as a JSON object."""
    study, dataset, numbers = material.study, material.dataset, material.examples
    texts = [shown(dataset, numbers, get_order(name), seed=study.perturbation_seed) for name in study.test_orders]
    return {
        number: json.dumps(dict(zip(study.test_orders, row, strict=True)), ensure_ascii=False)
        for number, row in zip(numbers.tolist(), zip(*texts, strict=True), strict=True)
    }
