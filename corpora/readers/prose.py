"""Korean prose in plain files, cut into sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from corpora.readers import Row, Source, reader, text_lines
from corpora.splits import dealt

_END = re.compile(r"(?<=[.?!])\s+|(?<=다\.)(?=[^\s\d”’\"')\]」｣])")
_LAST = re.compile(r"[^\W\d_][.?!][”’\"']?$")
_PAGE = re.compile(r"\s*-\s*\d+\s*-\s*")


@reader("prose")
def prose(source: Source) -> Iterator[Row]:
    """A row a sentence: two words or more, the last one letters and . ? or !; the paragraph is its document.

    `wrapped`: lines are cut at the page's edge, also inside words; one that begins with a space, and a page's number,
    begin a paragraph. What ends otherwise (headings, tables, dates) is left out, and what has a row of dashes (for text
    that a bill leaves as it is). `held_out` {valid, test}: of a hundred paragraphs.
    """
    (lang,) = source.languages
    for path in sorted(source.files.values(), key=lambda path: path.name):
        for number, paragraph in enumerate(_paragraphs(path, wrapped=source.options["wrapped"]), 1):
            document = f"{path.stem}-{number:04d}"
            split = dealt(document, source.options["held_out"])
            for place, text in enumerate(_END.split(paragraph), 1):
                if _is_sentence(text.strip()):
                    yield Row(f"{document}-{place:02d}", {lang: text.strip()}, split, document, where=f"{path.name}")


def _is_sentence(text: str) -> bool:
    words = [word for word in text.split() if any(letter.isalpha() for letter in word)]
    return len(words) > 1 and _LAST.search(text) is not None and "--" not in text


def _paragraphs(path: Path, *, wrapped: bool) -> Iterator[str]:
    if not wrapped:
        yield from (line for _, line in text_lines(path) if line.strip())
        return
    held = ""
    for _, line in text_lines(path):
        page = _PAGE.fullmatch(line) is not None
        if (page or line.startswith((" ", "\u3000"))) and held:
            yield held
            held = ""
        held += "" if page else line
    if held:
        yield held
