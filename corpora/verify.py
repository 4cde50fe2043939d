"""Whether fetched files and built corpora are still what they were when they were fetched and built."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from corpora.cards import Card, card_names, load_card
from corpora.errors import CorpusError, unknown
from corpora.fetch import copies
from corpora.table import Corpus, sha256_of_rows, var_folder


def verified(names: list[str]) -> Iterator[tuple[str, str]]:
    """What there is of these corpora, or of all where none is named: each fetched file and each built corpus.

    Yields what it is, and what is wrong with it and the remedy ("" where nothing is). Fetches and builds nothing.
    CorpusError for a name that has neither a card nor a built corpus.
    """
    folders = [path for path in sorted((var_folder() / "corpora").glob("*-*")) if not path.name.startswith(".")]
    built = {folder.name.rpartition("-")[0] for folder in folders}
    for name in names:
        if name not in built and name not in card_names():
            raise CorpusError(unknown("corpus", name, {*card_names(), *built}))
    for name in card_names():
        if not names or name in names:
            yield from _files(load_card(name))
    for folder in folders:
        if not names or folder.name.rpartition("-")[0] in names:
            fault = changed(folder)
            yield folder.name, f"{fault}: delete {folder} and build it again." if fault else ""


def _files(card: Card) -> Iterator[tuple[str, str]]:
    for copy in copies(card):
        if copy.expected() is not None:
            try:
                fault = copy.fault()
            except (CorpusError, OSError) as error:
                fault = str(error)
            yield f"{card.name}: {copy.path}", fault


def changed(folder: Path) -> str:
    """What is wrong with the corpus in a folder, "" where nothing is: its tables, by rows and by hash."""
    try:
        kept = json.loads((folder / "corpus.json").read_text(encoding="utf-8"))
        corpus = Corpus(**{**kept, "folder": folder, "languages": tuple(kept["languages"])})
    except (OSError, ValueError, TypeError) as error:
        return f"corpus.json cannot be read ({type(error).__name__})"
    for lang in corpus.languages:
        try:
            rows = pq.ParquetFile(corpus.path(lang)).metadata.num_rows
        except (OSError, pa.ArrowException) as error:
            return f"the table of {lang} cannot be read ({type(error).__name__})"
        if rows != sum(corpus.counts[lang].values()):
            return f"the table of {lang} has {rows:,} rows where {sum(corpus.counts[lang].values()):,} were built"
    found = sha256_of_rows(corpus)
    return "" if found == corpus.sha256 else f"the text has sha256 {found[:12]}…, built was {corpus.sha256[:12]}…"


def last_built(name: str) -> int:
    """Sentences a language (of the largest) of the corpus that was built last under a name, 0 where there is none."""
    folders = (var_folder() / "corpora").glob(f"{name}-*/corpus.json")
    found = [path for path in folders if path.parent.name.rpartition("-")[0] == name]
    if not found:
        return 0
    counts = json.loads(max(found, key=lambda path: path.stat().st_mtime).read_text(encoding="utf-8"))["counts"]
    return max(int(sum(by_split.values())) for by_split in counts.values())


def expected(card: Card) -> int:
    """Sentences of the largest language that a card expects, over its splits; 0 where it says nothing."""
    by_language: dict[str, int] = {}
    for lang, _, count in card.expectations():
        by_language[lang] = by_language.get(lang, 0) + count
    return max(by_language.values(), default=0)


def state(card: Card) -> str:
    """What there is of a corpus: built, generated (it needs no files), fetched (all its files lie on this machine) or
    no; hashes are not looked at here."""
    if last_built(card.name):
        return "built"
    if card.parts:
        return "no" if any(state(load_card(part)) == "no" for part in card.parts.values()) else "fetched"
    if not card.files:
        return "generated"
    there = all(any(copies(card.model_copy(update={"files": (file,)}))) for file in card.files)
    return "fetched" if there else "no"
