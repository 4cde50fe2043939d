"""Minimal pairs: an acceptable and an unacceptable sentence that differ as little as possible."""

from __future__ import annotations

import json
from collections.abc import Iterator

from corpora.errors import CorpusError
from corpora.readers import Row, Source, reader, text_lines


@reader("minimal_pairs")
def minimal_pairs(source: Source) -> Iterator[Row]:
    """Two rows a line of JSON, labelled good and bad, whose document is the pair; all are for testing.

    Fields: sentence_good, sentence_bad, and UID (the paradigm) with pairID (the pair's number), which name the pair.
    """
    (lang,) = source.languages
    for path in source.files.values():
        for number, line in text_lines(path):
            where = f"{path.name}, line {number}"
            try:
                item = json.loads(line)
                pair = f"{item['UID']}-{item['pairID']}"
                texts = {"good": item["sentence_good"], "bad": item["sentence_bad"]}
            except (json.JSONDecodeError, KeyError, TypeError) as error:
                raise CorpusError(f"{where}: no minimal pair ({type(error).__name__}: {error}).") from None
            for label, text in texts.items():
                yield Row(f"{pair}-{label}", {lang: text}, "test", pair, label, where=where)
