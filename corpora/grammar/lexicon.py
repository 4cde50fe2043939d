"""The lexicon: aligned lemmas in classes, with the frequencies and the company they keep."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml

from corpora.errors import CorpusError
from corpora.grammar.korean import infinitive
from corpora.grammar.stream import Stream

Item = TypeVar("Item")
VOWELS = "aeiou"
_FLAGS = ("direction", "stative", "once", "unwilled", "compound", "foresees", "double", "consumes")


@dataclass(frozen=True, eq=False)
class Noun:
    """A noun: both languages' forms, and what its class makes of it."""

    ko: str
    en: str
    plural: str
    group: str
    counter: str
    takes_plural: bool
    proper: bool
    honorific: bool
    mass: bool


@dataclass(frozen=True, eq=False)
class Verb:
    """A verb: Korean stem with its irregularity, English principal parts, and the noun classes that go with it.

    humble: the morphemes of what is said towards an honoured recipient, humble_stem: those in one. places: the classes
    of places where it is done; None for any. The rest as in `lexicon.yaml`.
    """

    stem: str
    irregular: str
    honorific: str
    humble: tuple[str, ...]
    humble_stem: str
    base: str
    past: str
    participle: str
    progressive: str
    subjects: tuple[str, ...]
    objects: tuple[str, ...]
    places: tuple[str, ...] | None
    preposition: str
    direction: bool
    stative: bool
    once: bool
    unwilled: bool
    compound: bool
    foresees: bool
    double: bool
    consumes: bool


@dataclass(frozen=True, eq=False)
class Adjective:
    stem: str
    irregular: str
    en: str
    groups: tuple[str, ...]
    attributive_past: bool


@dataclass(frozen=True, eq=False)
class Adverb:
    """An adverb; its flags as in `lexicon.yaml`. number: of the subjects that a manner asks for, one or many."""

    ko: str
    en: str
    affirmative: bool
    early: bool
    moment: bool
    number: str


class Ranked(Generic[Item]):
    """Items whose frequency falls with their rank as 1 / (rank + 2); keeps the running sums for drawing."""

    def __init__(self, items: list[Item]) -> None:
        self.items = items
        self._sums = list(accumulate(1.0 / (rank + 2) for rank in range(len(items))))
        self._last = len(items) - 1

    def draw(self, stream: Stream) -> Item:
        return self.items[bisect_right(self._sums, stream.unit() * self._sums[-1], hi=self._last)]


@dataclass(frozen=True)
class Lexicon:
    """nouns by class, and by Korean word (`named`), with the `classes` of each; verbs by frame; adverbs by kind.

    adjectives: those that a noun can have; manners: the adverbs that a verb can have, by its stem.
    """

    nouns: dict[str, Ranked[Noun]]
    verbs: dict[str, Ranked[Verb]]
    adjectives: dict[str, Ranked[Adjective]]
    predicates: Ranked[Adjective]
    adverbs: dict[str, Ranked[Adverb]]
    manners: dict[str, Ranked[Adverb]]
    named: dict[str, Noun]
    classes: dict[str, frozenset[str]]
    lemmas: int

    def goes_with(self, noun: Noun, groups: tuple[str, ...]) -> bool:
        """Whether the noun is of one of the classes."""
        return not self.classes[noun.ko].isdisjoint(groups)


def third_person(base: str) -> str:
    """reads, watches, studies, goes; only the first word of a phrase changes."""
    head, space, rest = base.partition(" ")
    if head.endswith(("s", "sh", "ch", "x", "z", "o")):
        return head + "es" + space + rest
    if head.endswith("y") and head[-2] not in VOWELS:
        return head[:-1] + "ies" + space + rest
    return head + "s" + space + rest


def _plural(word: str) -> str:
    return word + "s"


def _noun(group: str, declared: dict[str, Any], word: list[str]) -> Noun:
    return Noun(
        word[0],
        word[1],
        word[2] if len(word) > 2 else _plural(word[1]),
        group,
        declared.get("counter", ""),
        declared.get("plural", False),
        declared.get("proper", False),
        declared.get("honorific", False),
        declared.get("mass", False) or declared.get("bare", False),
    )


