"""Sentences by number, a file a language, and which of them translate which."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from corpora.errors import CorpusError
from corpora.readers import Row, Source, reader, text_lines
from corpora.splits import dealt


@reader("linked")
def linked(source: Source) -> Iterator[Row]:
    """A row a link, named by the numbers of its two sentences and in their order.

    Files of sentences have the columns number, language, text; the option `links` names the file whose columns are a
    number of the first language's file and one of the second's. Links to sentences that are not there are left out.
    Sentences that translate each other, also by way of others, are one document, named by its smallest number; option
    `held_out` {valid, test}: of a hundred documents. CorpusError names the line that has other columns.
    Memory: the links, and the sentences that they name.
    """
    first, second = source.languages
    links = sorted({(left, right) for left, right in _links(source.files[source.options["links"]])})
    texts = {
        first: _texts(source.files[first], {left for left, _ in links}),
        second: _texts(source.files[second], {right for _, right in links}),
    }
    there = [(left, right) for left, right in links if left in texts[first] and right in texts[second]]
    documents = _documents(there)
    for left, right in there:
        document = str(documents[left])
        pair = {first: texts[first][left], second: texts[second][right]}
        split = dealt(document, source.options["held_out"])
        yield Row(f"{left}-{right}", pair, split, document, where=f"sentences {left} and {right}")


def _links(path: Path) -> Iterator[tuple[int, int]]:
    for number, line in text_lines(path):
        cells = line.split("\t")
        if len(cells) != 2 or not all(cell.isdecimal() for cell in cells):
            raise CorpusError(f"{path.name}, line {number}: not two numbers separated by a tab.")
        yield int(cells[0]), int(cells[1])


def _texts(path: Path, wanted: set[int]) -> dict[int, str]:
    found = {}
    for number, line in text_lines(path):
        cells = line.split("\t")
        if len(cells) != 3 or not cells[0].isdecimal():
            raise CorpusError(f"{path.name}, line {number}: not a number, a language and a text separated by tabs.")
        if int(cells[0]) in wanted:
            found[int(cells[0])] = cells[2]
    return found


def _documents(links: list[tuple[int, int]]) -> dict[int, int]:
    """The smallest number of the group that each sentence is linked into (numbers are of all languages)."""
    above: dict[int, int] = {}

    def top(number: int) -> int:
        while (parent := above.setdefault(number, number)) != number:
            above[number] = above[parent]
            number = parent
        return number

    for left, right in links:
        low, high = sorted((top(left), top(right)))
        above[high] = low
    return {number: top(number) for number in list(above)}
