"""Two columns of aligned text."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

from corpora.errors import CorpusError
from corpora.readers import Row, Source, reader, text_lines

COLUMNS = ("ko", "en")
NAMES = {
    **dict.fromkeys(("ko", "kor", "korean", "한국어"), "ko"), **dict.fromkeys(("en", "eng", "english", "영어"), "en"),
}  # fmt: skip
"""What a first line may call the columns."""


@reader("tsv")
def tsv(source: Source) -> Iterator[Row]:
    """One pair a line, Korean and English in either order.

    A first line that reads `ko<TAB>en` (or `en<TAB>ko`, `Korean<TAB>English` and the like) names the columns; else the
    column with Hangul in the first hundred lines is the Korean one. Raises CorpusError naming the line where columns do
    not line up.
    """
    (path,) = source.files.values()
    rows = text_lines(path)
    head = list(itertools.islice(rows, 100))
    names = _named(head) or _by_script(path, head)
    skip = _named(head) is not None
    for number, line in itertools.islice(itertools.chain(head, rows), 1 if skip else 0, None):
        if not line.strip():
            continue
        cells = line.split("\t")
        where = f"{path.name}, line {number}"
        if len(cells) != 2:
            raise CorpusError(f"{where}: {len(cells)} columns where there should be 2, separated by one tab.")
        texts = dict(zip(names, cells, strict=True))
        empty = [lang for lang, text in texts.items() if not text.strip()]
        if empty:
            raise CorpusError(
                f"{where}: the {empty[0]} column is empty: give the sentence its partner or remove the line."
            )
        yield Row(f"line-{number:07d}", texts, where=where)


def _named(head: list[tuple[int, str]]) -> tuple[str, str] | None:
    first = tuple(NAMES.get(cell.strip().lower(), "") for cell in head[0][1].split("\t")) if head else ()
    return (first[0], first[1]) if set(first) == set(COLUMNS) and len(first) == 2 else None


def _by_script(path: Path, head: list[tuple[int, str]]) -> tuple[str, str]:
    """Which column is Korean, by where Hangul stands."""
    counts = [0, 0]
    for _, line in head:
        for column, cell in enumerate(line.split("\t")[:2]):
            counts[column] += any("가" <= letter <= "힣" for letter in cell)
    if counts[0] == counts[1]:
        raise CorpusError(
            f'{path.name}: which column is Korean cannot be told: begin the file with a line "ko<TAB>en".'
        )
    return ("ko", "en") if counts[0] > counts[1] else ("en", "ko")
