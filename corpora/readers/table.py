"""Tab-separated values under a line of column names: one text a row, with its label, document and split."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from corpora.errors import CorpusError, unknown
from corpora.readers import Row, Source, reader, text_lines


@reader("table")
def table(source: Source) -> Iterator[Row]:
    """One row a line; the first line names the columns.

    Options: `text` and, where there are any, `id`, `label`, `document`, `split` name columns. `labels` maps a label to
    the values that mean it, and leaves rows with other values out. `splits` maps the source's split names. `held_out`
    {valid: v, test: t}: without a split column, documents (or rows, where there are none) are dealt out by the hash of
    their name, v and t of a hundred to validation and test; with one, the training rows are. `instead` maps markup to
    what is read instead of it. CorpusError names the line whose columns do not line up.
    """
    (lang, path), *more = source.files.items()
    if more or len(source.languages) != 1:
        raise CorpusError(f"{path.name}: a table holds one language, in one file.")
    options, lang = source.options, source.languages[0]
    lines = text_lines(path)
    names = next(lines, (1, ""))[1].split("\t")
    wanted = {key: options[key] for key in ("text", "id", "label", "document", "split") if options.get(key)}
    for column in wanted.values():
        if column not in names:
            raise CorpusError(f"{path.name}: {unknown('column', column, names)}")
    at = {key: names.index(column) for key, column in wanted.items()}
    meaning = {str(value): label for label, values in (options.get("labels") or {}).items() for value in values}
    for number, line in lines:
        cells = line.split("\t")
        where = f"{path.name}, line {number}"
        if len(cells) != len(names):
            raise CorpusError(f"{where}: {len(cells)} columns where the first line names {len(names)}.")
        found = {key: cells[place].strip() for key, place in at.items()}
        label = found.get("label", "")
        if meaning and label not in meaning:
            continue
        document = found.get("document", "")
        name = found.get("id") or f"line-{number:07d}"
        split = _split(found.get("split"), document or name, options, where)
        text = found["text"]
        for markup, other in (options.get("instead") or {}).items():
            text = text.replace(markup, other)
        yield Row(name, {lang: text}, split, document, meaning.get(label, label), where=where)


def _split(given: str | None, name: str, options: Mapping[str, Any], where: str) -> str:
    if given is not None:
        splits = options.get("splits") or {split: split for split in ("train", "valid", "test")}
        if given not in splits:
            raise CorpusError(f'{where}: the split "{given}" is not one that the card maps.')
        if splits[given] != "train" or not options.get("held_out"):
            return str(splits[given])
    shares = options.get("held_out")
    if not shares:
        return ""
    return dealt(name, shares)


def dealt(name: str, shares: Mapping[str, int]) -> str:
    """The split of a document by the hash of its name: `shares` {valid, test} of a hundred."""
    place = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4, person=b"held-out").digest(), "little") % 100
    return "test" if place < shares["test"] else "valid" if place < shares["test"] + shares["valid"] else "train"