def _verb(declared: dict[str, Any]) -> Verb:
    parts, humble = declared["en"], tuple(declared.get("humble", ()))
    base = parts[0]
    past = parts[1] if len(parts) > 1 else base + ("d" if base.endswith("e") else "ed")
    participle = parts[2] if len(parts) > 2 else past
    progressive = parts[3] if len(parts) > 3 else (base[:-1] if base.endswith("e") else base) + "ing"
    return Verb(
        _stem(declared["ko"]),
        declared.get("irregular", ""),
        _stem(declared["honorific"]) if "honorific" in declared else "",
        humble,
        infinitive(humble[0]) + humble[2] if len(humble) == 3 else "".join(humble),
        base,
        past,
        participle,
        progressive,
        tuple(declared["subject"]),
        tuple(declared.get("object", ())),
        tuple(declared["place"]) if "place" in declared else None,
        declared.get("preposition", "to"),
        *(declared.get(flag, False) for flag in _FLAGS),
    )


def _stem(form: str) -> str:
    if not form.endswith("다"):
        raise CorpusError(f"lexicon.yaml: {form} is not a dictionary form: it must end in 다.")
    return form[:-1]


@cache
def lexicon() -> Lexicon:
    """The lexicon, read once a process; CorpusError where a word names a class that is not there."""
    path = Path(__file__).parent / "lexicon.yaml"
    declared = yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    nouns = {
        group: [_noun(group, about, word) for word in about["words"]] for group, about in declared["nouns"].items()
    }
    by_word = {noun.ko: noun for group in nouns.values() for noun in group}
    subclasses = {name: [by_word[word] for word in words] for name, words in declared["subclasses"].items()}
    verbs = {frame: [_verb(verb) for verb in listed] for frame, listed in declared["verbs"].items()}
    adjectives = [
        Adjective(_stem(a["ko"]), a.get("irregular", ""), a["en"], tuple(a["of"]), a.get("attributive_past", False))
        for a in declared["adjectives"]
    ]
    known = nouns.keys() | subclasses.keys()
    asked = {group for listed in verbs.values() for v in listed for group in v.subjects + v.objects + (v.places or ())}
    asked |= {group for adjective in adjectives for group in adjective.groups}
    if asked - known:
        raise CorpusError(f"lexicon.yaml: no class of nouns is called {', '.join(sorted(asked - known))}.")
    members = nouns | subclasses
    classes = {word: frozenset(g for g, of in members.items() if noun in of) for word, noun in by_word.items()}
    described = {word: [a for a in adjectives if not own.isdisjoint(a.groups)] for word, own in classes.items()}
    adverbs = {kind: [_adverb(adverb) for adverb in listed] for kind, listed in declared["adverbs"].items()}
    manners: dict[str, list[Adverb]] = {}
    for adverb, about in zip(adverbs["manner"], declared["adverbs"]["manner"], strict=True):
        for verb in about["with"]:
            manners.setdefault(_stem(verb), []).append(adverb)
    counted = nouns, verbs, adverbs
    return Lexicon(
        {name: Ranked(words) for name, words in members.items()},
        {frame: Ranked(listed) for frame, listed in verbs.items()},
        {word: Ranked(listed) for word, listed in described.items() if listed},
        Ranked(adjectives),
        {kind: Ranked(listed) for kind, listed in adverbs.items()},
        {stem: Ranked(listed) for stem, listed in manners.items()},
        by_word,
        classes,
        sum(len(listed) for kind in counted for listed in kind.values()) + len(adjectives),
    )


def _adverb(declared: dict[str, Any]) -> Adverb:
    affirmative, early, moment = (declared.get(flag, False) for flag in ("affirmative", "early", "moment"))
    return Adverb(declared["ko"], declared["en"], affirmative, early, moment, declared.get("number", ""))
