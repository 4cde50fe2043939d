"""What is known of units beside their pieces: for orders that ask for word classes, trees or spelling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpora.syntax import Word
from pipelines.analysers import get_analyser
from pipelines.cutting import Cut
from pipelines.errors import PipelineError
from pipelines.languages import get_language
from pipelines.layout import ENDS_IN_CONSONANT, ENDS_SENTENCE, ROOT, UNKNOWN
from pipelines.names import Names, names_of
from pipelines.normalise import MARK, ends_text
from pipelines.predicates import word_traits
from pipelines.tags import tag
from pipelines.trees import relation_code
from pipelines.units import Unit


@dataclass(frozen=True)
class Facts:
    """Of every unit, [units]: whether it opens a word, its word class, its word's head and relation, its traits; see
    `layout.Layout`. tag is empty where it was not asked for, head and relation where there are no trees."""

    initial: NDArray[np.bool_]
    tag: NDArray[np.uint8]
    head: NDArray[np.int32]
    relation: NDArray[np.uint8]
    traits: NDArray[np.uint8]


def facts_of(
    lang: str,
    unit: Unit,
    cut: Cut,
    names: Names,
    counts: NDArray[np.int64],
    *,
    tags: bool,
    syntax: Sequence[Sequence[Word]] | None,
) -> Facts:
    """The facts of segmented sentences.

    names: [units], the segments end to end, or the pieces of vocabulary in them; counts: [sentences], how many of these
    each sentence has; syntax: the words' heads, where there are trees.
    """
    marks = names.each(lambda name: name.count(MARK), np.int64)
    initial = names.each(lambda name: name[:1] == MARK, np.bool_)
    spelt = names if unit.pieces or cut.units is cut.plain else names_of(name for units in cut.full for name in units)
    if len(spelt) != len(names):
        raise PipelineError(f'The unit "{unit.name}" and its spellings came apart: report this text as a defect.')
    seen = spelt.each(_endings, np.uint8)
    traits = (seen & np.uint8(ENDS_IN_CONSONANT)) | _ends(seen, initial, counts)
    tagged = np.zeros(0, np.uint8)
    if tags and unit.classed:
        universal = [[word.tag for word in words] for words in syntax] if syntax is not None else None
        rows = tag(cut.texts, cut.plain, lang, universal)
        tagged = np.array([code for row, kept in zip(rows, cut.kept, strict=True) for code in kept.of(row)], np.uint8)
        assert len(tagged) == len(names)
    word = _word_numbers(marks, counts)
    if tags and get_language(lang).analyser is not None:
        flags = [word_traits(analysis) for analysis in get_analyser("mecab").analyse(cut.texts)]
        traits = traits | _of_words(flags, word, counts, np.uint8, 0)
    if syntax is None:
        return Facts(initial, tagged, np.zeros(0, np.int32), np.zeros(0, np.uint8), traits)
    heads = [[_head(one) for one in words] for words in syntax]
    relations = [[relation_code(one.relation) for one in words] for words in syntax]
    head = _of_words(heads, word, counts, np.int32, UNKNOWN)
    return Facts(initial, tagged, head, _of_words(relations, word, counts, np.uint8, 0), traits)


def _word_numbers(marks: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """[units]: the number in its sentence of the last word that each unit opens or is in, from 0."""
    total = np.cumsum(marks)
    start = np.cumsum(counts) - counts
    before = np.concatenate([[0], total])[start]
    number: NDArray[np.int64] = np.maximum(total - np.repeat(before, counts) - 1, 0)
    return number


def _of_words(
    values: Sequence[Sequence[int]], word: NDArray[np.int64], counts: NDArray[np.int64], kind: type, missing: int
) -> NDArray[Any]:
    """[units]: of every unit what is known of its word; `missing` in sentences of which nothing is known."""
    sizes = np.fromiter(map(len, values), np.int64, len(values))
    flat: NDArray[Any] = np.array([*(one for row in values for one in row), missing], kind)
    begin, size = (np.repeat(one, counts) for one in (np.cumsum(sizes) - sizes, sizes))
    return flat[np.where(size > 0, begin + np.minimum(word, size - 1), len(flat) - 1)]


def _head(word: Word) -> int:
    return word.head - 1 if word.head else ROOT


_CLOSING = frozenset("\"'”’)]}›»」』")
_PAUSING = _CLOSING | frozenset(".,?!…。！？؟۔׃")
_IS_CLOSING, _IS_STOP = 4, 8


def _endings(name: str) -> int:
    """How a spelling ends: with a final consonant, with what ends a sentence; whether it is a closing quote or bracket,
    or a single full stop, and nothing else."""
    last = name[-1:]
    if last in _PAUSING:
        bare = name.rstrip("".join(_PAUSING))
        closing = _CLOSING.issuperset(name)
        return (
            ENDS_SENTENCE * ends_text(name) + _consonant(bare[-1:]) + _IS_CLOSING * closing + _IS_STOP * (name == ".")
        )
    return _consonant(last)


def _consonant(last: str) -> int:
    hangul = "가" <= last <= "힣" and (ord(last) - 0xAC00) % 28 > 0
    return ENDS_IN_CONSONANT * bool(hangul or (last and last in "013678lmnLMN"))


def _ends(seen: NDArray[np.uint8], initial: NDArray[np.bool_], counts: NDArray[np.int64]) -> NDArray[np.uint8]:
    """[units]: ENDS_SENTENCE for the last unit of a word that a full stop, question or exclamation mark closes; several
    full stops end nothing."""
    if not len(seen):
        return np.zeros(0, np.uint8)
    opens = initial.copy()
    opens[(np.cumsum(counts) - counts)[counts > 0]] = True
    last = np.append(opens[1:], True)
    dots = seen & _IS_STOP > 0
    stops = (seen & ENDS_SENTENCE > 0) & ~(dots & np.concatenate([[False], dots[:-1]]) & ~opens)
    after_stop = np.concatenate([[False], stops[:-1]]) & ~opens
    ends: NDArray[np.uint8] = (last & (stops | ((seen & _IS_CLOSING > 0) & after_stop))).astype(np.uint8)
    return ends * np.uint8(ENDS_SENTENCE)
