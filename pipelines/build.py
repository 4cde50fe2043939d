"""Building a dataset: two passes over the text in chunks, each chunk on its own, so that engines may share them out."""

from __future__ import annotations

import json
import shutil
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import IO, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from corpora.syntax import Word, parsed
from corpora.table import Corpus, sha256_of, sources_sha256, var_folder
from pipelines.dataset import ARRAYS, COUNTED, FACTS, NAMES, Dataset, Recipe
from pipelines.encoding import encode
from pipelines.errors import PipelineError
from pipelines.facts import facts_of
from pipelines.languages import get_language
from pipelines.normalise import MARK, marked, normalise
from pipelines.stream import sentence_keys
from pipelines.transforms import get_transform, transformed
from pipelines.units import Unit, get_unit
from pipelines.vocabulary import Vocabulary, train

SOURCES = (
    "analysers", "build.py", "dataset.py", "encoding.py", "facts.py", "languages", "layout.py", "normalise.py",
    "stream.py", "tags.py", "transforms", "trees.py", "units", "vocabulary.py",
)  # fmt: skip
"""The files of this room that decide what a dataset holds."""
CHUNK = 10_000

Item = TypeVar("Item")
Result = TypeVar("Result")
Engine = Callable[[Callable[[Item], Result], Iterable[Item]], Iterator[Result]]
"""Applies a function to every item and yields the results in the order of the items, as `map` does."""


@dataclass(frozen=True)
class Chunk:
    """Some sentences of a corpus, as they stand in its table."""

    ids: list[str]
    texts: list[str]
    splits: list[str]
    documents: list[str]
    syntax: list[str]


@dataclass(frozen=True)
class Block:
    """A chunk encoded: the bytes of every array but those of offsets, the sizes of units and sentences, and a table."""

    arrays: dict[str, NDArray[np.generic]]
    unit_sizes: NDArray[np.int64]
    sentence_sizes: NDArray[np.int64]
    columns: list[pa.Array]


def chunks(corpus: Corpus, lang: str, split: str | None = None) -> Iterator[Chunk]:
    """The sentences of one split, or of all, in chunks of at most 10,000."""
    columns = ["sentence_id", "text", "split", "document", "syntax"]
    for batch in pq.ParquetFile(corpus.path(lang)).iter_batches(CHUNK, columns=columns):
        rows = [batch.column(name).to_pylist() for name in columns]
        kept = [i for i, own in enumerate(rows[2]) if split is None or own == split]
        if kept:
            yield Chunk(*([values[i] for i in kept] for values in rows))


@dataclass(frozen=True)
class Cut:
    """Segmented sentences: normalised texts, units before and after the script transform."""

    texts: list[str]
    plain: list[list[str]]
    units: list[list[str]]


def cut_texts(texts: Iterable[str], lang: str, unit: Unit, *, lower: bool = True, transform: str = "none") -> Cut:
    """Normalise and segment; PipelineError if joining the units does not give the text back."""
    normal = [normalise(text, lang, lower=lower) for text in texts]
    cut = unit.segment(normal)
    for text, units in zip(normal, cut, strict=True):
        joined = "".join(units)
        if joined != marked(text) and unicodedata.normalize("NFC", joined) != marked(text):
            raise PipelineError(
                f'The unit "{unit.name}" lost letters of "{text[:60]}": report this sentence as a defect.'
            )
    change = get_transform(transform, lang)
    return Cut(normal, cut, cut if change is None else [transformed(units, change.letter) for units in cut])


def syntax_of(texts: list[str], written: list[str]) -> list[list[Word]] | None:
    """The trees of some sentences; None where there are none."""
    if not any(written):
        return None
    trees = [parsed(one) if one else [] for one in written]
    for text, words in zip(texts, trees, strict=True):
        if words and len(words) != text.count(" ") + 1:
            raise PipelineError(f'The tree of "{text[:60]}" has {len(words)} words, the text {text.count(" ") + 1}.')
    return trees


def build(
    corpus: Corpus,
    lang: str,
    recipe: Recipe,
    advance: Callable[[int], None] = lambda n: None,
    *,
    engine: Engine = map,  # type: ignore[type-arg]
) -> Dataset:
    """The dataset of a corpus in a language, built below `var/datasets` unless it is there already.

    Two passes over the text, in chunks of 10,000 sentences: one counts the units of the training split for the
    vocabulary, one encodes. `advance` is called with the number of sentences done (each counts twice). The engine
    shares out the chunks; the bytes do not depend on it.
    """
    unit = get_unit(recipe.unit, lang)
    get_transform(recipe.transform, lang)
    identity = {
        "code": sources_sha256(*(Path(__file__).parent / name for name in SOURCES)),
        "corpus": corpus.sha256,
        "lang": get_language(lang).model_dump(mode="json"),
        "recipe": recipe.__dict__,
        "unit": unit.version(),
        "sentencepiece": version("sentencepiece"),
    }
    sha256 = sha256_of(identity)
    folder = var_folder() / "datasets" / f"{corpus.name}-{lang}-{recipe.unit}-{sha256[:12]}"
    if not (folder / "dataset.json").is_file():
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder.parent))
        try:
            _write(draft, corpus, lang, unit, recipe, advance, engine)
            (draft / "dataset.json").write_text(json.dumps(identity, ensure_ascii=False, indent=1), encoding="utf-8")
            shutil.rmtree(folder, ignore_errors=True)
            draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    pieces = len(Vocabulary((folder / "vocabulary.model").read_bytes()))
    return Dataset(folder, sha256, lang, recipe, pieces, corpus.sha256)


