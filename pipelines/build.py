"""Building a dataset: two passes over the text in pieces, each on its own, so that engines may share them out."""

from __future__ import annotations

import json
import shutil
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from corpora.syntax import Word, parsed
from corpora.table import ROW_GROUP, SPLITS, Corpus, sha256_of, sources_sha256, var_folder
from pipelines.cutting import cut_texts
from pipelines.dataset import ARRAYS, COUNTED, FACTS, NAMES, Dataset, Recipe
from pipelines.encoding import encode
from pipelines.engines import Engine, default_workers, local, serial
from pipelines.errors import PipelineError
from pipelines.facts import facts_of
from pipelines.languages import get_language
from pipelines.normalise import MARK
from pipelines.stream import sentence_keys
from pipelines.transforms import get_transform, marks_of
from pipelines.units import Unit, get_unit
from pipelines.vocabulary import Vocabulary, respell, train

SOURCES = (
    "analysers", "build.py", "cutting.py", "dataset.py", "encoding.py", "facts.py", "languages", "layout.py",
    "names.py", "normalise.py", "predicates.py", "spelling.py", "stream.py", "tags.py", "transforms", "trees.py",
    "units", "vocabulary.py",
)  # fmt: skip
"""The files of this room that decide what a dataset holds."""
MOST_ROWS, FEWEST_ROWS = 10_000, 100
"""Sentences that are worked on at once: half a second's work of the unit within these bounds."""
WORTH_PROCESSES = 10.0
"""Seconds of work from which on processes of their own are worth their start."""


@dataclass(frozen=True)
class Rows:
    """Some rows of a corpus table by their place: from `start` to `stop` in a row group, those of one split or all."""

    path: str
    group: int
    start: int
    stop: int
    split: str | None = None


@dataclass(frozen=True)
class Chunk:
    """Some sentences of a corpus, as they stand in its table."""

    ids: list[str]
    texts: list[str]
    splits: list[str]
    documents: list[str]
    labels: list[str]
    syntax: list[str]


@dataclass(frozen=True)
class Block:
    """A chunk encoded: the bytes of every array but those of offsets, the sizes of units and sentences, and a table."""

    arrays: dict[str, NDArray[np.generic]]
    unit_sizes: NDArray[np.int64]
    sentence_sizes: NDArray[np.int64]
    columns: list[pa.Array]


