"""Planted languages, read as if they were files."""

from __future__ import annotations

from collections.abc import Iterator

from corpora.errors import CorpusError
from corpora.readers import Row, Source, reader


@reader("planted")
def planted(source: Source) -> Iterator[Row]:
    """Rows of the design that the options declare; the card's languages are its languages, in their order."""
    from corpora.planted import design_of

    design = design_of(source.options)
    if len(source.languages) != design.count:
        raise CorpusError(
            f"planted: {source.options['kind']} is written in {design.count} language(s), and the card names "
            f"{len(source.languages)}: {', '.join(source.languages)}."
        )
    return design.rows(source.languages)
