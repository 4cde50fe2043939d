"""What is known of units beside their pieces: for orders that ask for word classes, trees or spelling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpora.syntax import Word
from pipelines.layout import ENDS_IN_CONSONANT, ENDS_SENTENCE, ROOT, UNKNOWN
from pipelines.names import Names
from pipelines.normalise import MARK, closes_sentence
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
    texts: Sequence[str],
    cut: Sequence[Sequence[str]],
    names: Names,
    counts: NDArray[np.int64],
    *,
    tags: bool,
    syntax: Sequence[Sequence[Word]] | None,
) -> Facts:
    """The facts of segmented sentences.

    texts: normalised; cut: their segments; names: [units], the segments end to end, or the pieces of vocabulary in
    them; counts: [sentences], how many of these each sentence has; syntax: the words' heads, where there are trees.
    """
    marks = names.each(lambda name: name.count(MARK), np.int64)
    initial = names.each(lambda name: name.startswith(MARK), np.bool_)
    traits = names.each(_traits, np.uint8)
    tagged = np.zeros(0, np.uint8)
    if tags and unit.classed:
        universal = [[word.tag for word in words] for words in syntax] if syntax is not None else None
        rows = tag(texts, cut, lang, universal)
        tagged = np.fromiter((code for row in rows for code in row), np.uint8, len(names))
    if syntax is None:
        return Facts(initial, tagged, np.zeros(0, np.int32), np.zeros(0, np.uint8), traits)
    sizes = np.fromiter(map(len, syntax), np.int64, len(syntax))
    begin = np.repeat(np.cumsum(sizes) - sizes, counts)
    # The words that a unit opens, counted over all sentences: a sentence opens all of its own.
    word = np.minimum(np.cumsum(marks) - 1, begin + np.repeat(sizes, counts) - 1)
    heads = np.fromiter((_head(one) for words in syntax for one in words), np.int32, int(sizes.sum()))
    relations = np.fromiter((relation_code(one.relation) for words in syntax for one in words), np.uint8, len(heads))
    known = np.repeat(sizes > 0, counts)
    at = np.where(known, word, 0)
    head = np.where(known, heads[at] if len(heads) else UNKNOWN, UNKNOWN).astype(np.int32)
    relation = np.where(known, relations[at] if len(heads) else 0, 0).astype(np.uint8)
    return Facts(initial, tagged, head, relation, traits)


def _head(word: Word) -> int:
    return word.head - 1 if word.head else ROOT


def _traits(name: str) -> int:
    last = name[-1:] or " "
    closed = "가" <= last <= "힣" and (ord(last) - 0xAC00) % 28 > 0
    return ENDS_SENTENCE * closes_sentence(name) + ENDS_IN_CONSONANT * closed
