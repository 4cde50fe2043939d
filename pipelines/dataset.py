"""A dataset: one corpus in one language, cut into units and encoded, memory-mapped."""

from __future__ import annotations

import json
import shutil
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from corpora.table import SPLITS, Corpus, sha256_of, sources_sha256, var_folder
from pipelines.encoding import Encoded, encode
from pipelines.errors import PipelineError
from pipelines.normalise import MARK, marked, normalise
from pipelines.orders import Indices, Keys
from pipelines.reorder import sentence_keys
from pipelines.units import Unit, get_unit
from pipelines.vocabulary import Vocabulary, train

SOURCES = ("dataset.py", "encoding.py", "normalise.py", "reorder.py", "vocabulary.py", "units")
"""The files of this room that decide what a dataset holds."""
CHUNK = 10_000
ARRAYS = ("ids", "units", "sentences", "movable", "initial", "same")
NAMES = ("sentence_id", "split", "document")
FACTS = ("n_words", "n_units", "n_tokens", "n_chars", "n_jamo", "n_bytes")


@dataclass(frozen=True)
class Recipe:
    """Everything that determines a dataset, apart from the text itself."""

    unit: str
    vocabulary: int
    lower: bool = True
    keep_final: bool = True


@dataclass(frozen=True)
class Dataset:
    """A built dataset on disk; nothing is read until asked for.

    ids: [tokens] int32 pieces of all sentences end to end; units: [units + 1] where each unit's pieces begin;
    sentences: [sentences + 1] where each sentence's units begin; movable: [units]; initial: [units];
    same: [units], equal numbers for equal units; keys: [sentences].
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
    def facts(self) -> pa.Table:
        """One row a sentence: sentence_id, split, document, n_words, n_units, n_tokens, n_chars, n_jamo, n_bytes."""
        return pq.read_table(self.folder / "sentences.parquet")

    @cached_property
    def keys(self) -> Keys:
        return sentence_keys(self.facts["sentence_id"].to_pylist())

    def vocabulary(self) -> Vocabulary:
        return Vocabulary(self.folder / "vocabulary.model")


@dataclass(frozen=True)
class _Chunk:
    """Some sentences of a corpus, as they stand in its table."""

    ids: list[str]
    texts: list[str]
    splits: list[str]
    documents: list[str]


def _chunks(corpus: Corpus, lang: str, split: str | None = None) -> Iterator[_Chunk]:
    """The sentences of one split, or of all, in chunks."""
    columns = ["sentence_id", "text", "split", "document"]
    for batch in pq.ParquetFile(corpus.path(lang)).iter_batches(CHUNK, columns=columns):
        rows = [batch.column(name).to_pylist() for name in columns]
        kept = [i for i, own in enumerate(rows[2]) if split is None or own == split]
        if kept:
            yield _Chunk(*([values[i] for i in kept] for values in rows))


def _segment(unit: Unit, texts: list[str], lang: str, lower: bool) -> tuple[list[str], list[list[str]]]:
    normal = [normalise(text, lang, lower=lower) for text in texts]
    cut = unit.segment(normal)
    for text, units in zip(normal, cut, strict=True):
        joined = "".join(units)
        if joined != marked(text) and unicodedata.normalize("NFC", joined) != marked(text):
            raise PipelineError(
                f'The unit "{unit.name}" lost letters of "{text[:60]}": report this sentence as a defect.'
            )
    return normal, cut


def build(corpus: Corpus, lang: str, recipe: Recipe, advance: Callable[[int], None] = lambda n: None) -> Dataset:
    """The dataset of a corpus in a language, built below `var/datasets` unless it is there already.

    Two passes over the text, in chunks of 10,000 sentences: one counts the units of the training split for the
    vocabulary, one encodes. `advance` is called with the number of sentences done (each counts twice).
    """
    unit = get_unit(recipe.unit, lang)
    identity = {
        "code": sources_sha256(*(Path(__file__).parent / name for name in SOURCES)),
        "corpus": corpus.sha256,
        "lang": lang,
        "recipe": recipe.__dict__,
        "unit": unit.version(),
        "sentencepiece": _sentencepiece(),
    }
    sha256 = sha256_of(identity)
    folder = var_folder() / "datasets" / f"{corpus.name}-{lang}-{recipe.unit}-{sha256[:12]}"
    if not (folder / "dataset.json").is_file():
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder.parent))
        try:
            _write(draft, corpus, lang, unit, recipe, advance)
            (draft / "dataset.json").write_text(json.dumps(identity, ensure_ascii=False, indent=1), encoding="utf-8")
            shutil.rmtree(folder, ignore_errors=True)
            draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    pieces = len(Vocabulary(folder / "vocabulary.model"))
    return Dataset(folder, sha256, lang, recipe, pieces, corpus.sha256)


def _sentencepiece() -> str:
    from importlib.metadata import version

    return version("sentencepiece")


def _write(draft: Path, corpus: Corpus, lang: str, unit: Unit, recipe: Recipe, advance: Callable[[int], None]) -> None:
    counts: Counter[str] = Counter()
    for chunk in _chunks(corpus, lang, "train"):
        for units in _segment(unit, chunk.texts, lang, recipe.lower)[1]:
            counts.update(units)
        advance(len(chunk.ids))
    train(counts, recipe.vocabulary, draft / "vocabulary.model", where=f"{corpus.name} ({lang}, {unit.name})")
    del counts
    vocabulary = Vocabulary(draft / "vocabulary.model")
    with _Writer(draft) as writer:
        for chunk in _chunks(corpus, lang):
            normal, cut = _segment(unit, chunk.texts, lang, recipe.lower)
            writer.add(chunk, normal, encode(unit, cut, vocabulary, keep_final=recipe.keep_final))
            advance(len(chunk.ids))


class _Writer:
    """Appends chunks of encoded sentences to a dataset's files; holds the open files and how far they reach."""

    def __init__(self, folder: Path) -> None:
        self._files: dict[str, IO[bytes]] = {name: (folder / f"{name}.bin").open("wb") for name in ARRAYS}
        self._schema = pa.schema([*((name, pa.string()) for name in NAMES), *((fact, pa.int32()) for fact in FACTS)])
        self._facts = pq.ParquetWriter(folder / "sentences.parquet", self._schema)
        self._pieces = self._units = 0
        for name in ("units", "sentences"):
            self._files[name].write(np.zeros(1, "<i8").tobytes())

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._facts.close()
        for file in self._files.values():
            file.close()

    def add(self, chunk: _Chunk, normal: list[str], encoded: Encoded) -> None:
        """One chunk of sentences with their normalised texts and encoded units."""
        unit_ends, sentence_ends = encoded.unit_ends, encoded.sentence_ends
        borders = np.concatenate([[0], unit_ends])[np.concatenate([[0], sentence_ends])]
        written = {
            "ids": encoded.ids.astype("<i4"),
            "units": (unit_ends + self._pieces).astype("<i8"),
            "sentences": (sentence_ends + self._units).astype("<i8"),
            "movable": np.array(encoded.movable, "?"),
            "initial": np.array([name.startswith(MARK) for name in encoded.names], "?"),
            "same": sentence_keys(encoded.names).astype("<i8"),
        }
        for name, values in written.items():
            self._files[name].write(values.tobytes())
        self._pieces += int(borders[-1])
        self._units += len(encoded.names)
        facts = [
            [text.count(" ") + 1 if text else 0 for text in normal],
            encoded.counts,
            np.diff(borders),
            [len(text) for text in normal],
            [len(unicodedata.normalize("NFD", text)) for text in normal],
            [len(text.encode()) for text in normal],
        ]
        columns = [chunk.ids, chunk.splits, chunk.documents, *(np.asarray(values, np.int32) for values in facts)]
        self._facts.write_table(pa.table([pa.array(column) for column in columns], schema=self._schema))


def splits_of(dataset: Dataset) -> dict[str, Indices]:
    """The numbers of the sentences of each split, in the order of the corpus."""
    column = dataset.facts["split"].to_numpy(zero_copy_only=False)
    return {split: np.flatnonzero(column == split).astype(np.int64) for split in SPLITS}
