"""One's own tables: CSV, TSV, JSON lines and Parquet, by the names of their columns."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from corpora.errors import CorpusError, unknown
from corpora.readers import LONGEST, Row, Source, ending, reader, text_lines
from corpora.splits import dealt
from corpora.table import SPLITS

NAMED = ("id", "label", "document", "split")
OPTIONS = ("text", *NAMED, "labels", "held_out")
Record = tuple[str, dict[str, Any]]


@reader("records")
def records(source: Source) -> Iterator[Row]:
    """A row a record, in one language from the column `text`, or aligned from a column a language.

    Options: `text`, `id`, `label`, `document`, `split` name columns (the text of several languages: a mapping from
    languages to columns); those that are called so are found by themselves. `labels` maps a label to the values that
    mean it, and leaves records with other values out. `held_out` {valid: v, test: t}: v and t of a hundred documents
    (records, where there are none), where no column says the split; otherwise five each. CorpusError names the
    record that lacks a text or names a split that there is not.
    """
    (path,) = source.files.values()
    names = columns(path)
    texts = text_columns(names, source.languages, source.options.get("text"), path.name)
    wanted = {key: named(names, key, source.options, path.name) for key in NAMED}
    labels, met = meanings(source.options.get("labels"), wanted["label"], path.name), set[str]()
    shares = _shares(source.options.get("held_out"), path.name)
    for number, (where, record) in enumerate(_records(path), 1):
        found = {key: _told(record.get(column)) if column else "" for key, column in wanted.items()}
        for key in NAMED:
            if not wanted[key] and key not in source.options and record.get(key) is not None:
                raise CorpusError(f'{where} has "{key}", the first record has not: give it to all, or to none.')
        if found["split"] and found["split"] not in SPLITS:
            raise CorpusError(f"{where}: {unknown('split', found['split'], SPLITS)}")
        text = {lang: record.get(column, "") for lang, column in texts.items()}
        for lang, value in text.items():
            if texts[lang] not in record:
                raise CorpusError(f"{where}: {unknown('column', texts[lang], record)}")
            if not isinstance(value, str | None):
                raise CorpusError(f'{where}: the column "{texts[lang]}" holds {value!r}, which is no text.')
        if wanted["split"] and not found["split"]:
            raise CorpusError(f"{where}: the split is empty: write {', '.join(SPLITS)}.")
        left_out = "another label" if labels and found["label"] not in labels else ""
        met.add(labels.get(found["label"], ""))
        name = found["id"] or f"record-{number:07d}"
        split = found["split"] or (dealt(found["document"] or name, shares) if shares else "")
        label = labels.get(found["label"], found["label"])
        given = {lang: value or "" for lang, value in text.items()}
        yield Row(name, given, split, found["document"], label, where=where, left_out=left_out)
    missing = sorted(set(labels.values()) - met)
    if missing:
        raise CorpusError(
            f"{path.name}: no record has a label that means {', '.join(missing)}: mend the option labels."
        )


def _told(value: Any) -> str:
    return "" if value is None else str(value).strip()


def meanings(option: Any, column: str, file: str) -> dict[str, str]:
    """By value of the label column the label that it means; CorpusError where the option is no such mapping."""
    if option is None:
        return {}
    if not isinstance(option, dict) or not all(isinstance(values, list) for values in option.values()):
        raise CorpusError(f"{file}: write the option labels as in {{positive: [4, 5], negative: [1, 2]}}.")
    if not column:
        raise CorpusError(f"{file}: the option labels needs a column of labels: name it, label=COLUMN.")
    found: dict[str, str] = {}
    for label, values in option.items():
        for value in map(str, values):
            if value in found:
                raise CorpusError(f"{file}: labels: {value} means {found[value]} and {label}: it can mean one label.")
            found[value] = str(label)
    return found


def _shares(option: Any, file: str) -> dict[str, int]:
    if option is None:
        return {}
    if (
        not isinstance(option, dict)
        or set(option) != {"valid", "test"}
        or not all(isinstance(share, int) and 0 < share < 50 for share in option.values())
    ):
        raise CorpusError(
            f"{file}: write the option held_out as in {{valid: 5, test: 5}}: of a hundred, each below 50."
        )
    return dict(option)


def named(names: list[str], key: str, options: Any, file: str) -> str:
    """The column that an option names ("": none, whatever there is), or the one that is called so, or ""."""
    column = options.get(key, key if key in names else "") or ""
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
            raise CorpusError(f"{file}: {unknown('column', column, names)} Say which by the option text=COLUMN.")
    return found


def columns(path: Path) -> list[str]:
    """The names of a table's columns."""
    if ending(path) == ".parquet":
        return list(_parquet(path).schema_arrow.names)
    if ending(path) in (".csv", ".tsv"):
        return _csv_head(path)
    _, first = next(_json_lines(path), ("", {}))
    return list(first)


def _records(path: Path) -> Iterator[Record]:
    kinds = {".parquet": _parquet_rows, ".csv": _csv_rows, ".tsv": _csv_rows, ".jsonl": _json_lines}
    return kinds[ending(path)](path)


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
    """Fields of CSV; of TSV, where no quotes are: a field holds neither tab nor line end."""
    csv.field_size_limit(LONGEST)
    lines = (line + "\n" for _, line in text_lines(path))
    if ending(path) == ".tsv":
        return csv.reader(lines, strict=True, delimiter="\t", quoting=csv.QUOTE_NONE)
    return csv.reader(lines, strict=True)


def _csv_head(path: Path) -> list[str]:
    try:
        names = [name.strip() for name in next(_csv_lines(path), [])]
    except csv.Error as error:
        raise CorpusError(f"{path.name}, line 1: not CSV ({error}). Quote fields that hold commas or quotes.") from None
    for name in names:
        if names.count(name) > 1:
            raise CorpusError(f'{path.name}, line 1: two columns are called "{name}": rename one.')
    return names


def _csv_rows(path: Path) -> Iterator[Record]:
    names, lines = columns(path), _csv_lines(path)
    begin = 1
    try:
        for cells in lines:
            where = f"{path.name}, line {begin}"
            if begin > 1 and len(cells) == len(names):
                yield where, dict(zip(names, (cell.rstrip("\n") for cell in cells), strict=True))
            elif begin > 1 and any(cell.strip() for cell in cells):
                raise CorpusError(
                    f"{where}: {len(cells)} fields where the first line names {len(names)}: mend the line, or quote "
                    "what holds a separator."
                )
            begin = lines.line_num + 1
    except csv.Error as error:
        raise CorpusError(
            f"{path.name}, line {begin}: not CSV ({error}). Quote fields that hold commas or quotes."
        ) from None


def _json_lines(path: Path) -> Iterator[Record]:
    for number, line in text_lines(path):
        if not line.strip():
            continue
        where = f"{path.name}, line {number}"
        try:
            item = json.loads(line)
        except json.JSONDecodeError as error:
            raise CorpusError(f"{where}: not a JSON object ({error.msg}, column {error.colno}).") from None
        except (ValueError, RecursionError) as error:
            raise CorpusError(f"{where}: not a JSON object that can be read ({str(error)[:60]}).") from None
        if not isinstance(item, dict):
            raise CorpusError(f"{where}: not a JSON object but {line.strip()[:40]}.")
        yield where, item
