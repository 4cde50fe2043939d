"""One's own tables: CSV, JSON lines and Parquet, by the names of their columns."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from corpora.errors import CorpusError, unknown
from corpora.readers import Row, Source, reader, text_lines
from corpora.table import SPLITS

Record = tuple[str, dict[str, Any]]


@reader("records")
def records(source: Source) -> Iterator[Row]:
    """A row a record, in one language from the column `text`, or aligned from a column a language.

    Options: `text`, `id`, `label`, `document`, `split` name columns (the text of several languages: a mapping from
    languages to columns); those that are called so are found by themselves. CorpusError names the record that lacks a
    text or names a split that there is not.
    """
    (path,) = source.files.values()
    names = columns(path)
    texts = text_columns(names, source.languages, source.options.get("text"), path.name)
    wanted = {key: named(names, key, source.options, path.name) for key in ("id", "label", "document", "split")}
    for number, (where, record) in enumerate(_records(path), 1):
        found = {key: str(record.get(column) or "").strip() if column else "" for key, column in wanted.items()}
        if found["split"] and found["split"] not in SPLITS:
            raise CorpusError(f"{where}: {unknown('split', found['split'], SPLITS)}")
        text = {lang: record.get(column) for lang, column in texts.items()}
        for lang, value in text.items():
            if not isinstance(value, str):
                raise CorpusError(f'{where}: the column "{texts[lang]}" holds no text.')
        name = found["id"] or f"record-{number:07d}"
        yield Row(name, dict(text), found["split"], found["document"], found["label"], where=where)  # type: ignore[arg-type]


def named(names: list[str], key: str, options: Any, file: str) -> str:
    """The column that an option names, or the one that is called so, or ""."""
    column = options.get(key) or (key if key in names else "")
    if column and column not in names:
        raise CorpusError(f"{file}: {unknown('column', column, names)}")
    return str(column)


def text_columns(names: list[str], languages: Iterable[str], option: Any, file: str) -> dict[str, str]:
    """By language the column of its text."""
    languages = tuple(languages)
    if isinstance(option, dict):
        found = {lang: str(option.get(lang, lang)) for lang in languages}
    elif len(languages) == 1:
        found = {languages[0]: str(option or ("text" if "text" in names else languages[0]))}
    else:
        found = {lang: lang for lang in languages}
    for column in found.values():
        if column not in names:
            raise CorpusError(f"{file}: {unknown('column', column, names)} Say which: corpus_options.text=COLUMN.")
    return found


def columns(path: Path) -> list[str]:
    """The names of a table's columns."""
    if path.suffix == ".parquet":
        return list(_parquet(path).schema_arrow.names)
    if path.suffix == ".csv":
        return _csv_head(path)
    _, first = next(_json_lines(path), ("", {}))
    return list(first)


def _records(path: Path) -> Iterator[Record]:
    kinds = {".parquet": _parquet_rows, ".csv": _csv_rows, ".jsonl": _json_lines}
    return kinds[path.suffix](path)


def _parquet(path: Path) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise CorpusError(f"{path.name} is not a Parquet file ({str(error).splitlines()[0][:80]}).") from None


def _parquet_rows(path: Path) -> Iterator[Record]:
    number = 0
    for batch in _parquet(path).iter_batches():
        for record in batch.to_pylist():
            number += 1
            yield f"{path.name}, row {number}", record


def _csv_lines(path: Path) -> Any:
    return csv.reader((line + "\n" for _, line in text_lines(path)), strict=True)


def _csv_head(path: Path) -> list[str]:
    try:
        return [name.strip() for name in next(_csv_lines(path), [])]
    except csv.Error as error:
        raise CorpusError(f"{path.name}, line 1: not CSV ({error}).") from None


def _csv_rows(path: Path) -> Iterator[Record]:
    lines = _csv_lines(path)
    names: list[str] = []
    try:
        for cells in lines:
            where = f"{path.name}, line {lines.line_num}"
            if not names:
                names = [cell.strip() for cell in cells]
            elif len(cells) != len(names):
                if any(cell.strip() for cell in cells):
                    raise CorpusError(f"{where}: {len(cells)} fields where the first line names {len(names)}.")
            else:
                yield where, dict(zip(names, (cell.rstrip("\n") for cell in cells), strict=True))
    except csv.Error as error:
        raise CorpusError(f"{path.name}, line {lines.line_num}: not CSV ({error}): mind the quotes.") from None


def _json_lines(path: Path) -> Iterator[Record]:
    for number, line in text_lines(path):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except json.JSONDecodeError as error:
            raise CorpusError(f"{path.name}, line {number}: not JSON ({error.msg}).") from None
        if not isinstance(item, dict):
            raise CorpusError(f"{path.name}, line {number}: not a JSON object.")
        yield f"{path.name}, line {number}", item
