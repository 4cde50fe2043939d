"""A dataset: one corpus in one language, cut into units and encoded, memory-mapped."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from corpora.table import SPLITS
from pipelines.languages import get_language
from pipelines.layout import Indices, Keys, Pool, ranges
from pipelines.vocabulary import Vocabulary

ARRAYS = (
    "ids",
    "units",
    "sentences",
    "movable",
    "same",
    "keys",
    "initial",
    "tag",
    "head",
    "relation",
    "traits",
    "split",
)
POOLED = 50_000
"""Training sentences whose units an edit may put in: those with the smallest keys, a fixed random sample."""
COUNTED = 25
"""Training sentences a piece that a vocabulary is counted on (100,000 for 4,000 pieces), chosen likewise: memory is
bounded by the vocabulary and not by the corpus."""
NAMES = ("sentence_id", "split", "document", "label")
FACTS = ("n_words", "n_units", "n_tokens", "n_chars", "n_jamo", "n_bytes")


@dataclass(frozen=True)
class Recipe:
    """Everything that determines a dataset, apart from the text itself.

    tags: whether every unit's word class is found, for orders that ask for it. transform: a script transform.
    fertility: how many times the pieces of the vocabulary the text is written at (`pipelines.spelling`).
    """

    unit: str
    vocabulary: int
    lower: bool = True
    keep_final: bool = True
    tags: bool = False
    transform: str = "none"
    fertility: float = 1.0


@dataclass(frozen=True)
class Dataset:
    """A built dataset on disk; nothing is read until asked for.

    ids: [tokens] int32 pieces of all sentences end to end; units: [units + 1] where each unit's pieces begin;
    sentences: [sentences + 1] where each sentence's units begin; movable: [units]; keys: [sentences];
    split: [sentences], numbers in `SPLITS`; same: [units], equal numbers for equal units; initial, tag, head,
    relation, traits: [units], see `layout.Layout`, empty where not known. After the last sentence's units stand the
    marks that its language declares.
    """

    folder: Path
    sha256: str
    lang: str
    recipe: Recipe
    pieces: int
    corpus_sha256: str

    def _map(self, name: str, kind: str) -> NDArray[np.generic]:
        path = self.folder / f"{name}.bin"
        return np.memmap(path, dtype=kind, mode="r") if path.stat().st_size else np.zeros(0, kind)

    @cached_property
    def ids(self) -> NDArray[np.int32]:
        return self._map("ids", "<i4")  # type: ignore[return-value]

    @cached_property
    def units(self) -> Indices:
        return self._map("units", "<i8")  # type: ignore[return-value]

    @cached_property
    def sentences(self) -> Indices:
        return self._map("sentences", "<i8")  # type: ignore[return-value]

    @cached_property
    def movable(self) -> NDArray[np.bool_]:
        return self._map("movable", "?")  # type: ignore[return-value]

    @cached_property
    def initial(self) -> NDArray[np.bool_]:
        return self._map("initial", "?")  # type: ignore[return-value]

    @cached_property
    def same(self) -> NDArray[np.int64]:
        return self._map("same", "<i8")  # type: ignore[return-value]

    @cached_property
    def tag(self) -> NDArray[np.uint8]:
        return self._map("tag", "u1")  # type: ignore[return-value]

    @cached_property
    def head(self) -> NDArray[np.int32]:
        return self._map("head", "<i4")  # type: ignore[return-value]

    @cached_property
    def relation(self) -> NDArray[np.uint8]:
        return self._map("relation", "u1")  # type: ignore[return-value]

    @cached_property
    def traits(self) -> NDArray[np.uint8]:
        return self._map("traits", "u1")  # type: ignore[return-value]

    @cached_property
    def split(self) -> NDArray[np.uint8]:
        return self._map("split", "u1")  # type: ignore[return-value]

    @cached_property
    def keys(self) -> Keys:
        return self._map("keys", "<u8")  # type: ignore[return-value]

    @cached_property
    def marks(self) -> dict[str, int]:
        """The unit number of every mark of the language."""
        first = int(self.sentences[-1])
        return {name: first + i for i, name in enumerate(get_language(self.lang).marks)}

    @cached_property
    def pooled(self) -> tuple[Pool, Indices]:
        """What edits may put in, and the unit numbers of its entries."""
        train = splits_of(self)["train"]
        if len(train) > POOLED:
            train = np.sort(train[np.argsort(self.keys[train], kind="stable")[:POOLED]])
        units = ranges(self.sentences[train], self.sentences[train + 1] - self.sentences[train])
        units = units[self.movable[units]]
        tag = self.tag[units] if len(self.tag) else np.zeros(len(units), np.uint8)
        kind = 2 * tag.astype(np.int64) + self.initial[units]
        marks = np.array(list(self.marks.values()), np.int64)
        numbers = np.concatenate([marks, units[np.argsort(kind, kind="stable")]])
        kinds = np.concatenate([np.full(len(marks), -1), np.sort(kind, kind="stable")])
        entries = {name: i for i, name in enumerate(self.marks)}
        known = len(self.traits) > 0
        traits = (
            np.concatenate([np.zeros(len(marks), np.uint8), self.traits[numbers[len(marks) :]]])
            if known
            else self.traits
        )
        return Pool(kinds, np.asarray(self.same[numbers]), entries, traits), numbers

    @cached_property
    def facts(self) -> pa.Table:
        """One row a sentence: sentence_id, split, document, label, n_words, n_units, n_tokens, n_chars, n_jamo,
        n_bytes."""
        return pq.read_table(self.folder / "sentences.parquet")

    def sizes(self, name: str) -> NDArray[np.int32]:
        """[sentences]: one of the sizes in `FACTS`, without reading the others."""
        column = pq.read_table(self.folder / "sentences.parquet", columns=[name])[name]
        return np.asarray(column.to_numpy(), np.int32)

    def vocabulary(self) -> Vocabulary:
        return Vocabulary((self.folder / "vocabulary.model").read_bytes())


def splits_of(dataset: Dataset) -> dict[str, Indices]:
    """The numbers of the sentences of each split, in the order of the corpus."""
    return {name: np.flatnonzero(dataset.split == code).astype(np.int64) for code, name in enumerate(SPLITS)}
