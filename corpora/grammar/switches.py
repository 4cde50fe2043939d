"""What an experiment can turn in the grammar: part of the corpus' identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from corpora.errors import CorpusError, unknown

REGISTERS = ("plain", "polite", "formal")
CASES = ("full", "dropped", "neutralised")
LENGTHS = ("natural", "short", "long")
LABELS = ("agent", "number")
PHRASES = {"ko": ("S", "VP", "NP", "Rel"), "en": ("S", "VP", "PP", "NP", "Rel", "Comp")}
"""The phrases whose head can be moved. The Korean heads of PP and Comp are particles and endings: parts of a word."""
INITIAL = {"ko": (), "en": ("VP", "PP", "Rel", "Comp")}
"""The phrases that begin with their head by nature; the others end with it (the head of S is its verb phrase)."""


@dataclass(frozen=True)
class Setting:
    """How one language is written.

    turned: the phrases whose head stands on the other side than by nature; topics: whether the subject of a Korean main
    clause is its topic; the rest as in `Switches`.
    """

    scrambling: float = 0.0
    case_marking: str = "full"
    turned: frozenset[str] = frozenset()
    agreement: bool = True
    dependency_length: str = "natural"
    register: str = "plain"
    topics: bool = True


@dataclass(frozen=True)
class Switches:
    """The switches, each independent of the others; `seed`, `pairs`, `reversible`, `label` say which pairs there are.

    A switch marked * takes one value, or a mapping by language such as {ko: 1.0, en: 0.5}.

    scrambling*: the share of clauses whose arguments and adjuncts stand in random order, each a whole phrase; the
    Korean predicate stays last, the English one second (one value: of Korean). case_marking*: `full`, `dropped`, or
    `neutralised` (the same mark on subjects and objects: 은/는 in Korean); English has none by nature, with `full` it
    has -nom and -acc, neutralised -case (one value: of Korean). head_direction: by language and phrase (S, VP, PP, NP,
    Rel, Comp; in Korean S, VP, NP, Rel), `initial` or `final`. agreement*: the English verb with its subject's number,
    the Korean predicate and particles with an honoured person. dependency_length*: in each clause the heavier phrases
    far from the predicate (`short`) or next to it (`long`). pro_drop: the share of Korean sentences whose subject is
    left unsaid, of those where the pair then still means the same (`derivation.recoverable`). register: of Korean, or
    mixed. reversible: only clauses with two persons of one class, each pair followed by the pair with their roles
    exchanged. label: what a pair is labelled with: the `agent`, its English noun, of reversible clauses; or the
    `number` of the main clause's subject, one or many; in reversible clauses the other person is then of the other
    number.
    """

    seed: int = 0
    pairs: int = 20_000
    scrambling: Any = 0.0
    case_marking: Any = "full"
    head_direction: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    agreement: Any = True
    dependency_length: Any = "natural"
    pro_drop: float = 0.0
    register: str = "mixed"
    reversible: bool = False
    label: str = "agent"

    def __post_init__(self) -> None:
        for name, least in (("seed", 0), ("pairs", 1)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise CorpusError(f"grammar: {name} is a whole number of at least {least}, not {value!r}.")
        for lang in ("ko", "en"):
            _share("scrambling", self.of("scrambling", lang))
            _one_of("case_marking", self.of("case_marking", lang), CASES)
            _one_of("dependency_length", self.of("dependency_length", lang), LENGTHS)
            _truth("agreement", self.of("agreement", lang))
        _share("pro_drop", self.pro_drop)
        _truth("reversible", self.reversible)
        _one_of("register", self.register, (*REGISTERS, "mixed"))
        _one_of("label", self.label, LABELS)
        _heads(self.head_direction)
        if self.reversible and self.pro_drop:
            raise CorpusError("grammar: reversible clauses need both persons: set pro_drop=0.")
        if self.reversible and self.pairs % 2:
            raise CorpusError(f"grammar: reversible clauses come in twos: pairs is even, not {self.pairs}.")

    def of(self, name: str, lang: str) -> Any:
        """The value of a switch for one language."""
        value = getattr(self, name)
        if isinstance(value, Mapping):
            wrong = [key for key in value if key not in PHRASES]
            if wrong:
                raise CorpusError(f'grammar: {name} is set by language, ko and en, not for "{wrong[0]}".')
            return value.get(lang, _NATURAL[lang][name])
        return value if lang == "ko" or name in ("agreement", "dependency_length") else _NATURAL[lang][name]

    def setting(self, lang: str, register: str = "plain") -> Setting:
        """How a language is written under these switches."""
        turned = {
            phrase
            for phrase, side in self.head_direction.get(lang, {}).items()
            if (side == "initial") != (phrase in INITIAL[lang])
        }
        return Setting(
            self.of("scrambling", lang),
            self.of("case_marking", lang),
            frozenset(turned),
            self.of("agreement", lang),
            self.of("dependency_length", lang),
            register,
            topics=not self.reversible,
        )


_NATURAL: dict[str, dict[str, Any]] = {
    lang: {"scrambling": 0.0, "case_marking": case, "agreement": True, "dependency_length": "natural"}
    for lang, case in (("ko", "full"), ("en", "dropped"))
}


def _share(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise CorpusError(f"grammar: {name} is a share between 0 and 1, not {value!r}.")


def _truth(name: str, value: Any) -> None:
    if not isinstance(value, bool):
        raise CorpusError(f"grammar: {name} is true or false, not {value!r}.")


def _one_of(name: str, value: Any, known: tuple[str, ...]) -> None:
    if value not in known:
        raise CorpusError(f"grammar: {name} is one of {', '.join(known)}, not {value!r}.")


def _heads(declared: Any) -> None:
    if not isinstance(declared, Mapping) or not all(isinstance(phrases, Mapping) for phrases in declared.values()):
        raise CorpusError("grammar: head_direction is set by language and phrase, as in {en: {VP: final}}.")
    for lang, phrases in declared.items():
        if lang not in PHRASES:
            raise CorpusError(f'grammar: head_direction is set for ko and en, not for "{lang}".')
        for phrase, side in phrases.items():
            if phrase not in PHRASES[lang]:
                bound = " (its head is part of a word there)" if phrase in PHRASES["en"] else ""
                raise CorpusError(
                    f"grammar: head_direction of {lang} knows {', '.join(PHRASES[lang])}, not {phrase}{bound}."
                )
            _one_of(f"head_direction of {phrase}", side, ("initial", "final"))


def switches_of(options: Mapping[str, Any]) -> Switches:
    """The switches that some options set; an unknown one is answered with the nearest."""
    known = [entry.name for entry in fields(Switches)]
    for name in options:
        if name not in known:
            raise CorpusError(f"grammar: {unknown('switch', name, known)}")
    return Switches(**options)
