"""The Sentence table: the one shape in which text leaves this room."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

SPLITS = ("train", "valid", "test")
COLUMNS = ("sentence_id", "lang", "text", "split", "document", "label", "tree", "syntax")
SCHEMA = pa.schema([(name, pa.string()) for name in COLUMNS])
ROW_GROUP = 20_000
MOST_BYTES = 1 << 25
"""Text that waits to be written: a row group of long texts has fewer rows."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of one language.

    Aligned text carries the same `sentence_id`, `split` and `document` in every language. `text` is NFC. `label` is
    the class of a labelled text. `tree` is a bracketed constituent tree, `syntax` a dependency tree over its words
    (`corpora.syntax`); all three are empty where there is none.
    """

    sentence_id: str
    lang: str
    text: str
    split: str
    document: str = ""
    label: str = ""
    tree: str = ""
    syntax: str = ""


@dataclass(frozen=True)
class Corpus:
    """A built corpus on disk: one Parquet table a language, and what is known about it.

    `sha256` identifies the content: it is taken over the rows of all languages, not over Parquet's bytes,
    so that it does not change with the version of a library. `removed` counts rows by why they went, `changed`
    by the cleaning step that changed them; `removed` and `counts` add up to the rows of the source.
    """

    name: str
    folder: Path
    languages: tuple[str, ...]
    aligned: bool
    sha256: str
    counts: dict[str, dict[str, int]]
    removed: dict[str, int]
    settings: dict[str, object]
    changed: dict[str, int] = field(default_factory=dict)

    def path(self, lang: str) -> Path:
        return self.folder / f"{lang}.parquet"

    def table(self, lang: str, columns: list[str] | None = None) -> pa.Table:
        """The rows of one language, `[sentences]`, in the order of the corpus."""
        return pq.read_table(self.path(lang), columns=columns)


def var_folder() -> Path:
    """Where everything that is produced goes: `EOSUN_VAR`, else `var` in the current folder."""
    return Path(os.environ.get("EOSUN_VAR") or "var")


def sha256_of(value: object) -> str:
    """The sha256 of a JSON-able value, whatever the order of its keys."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def sources_sha256(*paths: Path) -> str:
    """The sha256 of source files and of all code and YAML in source folders, command lines left out.

    It is part of the identity of whatever the code makes, so that changed code never meets old results.
    """
    digest = hashlib.sha256()
    for path in paths:
        files = [path] if path.is_file() else sorted([*path.rglob("*.py"), *path.rglob("*.yaml")])
        for file in files:
            if file.name != "cli.py":
                digest.update(str(file.relative_to(path.parent)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


class TableWriter:
    """Writes one language's rows to Parquet as they come, and keeps the running hash and counts.

    Memory holds at most one row group: 20,000 sentences, or fewer with 32 MiB of text.
    """

    def __init__(self, path: Path) -> None:
        self._writer = pq.ParquetWriter(path, SCHEMA, compression="zstd")
        self._rows: list[tuple[str, ...]] = []
        self._waiting: list[pa.Table] = []
        self._hash = hashlib.sha256()
        self.counts = dict.fromkeys(SPLITS, 0)

    def add(self, sentence: Sentence) -> None:
        self._rows.append(_VALUES(sentence))
        if len(self._rows) >= ROW_GROUP:
            self._gather()

    def extend(self, rows: pa.Table) -> None:
        """Add rows, a table of `SCHEMA`, [sentences]."""
        self._gather()
        self._take(rows)

    def _gather(self) -> None:
        if self._rows:
            columns = [pa.array(values, pa.string()) for values in zip(*self._rows, strict=True)]
            self._rows = []
            self._take(pa.table(columns, schema=SCHEMA))

    def _take(self, rows: pa.Table) -> None:
        for batch in rows.to_batches(max_chunksize=ROW_GROUP):
            lines = pc.binary_join_element_wise(*batch.columns, "\x1f")
            self._hash.update("".join(f"{line}\n" for line in lines.to_pylist()).encode())
        for split, count in Counter(rows["split"].to_pylist()).items():
            self.counts[split] += count
        self._waiting.append(rows)
        while sum(table.num_rows for table in self._waiting) >= ROW_GROUP:
            waiting = pa.concat_tables(self._waiting)
            self._writer.write_table(waiting.slice(0, ROW_GROUP))
            self._waiting = [waiting.slice(ROW_GROUP)]
        if sum(table.nbytes for table in self._waiting) >= MOST_BYTES:
            self._flush()

    def _flush(self) -> None:
        waiting = pa.concat_tables(self._waiting) if self._waiting else None
        if waiting:
            self._writer.write_table(waiting)
        self._waiting = []

    def close(self) -> str:
        """Finish the file and return the sha256 of its rows."""
        self._gather()
        self._flush()
        self._writer.close()
        return self._hash.hexdigest()


_VALUES = attrgetter(*COLUMNS)


def write(folder: Path, languages: Iterable[str], rows: Iterator[Sentence]) -> tuple[dict[str, dict[str, int]], str]:
    """Write rows of all languages to `<folder>/<lang>.parquet`; return counts by language and split, and the hash."""
    writers = {lang: TableWriter(folder / f"{lang}.parquet") for lang in languages}
    try:
        for sentence in rows:
            writers[sentence.lang].add(sentence)
    finally:
        hashes = {lang: writer.close() for lang, writer in writers.items()}
    return {lang: writer.counts for lang, writer in writers.items()}, sha256_of(hashes)


def sha256_of_rows(corpus: Corpus) -> str:
    """The hash that `write` gave, taken again from the tables, a batch of rows at a time."""
    hashes = {}
    for lang in corpus.languages:
        digest = hashlib.sha256()
        for batch in pq.ParquetFile(corpus.path(lang)).iter_batches(batch_size=ROW_GROUP):
            for row in batch.select(SCHEMA.names).to_pylist():
                digest.update("\x1f".join(row.values()).encode() + b"\n")
        hashes[lang] = digest.hexdigest()
    return sha256_of(hashes)
