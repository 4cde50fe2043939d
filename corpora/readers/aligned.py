"""Aligned plain text: a file a language, one sentence a line, line by line the same sentence."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from corpora.errors import CorpusError
from corpora.readers import Row, Source, reader, text_lines


@reader("aligned")
def aligned(source: Source) -> Iterator[Row]:
    """Line n of every file is one sentence; option `documents`: a file whose line n names the document of line n.

    CorpusError names the first line that one of the files lacks.
    """
    names = [*source.languages, *([source.options["documents"]] if "documents" in source.options else [])]
    streams = [text_lines(source.files[name]) for name in names]
    for number, lines in enumerate(zip_longest(*streams), 1):
        missing = [name for name, line in zip(names, lines, strict=True) if line is None]
        if missing:
            raise CorpusError(f"{source.files[missing[0]].name} has no line {number}, another file has: not aligned.")
        texts = {lang: lines[i][1] for i, lang in enumerate(source.languages)}
        document = lines[-1][1].split("\t")[0].strip() if len(names) > len(source.languages) else ""
        yield Row(f"line-{number:07d}", texts, document=document, where=f"line {number}")