def _write(
    draft: Path,
    corpus: Corpus,
    lang: str,
    unit: Unit,
    recipe: Recipe,
    advance: Callable[[int], None],
    engine: Engine,  # type: ignore[type-arg]
) -> None:
    total: Counter[str] = Counter()
    share = COUNTED / max(corpus.counts[lang]["train"], 1)
    for read, counts in engine(partial(count, lang=lang, recipe=recipe, share=share), chunks(corpus, lang, "train")):
        total.update(counts)
        advance(read)
    train(total, recipe.vocabulary, draft / "vocabulary.model", where=f"{corpus.name} ({lang}, {unit.name})")
    del total
    model = (draft / "vocabulary.model").read_bytes()
    with _Writer(draft) as writer:
        for block in engine(partial(encode_chunk, lang=lang, recipe=recipe, model=model), chunks(corpus, lang)):
            writer.add(block)
            advance(len(block.sentence_sizes))
        writer.add_marks(list(get_language(lang).marks.values()), Vocabulary(model))


def count(chunk: Chunk, *, lang: str, recipe: Recipe, share: float) -> tuple[int, Counter[str]]:
    """How many sentences a chunk has, and how often it has each unit; a fixed random share of its sentences counts."""
    texts = chunk.texts
    if share < 1.0:
        chosen = sentence_keys(chunk.ids) < np.uint64(share * 2.0**64)
        texts = [text for text, taken in zip(texts, chosen, strict=True) if taken]
    counts: Counter[str] = Counter()
    unit = get_unit(recipe.unit, lang)
    for units in cut_texts(texts, lang, unit, lower=recipe.lower, transform=recipe.transform).units:
        counts.update(units)
    return len(chunk.ids), counts


_VOCABULARIES: dict[bytes, Vocabulary] = {}


def _vocabulary(model: bytes) -> Vocabulary:
    """The vocabulary of a model, made once a process; one is kept."""
    if model not in _VOCABULARIES:
        _VOCABULARIES.clear()
        _VOCABULARIES[model] = Vocabulary(model)
    return _VOCABULARIES[model]


def encode_chunk(chunk: Chunk, *, lang: str, recipe: Recipe, model: bytes) -> Block:
    """A chunk encoded. Needs nothing but the vocabulary's model, so any process of any machine may do it."""
    unit = get_unit(recipe.unit, lang)
    cut = cut_texts(chunk.texts, lang, unit, lower=recipe.lower, transform=recipe.transform)
    encoded = encode(unit, cut.units, _vocabulary(model), keep_final=recipe.keep_final)
    syntax = syntax_of(cut.texts, chunk.syntax)
    facts = facts_of(lang, unit, cut.texts, cut.plain, encoded.names, encoded.counts, tags=recipe.tags, syntax=syntax)
    unit_sizes = np.diff(encoded.unit_ends, prepend=0)
    sentence_sizes = np.diff(encoded.sentence_ends, prepend=0)
    pieces = np.add.reduceat(np.append(unit_sizes, 0), np.cumsum(sentence_sizes) - sentence_sizes) * (
        sentence_sizes > 0
    )
    shown = cut.texts
    if recipe.transform != "none":
        shown = ["".join(units).replace(MARK, " ").strip() for units in cut.units]
    sizes = [
        [text.count(" ") + 1 if text else 0 for text in cut.texts],
        sentence_sizes,
        pieces,
        [len(unicodedata.normalize("NFC", text)) for text in shown],
        [len(unicodedata.normalize("NFD", text)) for text in shown],
        [len(text.encode()) for text in shown],
    ]
    arrays: dict[str, NDArray[np.generic]] = {
        "ids": encoded.ids.astype("<i4"),
        "movable": np.array(encoded.movable, "?"),
        "same": sentence_keys(encoded.names).astype("<i8"),
        "keys": sentence_keys(chunk.ids).astype("<u8"),
        "initial": facts.initial,
        "tag": facts.tag,
        "head": facts.head.astype("<i4"),
        "relation": facts.relation,
        "traits": facts.traits,
    }
    columns = [
        *(pa.array(values, pa.string()) for values in (chunk.ids, chunk.splits, chunk.documents)),
        *(pa.array(np.asarray(values, np.int32)) for values in sizes),
    ]
    return Block(arrays, unit_sizes.astype(np.int64), sentence_sizes.astype(np.int64), columns)


class _Writer:
    """Appends blocks to a dataset's files; holds the open files and how far they reach."""

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

    def add(self, block: Block) -> None:
        """The next sentences."""
        for name, values in block.arrays.items():
            self._files[name].write(values.tobytes())
        self._files["units"].write((np.cumsum(block.unit_sizes) + self._pieces).astype("<i8").tobytes())
        self._files["sentences"].write((np.cumsum(block.sentence_sizes) + self._units).astype("<i8").tobytes())
        self._pieces += int(block.unit_sizes.sum())
        self._units += int(block.sentence_sizes.sum())
        self._facts.write_table(pa.table(block.columns, schema=self._schema))

    def add_marks(self, marks: list[str], vocabulary: Vocabulary) -> None:
        """The marks that edits may put in: units after those of the last sentence."""
        pieces = vocabulary.encode(marks)
        self._files["ids"].write(np.array([one for piece in pieces for one in piece], "<i4").tobytes())
        ends = np.cumsum([len(piece) for piece in pieces]) + self._pieces
        self._files["units"].write(ends.astype("<i8").tobytes())
        self._files["same"].write(sentence_keys(marks).astype("<i8").tobytes())
