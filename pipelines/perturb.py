"""Putting plain sentences into another order, for the eye and for other programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise

import numpy as np

from pipelines.encoding import is_movable
from pipelines.errors import PipelineError
from pipelines.normalise import MARK, is_final, normalise
from pipelines.orders import Order
from pipelines.reorder import permutation, sentence_keys
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
    lower: bool = True,
    keep_final: bool = True,
    ids: Sequence[str] | None = None,
) -> Iterator[str]:
    """Each sentence in the given order, one string each, in chunks of 2,000.

    A sentence's stream belongs to its id; where none are given, to its text: the same sentence comes out the same
    wherever it stands. Whole words are joined by spaces and smaller units too; final punctuation follows unspaced.

    >>> from pipelines.orders import get_order
    >>> from pipelines.units import get_unit
    >>> list(perturb(["고양이가 생선을 먹었다."], "ko", get_unit("eojeol", "ko"), get_order("reverse")))
    ['먹었다 생선을 고양이가.']
    """
    refuse_pieces(unit)
    stream, done = iter(sentences), 0
    while chunk := list(islice(stream, CHUNK)):
        normal = [normalise(text, lang, lower=lower) for text in chunk]
        cut = unit.segment(normal)
        names = normal if ids is None else ids[done : done + len(chunk)]
        offsets = np.concatenate([[0], np.cumsum([len(units) for units in cut])]).astype(np.int64)
        flat = [piece for units in cut for piece in units]
        movable = np.array([flag for units in cut for flag in is_movable(units, keep_final)], dtype=bool)
        placed = permutation(offsets, movable, sentence_keys(names), order, unit=unit.name, seed=seed, draw=draw)
        for begin, end in pairwise(offsets):
            yield write_out([flat[i] for i in placed[begin:end]])
        done += len(chunk)


def refuse_pieces(unit: Unit) -> None:
    """Plain text has no vocabulary: PipelineError for a unit that is made of its pieces."""
    if unit.pieces:
        raise PipelineError(
            f'The unit "{unit.name}" needs a vocabulary: use it in a study, as in --set units.ko=[{unit.name}].'
        )


def write_out(units: Sequence[str]) -> str:
    """Units as a line of text: spaces between units, none before final punctuation."""
    words = [unit.lstrip(MARK).replace(MARK, " ") for unit in units]
    if len(words) > 1 and is_final(units[-1]):
        words[-2:] = [words[-2] + words[-1]]
    return " ".join(words)
