"""Sentences that are in no dataset, ready for an order: plain text, or a split of a corpus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpora.syntax import Word
from pipelines.cutting import Cut, cut_texts
from pipelines.encoding import is_movable
from pipelines.errors import PipelineError
from pipelines.facts import Facts, facts_of
from pipelines.languages import get_language
from pipelines.layout import Pool
from pipelines.names import names_of
from pipelines.orders import Order
from pipelines.reorder import Batch
from pipelines.stream import sentence_keys
from pipelines.tags import COARSE, has_classes
from pipelines.transforms import marks_of
from pipelines.units import Unit


@dataclass(frozen=True)
class Spelling:
    """How text is prepared: lower-cased, final punctuation kept in place, a script transform."""

    lower: bool = True
    keep_final: bool = True
    transform: str = "none"


@dataclass(frozen=True)
class Plain:
    """Segmented sentences: names of all units end to end, then of what edits may put in; the batch that orders see;
    same: [units], equal numbers for equal units."""

    names: list[str]
    batch: Batch
    same: NDArray[np.int64]


@dataclass(frozen=True)
class Training:
    """Text to draw words from, and its trees where it has any."""

    texts: Sequence[str]
    syntax: Sequence[Sequence[Word]] | None = None


def plain(
    texts: Sequence[str],
    ids: Sequence[str] | None,
    lang: str,
    unit: Unit,
    order: Order,
    *,
    spelling: Spelling | None = None,
    syntax: Sequence[Sequence[Word]] | None = None,
    training: Training | None = None,
) -> Plain:
    """Sentences cut and described as an order needs them.

    ids: whose streams the sentences draw from; their normalised texts where none are given. syntax: their trees;
    training: text whose units may be put in. PipelineError if the order needs what is not given.
    """
    spelling = spelling or Spelling()
    check_given(lang, unit, order, trees=syntax is not None, words=training is not None)
    tags = "tags" in order.needs
    cut = cut_texts(texts, lang, unit, lower=spelling.lower, transform=spelling.transform)
    names = [name for units in cut.units for name in units]
    facts = _facts(lang, unit, cut, tags=tags, syntax=syntax)
    pool, put_in = _pool(lang, unit, training, spelling, tags=tags)
    batch = Batch(
        unit.name,
        np.cumsum([0, *map(len, cut.units)]).astype(np.int64),
        np.array([flag for units in cut.units for flag in is_movable(units, spelling.keep_final)], bool),
        sentence_keys(cut.texts if ids is None else ids),
        facts.initial,
        facts.tag,
        facts.head,
        facts.relation,
        facts.traits,
        pool,
    )
    return Plain([*names, *put_in], batch, sentence_keys(names).astype(np.int64))


def check_given(lang: str, unit: Unit, order: Order, *, trees: bool, words: bool) -> None:
    """PipelineError if plain text cannot be put in the order: the unit is made of a vocabulary's pieces, or the order
    needs trees or words of a corpus and has none."""
    if unit.pieces:
        raise PipelineError(
            f'The unit "{unit.name}" needs a vocabulary: use it in a study, as in --set units.{lang}=[{unit.name}].'
        )
    if "trees" in order.needs and not trees:
        raise PipelineError(
            f'The order "{order.name}" needs trees: name a corpus that has them with --corpus, grammar (ko, en) or a '
            "treebank (`eosun corpora list`)."
        )
    if "classes" in order.needs and not has_classes(get_language(lang), trees):
        raise PipelineError(f'The order "{order.name}" cannot be applied: {COARSE}.')
    if "words" in order.needs and not words:
        raise PipelineError(f'The order "{order.name}" puts in words of a corpus: name one, as --corpus grammar.')


def _facts(lang: str, unit: Unit, cut: Cut, *, tags: bool, syntax: Sequence[Sequence[Word]] | None) -> Facts:
    names = names_of(name for units in cut.units for name in units)
    counts = np.fromiter(map(len, cut.units), np.int64, len(cut.units))
    return facts_of(lang, unit, cut, names, counts, tags=tags, syntax=syntax)


def _pool(
    lang: str, unit: Unit, training: Training | None, spelling: Spelling, *, tags: bool
) -> tuple[Pool, list[str]]:
    marks = marks_of(lang, spelling.transform)
    training = training or Training(())
    cut = cut_texts(training.texts, lang, unit, lower=spelling.lower, transform=spelling.transform)
    names = [name for units in cut.units for name in units]
    facts = _facts(lang, unit, cut, tags=tags, syntax=training.syntax)
    movable = np.array([flag for units in cut.units for flag in is_movable(units, spelling.keep_final)], bool)
    kind = 2 * (facts.tag.astype(np.int64) if len(facts.tag) else 0) + facts.initial
    chosen = np.flatnonzero(movable)
    chosen = chosen[np.argsort(kind[chosen], kind="stable")]
    put_in = [*marks.values(), *(names[i] for i in chosen)]
    kinds = np.concatenate([np.full(len(marks), -1), kind[chosen]]).astype(np.int64)
    traits = (
        np.concatenate([np.zeros(len(marks), np.uint8), facts.traits[chosen]]) if len(facts.traits) else facts.traits
    )
    entries = {name: i for i, name in enumerate(marks)}
    return Pool(kinds, sentence_keys(put_in).astype(np.int64), entries, traits), put_in
