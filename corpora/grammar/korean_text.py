"""A derivation as a Korean tree: head-final, case by particles, the predicate last, unless a switch says otherwise."""

from __future__ import annotations

from functools import cache, lru_cache

from corpora.grammar.arrangement import scrambled, subject_first, weighed
from corpora.grammar.clause import NUMBERS, Clause, NounPhrase, recoverable
from corpora.grammar.korean import Eojeol, particle, with_eu
from corpora.grammar.lexicon import Adjective, Adverb
from corpora.grammar.predicate import predicate
from corpora.grammar.stream import Stream
from corpora.grammar.switches import Setting
from corpora.grammar.tree import Tree, on_last_leaf

DETERMINERS = {"this": "이", "that": "그"}
_HONORIFIC = ("subject", "topic", "dative")
_STRUCTURAL = ("subject", "topic", "object")


class KoreanWriter:
    """Writes derivations under one setting. Holds it, the stream for scrambling, and phrases written before."""

    def __init__(self, setting: Setting, stream: Stream) -> None:
        self._setting = setting
        self.stream = stream
        self._bare = lru_cache(maxsize=1 << 14)(self._bare_phrase)

    def sentence(self, clause: Clause, *, dropped: bool = False) -> Tree:
        """The tree of a main clause, full stop on the last eojeol. dropped: no subject, where `recoverable`."""
        return on_last_leaf(self._main(clause, dropped), lambda word: Eojeol(word + ".", *word.morphemes, "."))

    def _main(self, clause: Clause, dropped: bool) -> Tree:
        dropped = dropped and recoverable(clause)
        if clause.other is None:
            return ("S", *self._clause(clause, "final", topic=True, dropped=dropped))
        if clause.link in ("and", "but"):
            linked = ("S-CRD", *self._clause(clause.other, clause.link, topic=True))
            return ("S", linked, ("S", *self._clause(clause, "final", topic=True)))
        linked = ("S-ADV", *self._clause(clause.other, clause.link))
        return ("S", linked, *self._clause(clause, "final", topic=True))

    def _clause(self, clause: Clause, ending: str, *, topic: bool = False, dropped: bool = False) -> list[Tree]:
        """Arguments and adjuncts, each a whole subtree, and the predicate complex."""
        setting = self._setting
        parts = self._arguments(clause, topic and setting.topics, dropped)
        words = predicate(clause, ending, setting.register, agreement=setting.agreement)
        complex_ = ("VP", *[("V", word) for word in words])
        moved = scrambled(parts, setting, self.stream)
        if moved is not None:
            return [complex_, *moved] if "VP" in setting.turned else [*moved, complex_]
        if not setting.turned & {"S", "VP"}:
            return [*weighed(parts, setting, before=True), complex_]
        subject, others = subject_first(parts)
        if "VP" in setting.turned:
            rest = [complex_, *weighed(others[::-1], setting, before=False)]
        else:
            rest = [*weighed(others, setting, before=True), complex_]
        return [*rest, *subject] if "S" in setting.turned else [*subject, *rest]

    def _arguments(self, clause: Clause, topic: bool, dropped: bool) -> list[Tree]:
        parts: list[Tree] = []
        time = [] if clause.time is None else [_adverb("ADVP-TMP", clause.time)]
        if clause.gap != "subject" and not dropped:
            parts.append(self._phrase(clause.subject, *(("NP-TOP", "topic") if topic else ("NP-SBJ", "subject"))))
        parts = [*time, *parts] if clause.heavy or clause.complement is not None else [*parts, *time]
        if clause.place is not None:
            parts.append(self._phrase(clause.place, "NP-LOC", "place"))
        if clause.recipient is not None:
            parts.append(self._phrase(clause.recipient, "NP-DAT", "dative"))
        if clause.agent is not None:
            parts.append(self._phrase(clause.agent, "NP-AGT", "dative"))
        if clause.goal is not None:
            towards = clause.verb is not None and clause.verb.direction
            parts.append(self._phrase(clause.goal, "NP-GOL", "direction" if towards else "goal"))
        if clause.instrument is not None:
            parts.append(("NP-INS", particle(clause.instrument.ko, "instrument")))
        if clause.object is not None and clause.gap != "object":
            parts.append(self._phrase(clause.object, "NP-OBJ", "object"))
        if clause.complement is not None:
            parts.append(self._complement(clause, clause.complement))
        if clause.manner is not None:
            parts.append(_adverb("ADVP-MNR", clause.manner))
        return parts

    def _complement(self, clause: Clause, inner: Clause) -> Tree:
        if clause.frame == "report":
            return ("S-CMP", *self._clause(inner, "quotative"))
        nominal, thing = ("S-NOM", *self._clause(inner, "nominal")), ("N", self._marked(Eojeol("것"), "object"))
        return ("NP-OBJ", thing, nominal) if "Rel" in self._setting.turned else ("NP-OBJ", nominal, thing)

    def _marked(self, word: Eojeol, name: str, *, honorific: bool = False) -> Eojeol:
        """A word with its particle, as far as the setting marks that case."""
        case = self._setting.case_marking
        if name in _STRUCTURAL and case != "full":
            return word if case == "dropped" else particle(word, "topic")
        honorific = honorific and self._setting.agreement and name in _HONORIFIC
        return particle(word, f"honorific {name}" if honorific else name)

    def _phrase(self, phrase: NounPhrase, label: str, name: str) -> Tree:
        """The relative clause, then what `_bare_phrase` writes."""
        if phrase.relative is None:
            return self._bare(phrase, label, name)
        bare = self._bare(phrase._replace(relative=None), label, name)
        relative = ("S-ADN", *self._clause(phrase.relative, "adnominal"))
        return (*bare, relative) if "Rel" in self._setting.turned else (label, relative, *bare[1:])

    def _bare_phrase(self, phrase: NounPhrase, label: str, name: str) -> Tree:
        """Possessor, determiner and adjective, then the noun with its particle."""
        before: list[Tree] = []
        if phrase.possessor is not None:
            before.append(("NP-POS", particle(phrase.possessor.ko, "possessive")))
        if phrase.determiner in DETERMINERS:
            before.append(("DET", Eojeol(DETERMINERS[phrase.determiner])))
        if phrase.adjective is not None:
            before.append(("ADJ", attributive(phrase.adjective)))
        noun, honorific = Eojeol(phrase.noun.ko), phrase.noun.honorific
        if phrase.plural:
            noun = Eojeol(noun + "들", noun, "들")
        if phrase.number is None:
            named: list[Tree] = [("N", self._marked(noun, name, honorific=honorific))]
        else:
            counter = self._marked(Eojeol(phrase.noun.counter), name, honorific=honorific)
            named = [("N", noun), ("NUM", Eojeol(NUMBERS[phrase.number][0])), ("CNT", counter)]
        return (label, *named, *before[::-1]) if "NP" in self._setting.turned else (label, *before, *named)


@cache
def _adverb(label: str, adverb: Adverb) -> Tree:
    return (label, *map(Eojeol, adverb.ko.split(" ")))


@cache
def attributive(adjective: Adjective) -> Eojeol:
    """큰, 예쁜, 아름다운, 빨간, 재미있는."""
    if adjective.stem.endswith(("있", "없")):
        return Eojeol(adjective.stem + "는", adjective.stem, "는")
    return Eojeol(with_eu(adjective.stem, "ㄴ", adjective.irregular), adjective.stem, "ㄴ")
