"""Tab-separated values under a line of column names: one text a row, with its label, document and split."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from corpora.errors import CorpusError, unknown
from corpora.readers import Row, Source, reader, text_lines
from corpora.splits import dealt
from corpora.table import SPLITS


@reader("table")
def table(source: Source) -> Iterator[Row]:
    """One row a line; the first line of each file names the columns. One file, or one a split.

    Options: `text` and, where there are any, `id` (one column, or several that name a row together), `label`,
    `document`, `split` name columns. `labels` maps a label to the values that mean it, and leaves rows with other
    values out. `splits` maps the source's split names. `held_out` {valid: v, test: t}: where nothing says the split,
    documents (or rows, where there are none) are dealt out by the hash of their name, v and t of a hundred to
    validation and test; where a column or the file does, the training rows are. `instead` maps markup to what is read
    instead of it. `sentences`: each text is cut into English sentences (`sentences_of`), and is their document.
    CorpusError names the line whose columns do not line up.
    """
    for key, path in source.files.items():
        lines = text_lines(path)
        names = next(lines, (1, ""))[1].split("\t")
        split = key.rpartition(".")[2]
        yield from rows_of(
            names, _cells(path, lines, len(names)), source, path.name, split if split in SPLITS else None
        )


def _cells(path: Path, lines: Iterator[tuple[int, str]], width: int) -> Iterator[tuple[str, list[str]]]:
    """Where each line is, and its cells."""
    for number, line in lines:
        cells = line.split("\t")
        if len(cells) != width:
            raise CorpusError(f"{path.name}, line {number}: {len(cells)} columns where the first line names {width}.")
        yield f"{path.name}, line {number}", cells


def rows_of(
    names: list[str], cells: Iterable[tuple[str, list[str]]], source: Source, file: str, split: str | None = None
) -> Iterator[Row]:
    """Rows of cells under these column names, by the options of `table`; split: the one that the whole file is of."""
    if len(source.languages) != 1:
        raise CorpusError(f"{file}: a table holds one language.")
    options, (lang,) = source.options, source.languages
    wanted = {key: options[key] for key in ("text", "label", "document", "split") if options.get(key)}
    identity = options.get("id") or []
    identity = [identity] if isinstance(identity, str) else identity
    for column in (*wanted.values(), *identity):
        if column not in names:
            raise CorpusError(f"{file}: {unknown('column', column, names)}")
    at = {key: names.index(column) for key, column in wanted.items()}
    naming = [names.index(column) for column in identity]
    meaning = {str(value): label for label, values in (options.get("labels") or {}).items() for value in values}
    for number, (where, row) in enumerate(cells, 2):
        found = {key: row[place].strip() for key, place in at.items()}
        label = found.get("label", "")
        left_out = "another label" if meaning and label not in meaning else ""
        document = found.get("document", "")
        name = "-".join(row[place].strip() for place in naming) or f"{split or 'line'}-{number:07d}"
        part = _split(found.get("split", split), document or name, options, where)
        text = found["text"]
        for markup, other in (options.get("instead") or {}).items():
            text = text.replace(markup, other)
        label = meaning.get(label, label)
        if not options.get("sentences"):
            yield Row(name, {lang: text}, part, document, label, where=where, left_out=left_out)
            continue
        for place, sentence in enumerate(sentences_of(text), 1):
            own = f"{name}-{place:03d}"
            yield Row(own, {lang: sentence}, part, document or name, label, where=where, left_out=left_out)


_ENDS = re.compile(r"""(?<=[.!?])(?P<closing>["')\]]*)\s+(?=["'(\[]?[A-Z0-9])""")
_ABBREVIATED = re.compile(r"(?:^|[\s(\"'])(?:[A-HJ-Z]|Mr|Mrs|Ms|Dr|St|Jr|Sr|Prof|Lt|Col|Gen|vs|e\.g|i\.e)\.$")
_NUMBERED = re.compile(r"(?:^|[\s(\"'])(?:[Nn]o|Vol|Pt|Ep)\.$")


def sentences_of(text: str) -> Iterator[str]:
    """English sentences: a text cut after . ! ? (and what closes there) before a capital or a figure, but not after an
    initial or a title, nor between No. and its figure.

    >>> list(sentences_of('I saw Mr. Bean. "Twice!" It was fun... really.'))
    ['I saw Mr. Bean.', '"Twice!"', 'It was fun... really.']
    """
    begin = 0
    for match in _ENDS.finditer(text):
        before = text[begin : match.start()]
        numbered = text[match.end()].isdigit() and _NUMBERED.search(before)
        if not numbered and not _ABBREVIATED.search(before):
            yield text[begin : match.end("closing")].strip()
            begin = match.end()
    if text[begin:].strip():
        yield text[begin:].strip()


def _split(given: str | None, name: str, options: Mapping[str, Any], where: str) -> str:
    if given is not None:
        splits = options.get("splits") or {split: split for split in SPLITS}
        if given not in splits:
            raise CorpusError(f'{where}: the split "{given}" is not one that the card maps.')
        if splits[given] != "train" or not options.get("held_out"):
            return str(splits[given])
    shares = options.get("held_out")
    if not shares:
        return ""
    return dealt(name, shares)
