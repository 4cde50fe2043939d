"""Film reviews as the archive of the Large Movie Review Dataset holds them, or written as one table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from corpora.archives import files
from corpora.errors import CorpusError
from corpora.readers import Row, Source, reader
from corpora.readers.table import rows_of, table

_NAME = re.compile(r"aclImdb/(train|test)/(pos|neg)/(\d+)_(\d+)\.txt")
LARGEST = 1 << 20
"""Bytes of a review; the longest of the real ones has fewer than 16,000 characters."""


@reader("reviews")
def reviews(source: Source) -> Iterator[Row]:
    """The same rows of a table, read as the reader `table` does, and of the archive (its name ends .tar.gz).

    The archive has a file a review, aclImdb/SPLIT/LABEL/ID_RATING.txt, which becomes the columns split, label, id,
    rating and review; its reviews without a label are not read. CorpusError names a review that is no text.
    """
    (path,) = source.files.values()
    if not path.name.endswith(".tar.gz"):
        yield from table(source)
        return
    names = ["split", "label", "id", "rating", "review"]
    yield from rows_of(names, _cells(path), source, path.name)


def _cells(path: Path) -> Iterator[tuple[str, list[str]]]:
    for name, size, opened in files(path):
        found = _NAME.fullmatch(name)
        if found:
            yield f"{path.name}, {name}", [*found.groups(), _text(path, name, size, opened)]


def _text(path: Path, name: str, size: int, opened: IO[bytes]) -> str:
    if size > LARGEST:
        raise CorpusError(f"{path.name}: {name} is larger than 1 MiB: it is no review. Get the archive again.")
    try:
        return opened.read().decode("utf-8")
    except UnicodeDecodeError:
        raise CorpusError(f"{path.name}: {name} is not UTF-8: get the archive again.") from None
