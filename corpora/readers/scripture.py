"""Scripture, a verse a row: the World English Bible, the Tanakh and the Quran as distributions hold them."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from corpora.errors import CorpusError
from corpora.readers import Row, Source, reader, text_lines
from corpora.readers.table import dealt

_NOTE = re.compile(r"\{[^}]*\}")


def _row(source: Source, book: int, chapter: int, verse: int, text: str) -> Row:
    """The verse, its chapter as document, dealt out by chapters."""
    (lang,) = source.languages
    document = f"{book:03d}:{chapter:03d}"
    name = f"{document}:{verse:03d}"
    return Row(name, {lang: text}, dealt(document, source.options["held_out"]), document, where=f"verse {name}")


def _path(source: Source) -> Path:
    (path,) = source.files.values()
    return path


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise CorpusError(f"{path.name} is not JSON in UTF-8 ({error}): get it again.") from None


@reader("web_bible")
def web_bible(source: Source) -> Iterator[Row]:
    """Columns id, book, chapter, verse, text; translators' notes, which stand in braces, are left out."""
    lines = (line for _, line in text_lines(_path(source)))
    next(lines, None)
    for cells in csv.reader(lines):
        if len(cells) != 5:
            raise CorpusError(f"{_path(source).name}: {len(cells)} columns in a line where there should be five.")
        book, chapter, verse = (int(cell) for cell in cells[1:4])
        yield _row(source, book, chapter, verse, _NOTE.sub("", cells[4]))


@reader("tanakh")
def tanakh(source: Source) -> Iterator[Row]:
    """Books of chapters of verses; vowel points and accents stay, and so do maqaf and sof pasuq."""
    for book, chapters in enumerate(_json(_path(source)), 1):
        for chapter, verses in enumerate(chapters, 1):
            for verse, text in enumerate(verses, 1):
                yield _row(source, book, chapter, verse, text)


@reader("quran")
def quran(source: Source) -> Iterator[Row]:
    """Words and the places where verses (ayah) and suras begin; vowelled, without pause marks and verse numbers."""
    found = _json(_path(source))
    words, starts = found["words"], [*found["ayah_starts"], len(found["words"])]
    suras, sura, verse = set(found["surah_starts"]), 0, 0
    for begin, end in pairwise(starts):
        if begin in suras:
            sura, verse = sura + 1, 0
        verse += 1
        yield _row(source, sura, 1, verse, " ".join(words[begin:end]))
