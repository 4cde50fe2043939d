"""Clauses in which order, marks, both or neither tell who did it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from corpora.errors import CorpusError
from corpora.grammar.stream import Stream
from corpora.planted.design import NAMES, Design
from corpora.readers import Row
from corpora.syntax import Word, written

SUBJECT, OBJECT, ADVERB, VERB = "nsubj", "obj", "advmod", "root"
MARKS = {SUBJECT: "a", OBJECT: "o"}
_TAGS = {SUBJECT: "NOUN", OBJECT: "NOUN", ADVERB: "ADV", VERB: "VERB"}
MOST_ADVERBS = 2


@dataclass(frozen=True)
class Clause:
    """A clause in its fixed order (subject, adverbs, object, verb), as pairs of relation and stem, and the permutation
    in which it stands where order is free; bag: its words, whoever does it."""

    words: tuple[tuple[str, str], ...]
    order: tuple[int, ...]
    free: bool

    @property
    def agent(self) -> str:
        return self.words[0][1]

    @property
    def bag(self) -> tuple[str, ...]:
        return tuple(sorted(stem for _, stem in self.words))


@dataclass(frozen=True)
class Clauses(Design):
    """Four languages of the same clauses: fixed order, fixed with marks, free, free with marks.

    Subject and object are two different nouns drawn alike, the verb says nothing about them, and none to two adverbs
    stand with them. With `apart`, the first so many nouns are never objects, the last so many never subjects. In the
    free languages a share `freedom` of the clauses, the same in both, stands in uniformly random order, the verb too.
    The label is the stem of the subject: who did it. No two clauses have the same words, so that none can be remembered
    with its roles exchanged.
    """

    count: ClassVar[int] = 4
    nouns: int = 24
    verbs: int = 24
    adverbs: int = 24
    apart: int = 0
    freedom: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.whole("nouns", 2)
        self.whole("verbs", 1)
        self.whole("adverbs", 1)
        self.whole("apart", 0)
        self.share("freedom")
        if self.nouns < 2 * self.apart + 2:
            raise CorpusError(
                f"planted: with apart={self.apart} nouns is at least {2 * self.apart + 2}: set it larger."
            )
        if self.nouns + self.verbs + self.adverbs > len(NAMES):
            raise CorpusError(f"planted: nouns, verbs and adverbs together are at most {len(NAMES)}.")

    def best_accuracy(self, *, free: bool, marks: bool) -> float:
        """How often the best guess at the label is right: exact. Where neither order nor marks tell, 1/2 of the
        clauses in which either noun could have done it; with a `freedom` below 1 the first noun is the subject in all
        clauses that kept their order."""
        both, either = self.nouns - 2 * self.apart, self.nouns - self.apart
        doubtful = both / either * (both - 1) / (either - 1)
        return 1.0 if marks or not free else 1.0 - self.freedom * doubtful / 2.0

    def rows(self, languages: tuple[str, ...]) -> Iterator[Row]:
        for name, clause in self.distinct(self._clause, lambda clause: clause.bag):
            texts, syntax = {}, {}
            for number, lang in enumerate(languages):
                free, marks = divmod(number, 2)
                fixed = range(len(clause.words))
                words = [clause.words[place] for place in (clause.order if free and clause.free else fixed)]
                texts[lang] = " ".join(stem + (MARKS.get(relation, "") if marks else "") for relation, stem in words)
                syntax[lang] = _dependencies([relation for relation, _ in words])
            yield Row(name, texts, label=clause.agent, syntax=syntax, where=name)

    def _clause(self, stream: Stream) -> Clause:
        nouns, verbs = NAMES[: self.nouns], NAMES[self.nouns : self.nouns + self.verbs]
        adverbs = NAMES[self.nouns + self.verbs :][: self.adverbs]
        subject = stream.below(self.nouns - self.apart)
        others = [noun for step in range(1, self.nouns) if (noun := (subject + step) % self.nouns) >= self.apart]
        other = others[stream.below(len(others))]
        verb = verbs[stream.below(self.verbs)]
        said = [adverbs[stream.below(self.adverbs)] for _ in range(stream.below(MOST_ADVERBS + 1))]
        words = [(SUBJECT, nouns[subject]), *((ADVERB, one) for one in said), (OBJECT, nouns[other]), (VERB, verb)]
        return Clause(tuple(words), tuple(stream.permutation(len(words))), stream.chance(self.freedom))


def _dependencies(relations: list[str]) -> str:
    """The tree of a clause: everything hangs on the verb."""
    verb = relations.index(VERB) + 1
    return written([Word(0 if one == VERB else verb, one, _TAGS[one]) for one in relations])
