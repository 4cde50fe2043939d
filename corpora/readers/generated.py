"""The embedded grammar, read as if it were a file."""

from __future__ import annotations

from collections.abc import Iterator

from corpora.readers import Row, Source, reader


@reader("grammar")
def grammar(source: Source) -> Iterator[Row]:
    """Aligned pairs with trees; the options are the grammar's switches."""
    from corpora.grammar.generate import generate
    from corpora.grammar.switches import switches_of

    return generate(switches_of(source.options))
