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
from corpora.splits import dealt

_NOTE = re.compile(r"\{[^}]*\}|&gt;|\(\d+:\d+\)")
_POINTS = "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u034f"
_WRITTEN = re.compile(rf"(?<![א-ת{_POINTS}])[א-ת]+(?![א-ת{_POINTS}])")
"""A Hebrew word without a single point or accent."""


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
    """Columns id, book, chapter, verse, text; translators' notes, which stand in braces, the numbers of moved
    verses and a rest of the psalms' titles ("&gt;") are left out."""
    lines = (line for _, line in text_lines(_path(source)))
    next(lines, None)
    for cells in csv.reader(lines):
        if len(cells) != 5:
            raise CorpusError(f"{_path(source).name}: {len(cells)} columns in a line where there should be five.")
        book, chapter, verse = (int(cell) for cell in cells[1:4])
        yield _row(source, book, chapter, verse, _NOTE.sub("", cells[4]))


@reader("tanakh")
def tanakh(source: Source) -> Iterator[Row]:
    """Books of chapters of verses; vowel points and accents stay, and so do maqaf and sof pasuq.

    Where a word is written one way and read another, the source has both, the written one without points: option
    `written` keeps it, else only what is read stays. A paseq and an inverted nun belong to the word before them (or
    after, where there is none): they are no words. A verse that this edition lacks is empty.
    """
    for book, chapters in enumerate(_json(_path(source)), 1):
        for chapter, verses in enumerate(chapters, 1):
            for verse, text in enumerate(verses, 1):
                yield _row(source, book, chapter, verse, read_aloud(text, written=source.options["written"]))


def read_aloud(text: str, *, written: bool) -> str:
    """A verse without signs that stand alone, and, unless `written`, without words that are not read.

    >>> read_aloud("אֲסִירֵ֥י אסורי הַמֶּ֖לֶךְ ׀", written=False)
    'אֲסִירֵ֥י הַמֶּ֖לֶךְ׀'
    """
    if not written:
        text = re.sub(r"־[\s־]+", "־", _WRITTEN.sub("", text))
    text = re.sub(r"^׆\s+", "׆", re.sub(r"\s+([׀׆])", r"\1", " ".join(text.split())))
    return text if re.search("[א-ת]", text) else ""


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
