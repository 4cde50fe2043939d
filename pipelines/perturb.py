"""Putting plain sentences into another order, for the eye and for other programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise

from corpora.syntax import Word
from pipelines.languages import get_language
from pipelines.orders import Order, check_order
from pipelines.plain import Spelling, Training, check_given, plain
from pipelines.reorder import arrange
from pipelines.sequences import write_out
from pipelines.transforms import get_transform
from pipelines.units import Unit

CHUNK = 2_000


def perturb(
    sentences: Iterable[str],
    lang: str,
    unit: Unit,
    order: Order,
    *,
    seed: int = 0,
    draw: int = 0,
    spelling: Spelling | None = None,
    ids: Sequence[str] | None = None,
    syntax: Sequence[Sequence[Word]] | None = None,
    training: Training | None = None,
    show_marks: bool = False,
) -> Iterator[str]:
    """Each sentence in the given order, one string each, in chunks of 2,000.

    A sentence's stream belongs to its id; where none are given, to its text: the same sentence comes out the same
    wherever it stands. Whole words are joined by spaces and smaller units too; final punctuation and case marks follow
    unspaced. ids, syntax: of each sentence; training: text to draw words from, see `plain.plain`.
    show_marks: write the mark that opens a word, and a space between all units.

    >>> from pipelines.orders import get_order
    >>> from pipelines.units import get_unit
    >>> list(perturb(["고양이가 생선을 먹었다."], "ko", get_unit("eojeol", "ko"), get_order("reverse")))
    ['먹었다 생선을 고양이가.']
    """
    check_order(order, lang, unit.name)
    check_given(lang, unit, order, trees=syntax is not None, words=training is not None)
    get_transform((spelling or Spelling()).transform, lang)
    marks = frozenset(get_language(lang).case_marks.values())
    stream, done = iter(sentences), 0
    while chunk := list(islice(stream, CHUNK)):
        here = slice(done, done + len(chunk))
        given = plain(
            chunk, None if ids is None else ids[here], lang, unit, order,
            spelling=spelling, syntax=None if syntax is None else syntax[here], training=training,
        )  # fmt: skip
        arranged = arrange(given.batch, order, seed=seed, draw=draw)
        for begin, end in pairwise(arranged.offsets):
            units = [given.names[i] for i in arranged.units[begin:end]]
            yield " ".join(units) if show_marks else write_out(units, marks)
        done += len(chunk)
