"""Plain text, one sentence a line."""

from __future__ import annotations

from collections.abc import Iterator

from corpora.errors import CorpusError
from corpora.readers import Row, Source, reader, text_lines


@reader("lines")
def lines(source: Source) -> Iterator[Row]:
    """Every line that is not blank, in the one language asked for."""
    if len(source.languages) != 1:
        raise CorpusError("A text file has one language: say which, as in LANG=ko (for both, give a two-column .tsv).")
    (lang,), (path,) = source.languages, source.files.values()
    for number, line in text_lines(path):
        if line.strip():
            yield Row(f"line-{number:07d}", {lang: line}, where=f"{path.name}, line {number}")
