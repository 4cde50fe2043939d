"""A derivation as a Korean tree: head-final, case by particles, the predicate last."""

from __future__ import annotations

from corpora.grammar.derivation import NUMBERS, Clause, NounPhrase
from corpora.grammar.korean import particle, with_eu
from corpora.grammar.lexicon import Adjective
from corpora.grammar.predicate import predicate
from corpora.grammar.stream import Stream
from corpora.grammar.tree import Tree, on_last_leaf

DETERMINERS = {"this": "이", "that": "그"}


class KoreanWriter:
    """Writes derivations in one register. Holds the switches that touch Korean alone, and their stream."""

    def __init__(self, register: str, scrambling: float, pro_drop: float, stream: Stream) -> None:
        self._register = register
        self._scrambling = scrambling
        self._pro_drop = pro_drop
        self._stream = stream

    def sentence(self, clause: Clause) -> Tree:
        """The tree of a main clause, full stop on the last eojeol."""
        return on_last_leaf(self._main(clause), lambda word: word + ".")

    def _main(self, clause: Clause) -> Tree:
        topic = clause.link not in ("and", "but")
        if clause.other is None:
            return ("S", *self._clause(clause, "final", topic))
        linked = ("S-ADV", *self._clause(clause.other, clause.link, topic=False))
        if clause.link in ("and", "but"):
            linked = ("S-CRD", *self._clause(clause.other, clause.link, topic=True))
            return ("S", linked, ("S", *self._clause(clause, "final", topic=True)))
        return ("S", linked, *self._clause(clause, "final", topic))

    def _clause(self, clause: Clause, ending: str, topic: bool) -> list[Tree]:
        """Arguments and adjuncts, each a whole subtree, then the predicate complex."""
        parts = self._arguments(clause, topic, main=ending == "final")
        if len(parts) > 1 and self._stream.chance(self._scrambling):
            parts = [parts[i] for i in self._stream.permutation(len(parts))]
        complex_ = predicate(clause, ending, self._register)
        return [*parts, ("VP", *(("V", word) for word in complex_))]

    def _arguments(self, clause: Clause, topic: bool, main: bool) -> list[Tree]:
        parts: list[Tree] = []
        dropped = main and clause.complement is None and self._stream.chance(self._pro_drop)
        if clause.gap != "subject" and not dropped:
            parts.append(self._subject(clause.subject, topic))
        if clause.time is not None:
            parts.append(("ADVP-TMP", *clause.time.ko.split(" ")))
        if clause.place is not None:
            parts.append(self._phrase(clause.place, "NP-LOC", "place"))
        if clause.recipient is not None:
            name = "honorific dative" if clause.recipient.noun.honorific else "dative"
            parts.append(self._phrase(clause.recipient, "NP-DAT", name))
        if clause.goal is not None:
            parts.append(self._phrase(clause.goal, "NP-GOL", "goal"))
        if clause.instrument is not None:
            parts.append(("NP-INS", particle(clause.instrument.ko, "instrument")))
        if clause.object is not None and clause.gap != "object":
            parts.append(self._phrase(clause.object, "NP-OBJ", "object"))
        if clause.complement is not None:
            parts.append(self._complement(clause, clause.complement))
        if clause.manner is not None:
            parts.append(("ADVP-MNR", clause.manner.ko))
        return parts

    def _complement(self, clause: Clause, inner: Clause) -> Tree:
        if clause.frame == "report":
            return ("S-CMP", *self._clause(inner, "quotative", topic=False))
        if inner.frame == "copula":
            return ("S-CMP", *self._clause(inner, "quotative", topic=False))
        return ("NP-OBJ", ("S-NOM", *self._clause(inner, "nominal", topic=False)), ("N", "것을"))

    def _subject(self, phrase: NounPhrase, topic: bool) -> Tree:
        name = "topic" if topic else "subject"
        return self._phrase(
            phrase, "NP-TOP" if topic else "NP-SBJ", f"honorific {name}" if phrase.noun.honorific else name
        )

    def _phrase(self, phrase: NounPhrase, label: str, name: str) -> Tree:
        """Relative clause, determiner, possessor and adjective, then the noun with its particle."""
        parts: list[Tree] = []
        if phrase.relative is not None:
            parts.append(("S-ADN", *self._clause(phrase.relative, "adnominal", topic=False)))
        if phrase.possessor is not None:
            parts.append(("NP-POS", particle(phrase.possessor.ko, "possessive")))
        if phrase.determiner in DETERMINERS:
            parts.append(("DET", DETERMINERS[phrase.determiner]))
        if phrase.adjective is not None:
            parts.append(("ADJ", attributive(phrase.adjective)))
        noun = phrase.noun.ko + ("들" if phrase.plural else "")
        if phrase.number is None:
            return (label, *parts, ("N", particle(noun, name)))
        counter = particle(phrase.noun.counter, name)
        return (label, *parts, ("N", noun), ("NUM", NUMBERS[phrase.number][0]), ("CNT", counter))


def attributive(adjective: Adjective) -> str:
    """큰, 예쁜, 아름다운, 빨간, 재미있는."""
    if adjective.stem.endswith("있"):
        return adjective.stem + "는"
    return with_eu(adjective.stem, "ㄴ", adjective.irregular)
