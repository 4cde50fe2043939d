"""From cleaned rows to Sentence tables: repetitions left out, splits given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpora.cards import Card
from corpora.cleaning import letters_of
from corpora.duplicates import Judge, Repeated, key_of
from corpora.readers import Row
from corpora.splits import UNTOLD, dealt
from corpora.spool import Spool
from corpora.table import SCHEMA, TableWriter, sha256_of


def schema_of(card: Card) -> pa.Schema:
    """Of cleaned rows: name, split, document, label, then text, tree and syntax a language, then the keys."""
    texts = [f"{name} {lang}" for lang in card.languages for name in ("text", "tree", "syntax")]
    strings = [(name, pa.string()) for name in ("sentence_id", "split", "document", "label", *texts)]
    kinds = [*(["exact"] if card.deduplicate != "none" else []), *(["near"] if card.cleaning.near_duplicates else [])]
    keys = ["id", *(f"{kind} {lang}" for kind in kinds for lang in card.languages)]
    return pa.schema([*strings, *((name, pa.uint64()) for name in keys)])


def values_of(row: Row, texts: Mapping[str, str], card: Card) -> tuple[Any, ...]:
    """A row with its cleaned texts in the order of `schema_of`, and its split, which its document or its text decides
    where its source does not."""
    split = row.split or dealt(row.document or texts[card.languages[0]], UNTOLD, "split")
    values: list[Any] = [row.name, split, row.document, row.label]
    for lang in card.languages:
        values += [texts[lang], row.trees.get(lang, ""), row.syntax.get(lang, "")]
    values.append(key_of(f"id\0{row.name}"))
    if card.deduplicate != "none":
        values += [key_of(f"{lang}\0{texts[lang].lower()}") for lang in card.languages]
    if card.cleaning.near_duplicates:
        values += [key_of(f"near\0{lang}\0{letters_of(texts[lang])}") for lang in card.languages]
    return tuple(values)


def select(
    card: Card, spool: Spool, rows: int, draft: Path, removed: Counter[str]
) -> tuple[dict[str, dict[str, int]], str]:
    """Write those of so many rows that repeat nothing; counts by language and split, and the hash of all rows.

    Rows that repeat go in all languages if they repeat in one. `deduplicate` all: no text occurs twice; across: no
    validation or test text occurs in another split or twice in its own, training keeps its repetitions. Of two rows in
    different splits the training one stays. A text that occurs with two labels is dropped wherever it occurs, if texts
    may occur once only. Memory: a part of the spool; on disk 15 bytes for each text that occurs more than once.
    IdTwiceError names an id that two rows have which stay.
    """
    names = _key_names(schema_of(card))
    keys = Repeated((_keys(part) for part in spool.parts(names)), rows * len(names), draft / "keys")
    judge = Judge(keys, card.deduplicate)
    if len(keys):
        for part in spool.parts(["split", "label", *names]):
            judge.learn(_keys(part, "exact"), _keys(part, "near"), _strings(part, "split"), _strings(part, "label"))
    writers = {lang: TableWriter(draft / "entry" / f"{lang}.parquet") for lang in card.languages}
    try:
        for part in spool.parts():
            kept = _judged(judge, part, removed)
            for lang, writer in writers.items():
                writer.extend(_table(kept, lang))
    finally:
        hashes = {lang: writer.close() for lang, writer in writers.items()}
    return {lang: writer.counts for lang, writer in writers.items()}, sha256_of(hashes)


def _judged(judge: Judge, part: pa.Table, removed: Counter[str]) -> pa.Table:
    """The rows of a part that stay."""
    splits = _strings(part, "split")
    names = _strings(part, "sentence_id")
    reasons = judge.judge(_keys(part, "exact"), _keys(part, "near"), _keys(part, "id")[:, 0], names, splits)
    removed.update(reason for reason in reasons if reason)
    return part.filter(pa.array([not reason for reason in reasons], pa.bool_()))


def _table(rows: pa.Table, lang: str) -> pa.Table:
    """Rows of the spool as Sentences of one language."""
    language = pa.array([lang] * len(rows), pa.string())
    columns = {
        "sentence_id": rows["sentence_id"], "lang": language, "text": rows[f"text {lang}"], "split": rows["split"],
        "document": rows["document"], "label": rows["label"], "tree": rows[f"tree {lang}"],
        "syntax": rows[f"syntax {lang}"],
    }  # fmt: skip
    return pa.table(columns, schema=SCHEMA)


def _strings(rows: pa.Table, column: str) -> list[str]:
    return [str(value) for value in rows[column].to_pylist()]


def _key_names(schema: pa.Schema, kind: str = "") -> list[str]:
    names = [field.name for field in schema if field.type == pa.uint64()]
    return [name for name in names if name.split(" ")[0] == kind or not kind]


def _keys(rows: pa.Table, kind: str = "") -> NDArray[np.uint64]:
    """Keys of one kind, or of all, [rows, columns of that kind]."""
    columns = [rows[name].to_numpy() for name in _key_names(rows.schema, kind)]
    return np.stack(columns, axis=1) if columns else np.zeros((len(rows), 0), np.uint64)