def rows_of(corpus: Corpus, lang: str, unit: Unit, split: str | None = None) -> Iterator[Rows]:
    """The table of a language in pieces of half a second's work, so that engines may share them out."""
    path = corpus.path(lang).resolve()
    step = min(max(unit.pace // 2, FEWEST_ROWS), MOST_ROWS)
    about = pq.ParquetFile(path).metadata
    for group in range(about.num_row_groups):
        count = about.row_group(group).num_rows
        for start in range(0, count, step):
            yield Rows(str(path), group, start, min(start + step, count), split)


def read(rows: Rows) -> Chunk:
    """The sentences of some rows; PipelineError where the table is not to be seen from here."""
    columns = ["sentence_id", "text", "split", "document", "label", "syntax"]
    try:
        table = pq.ParquetFile(rows.path).read_row_group(rows.group, columns=columns)
    except FileNotFoundError:
        raise PipelineError(
            f"{rows.path} is not there: all nodes must see the folder of corpora (EOSUN_VAR on shared storage)."
        ) from None
    found = table.slice(rows.start, rows.stop - rows.start)
    if rows.split is not None:
        found = found.filter(pc.equal(found["split"], rows.split))
    return Chunk(*(found[name].to_pylist() for name in columns))


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
    engine: Engine | None = None,
) -> Dataset:
    """The dataset of a corpus in a language, built below `var/datasets` unless it is there already.

    Two passes over the text, in pieces of at most 10,000 sentences: one counts the units of the training split for the
    vocabulary, one encodes. `advance` is called with the number of sentences done (each counts twice). The engine
    shares out the pieces, and the bytes do not depend on it; by default, processes of this machine are used where the
    work is worth it.
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
            _write(draft, corpus, lang, unit, recipe, advance, engine or _engine_for(corpus, lang, unit))
            (draft / "dataset.json").write_text(json.dumps(identity, ensure_ascii=False, indent=1), encoding="utf-8")
            shutil.rmtree(folder, ignore_errors=True)
            draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    pieces = len(Vocabulary((folder / "vocabulary.model").read_bytes()))
    return Dataset(folder, sha256, lang, recipe, pieces, corpus.sha256)


def _engine_for(corpus: Corpus, lang: str, unit: Unit) -> Engine:
    expected = 2.0 * sum(corpus.counts[lang].values()) / unit.pace
    return local(default_workers()) if expected > WORTH_PROCESSES else serial


def _write(
    draft: Path,
    corpus: Corpus,
    lang: str,
    unit: Unit,
    recipe: Recipe,
    advance: Callable[[int], None],
    engine: Engine,
) -> None:
    total: Counter[str] = Counter()
    share = COUNTED * recipe.vocabulary / max(corpus.counts[lang]["train"], 1)
    counting = partial(count, lang=lang, recipe=recipe, share=share)
    for done, counts in engine(counting, rows_of(corpus, lang, unit, "train")):
        total.update(counts)
        advance(done)
    where = f"{corpus.name} ({lang}, {unit.name})"
    train(total, recipe.vocabulary, draft / "vocabulary.model", where=where)
    if recipe.fertility != 1.0:
        respell(total, recipe.fertility, draft / "vocabulary.model", where=where)
    del total
    model = (draft / "vocabulary.model").read_bytes()
    with _Writer(draft) as writer:
        encoding = partial(encode_rows, lang=lang, recipe=recipe, model=model)
        for block in engine(encoding, rows_of(corpus, lang, unit)):
            writer.add(block)
            advance(len(block.sentence_sizes))
        writer.add_marks([*marks_of(lang, recipe.transform).values()], Vocabulary(model))


def count(rows: Rows, *, lang: str, recipe: Recipe, share: float) -> tuple[int, Counter[str]]:
    """How many sentences some rows hold, and how often each unit; a fixed random share of the sentences counts."""
    chunk = read(rows)
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


def encode_rows(rows: Rows, *, lang: str, recipe: Recipe, model: bytes) -> Block:
    """Some rows encoded. It needs the table and the vocabulary's model alone: any process of any machine may do it."""
    chunk = read(rows)
    unit = get_unit(recipe.unit, lang)
    cut = cut_texts(chunk.texts, lang, unit, lower=recipe.lower, transform=recipe.transform)
    encoded = encode(unit, cut.units, _vocabulary(model), keep_final=recipe.keep_final)
    syntax = syntax_of(cut.texts, chunk.syntax)
    facts = facts_of(lang, unit, cut, encoded.names, encoded.counts, tags=recipe.tags, syntax=syntax)
    unit_sizes, sentence_sizes = encoded.sizes, encoded.counts
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
        "movable": encoded.movable,
        "same": sentence_keys(encoded.names.spellings).astype("<i8")[encoded.names.code],
        "keys": sentence_keys(chunk.ids).astype("<u8"),
        "initial": facts.initial,
        "tag": facts.tag,
        "head": facts.head.astype("<i4"),
        "relation": facts.relation,
        "traits": facts.traits,
        "split": np.fromiter(map(SPLITS.index, chunk.splits), np.uint8, len(chunk.splits)),
    }
    columns = [
        *(pa.array(values, pa.string()) for values in (chunk.ids, chunk.splits, chunk.documents, chunk.labels)),
        *(pa.array(np.asarray(values, np.int32)) for values in sizes),
    ]
    return Block(arrays, unit_sizes, sentence_sizes, columns)


class _Writer:
    """Appends blocks to a dataset's files; holds the open files, how far they reach, and rows for the next group."""

    def __init__(self, folder: Path) -> None:
        self._files: dict[str, IO[bytes]] = {name: (folder / f"{name}.bin").open("wb") for name in ARRAYS}
        self._schema = pa.schema([*((name, pa.string()) for name in NAMES), *((fact, pa.int32()) for fact in FACTS)])
        self._facts = pq.ParquetWriter(folder / "sentences.parquet", self._schema)
        self._waiting: list[pa.Table] = []
        self._pieces = self._units = 0
        for name in ("units", "sentences"):
            self._files[name].write(np.zeros(1, "<i8").tobytes())

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._write_facts()
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
        self._waiting.append(pa.table(block.columns, schema=self._schema))
        if sum(table.num_rows for table in self._waiting) >= ROW_GROUP:
            self._write_facts()

    def _write_facts(self) -> None:
        if self._waiting:
            self._facts.write_table(pa.concat_tables(self._waiting))
            self._waiting = []

    def add_marks(self, marks: list[str], vocabulary: Vocabulary) -> None:
        """The marks that edits may put in: units after those of the last sentence."""
        pieces = vocabulary.encode(marks)
        self._files["ids"].write(np.array([one for piece in pieces for one in piece], "<i4").tobytes())
        ends = np.cumsum([len(piece) for piece in pieces]) + self._pieces
        self._files["units"].write(ends.astype("<i8").tobytes())
        self._files["same"].write(sentence_keys(marks).astype("<i8").tobytes())
