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
from corpora.grammar.stream import Stream

Item = TypeVar("Item")
VOWELS = "aeiou"


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Verb:
    """A verb: Korean stem with its irregularity, English principal parts, and the noun classes that go with it."""

    stem: str
    irregular: str
    honorific: str
    recipient_honorific: str
    base: str
    past: str
    participle: str
    progressive: str
    subjects: tuple[str, ...]
    objects: tuple[str, ...]
    stative: bool


@dataclass(frozen=True)
class Adjective:
    stem: str
    irregular: str
    en: str
    groups: tuple[str, ...]
    attributive_past: bool


@dataclass(frozen=True)
class Adverb:
    ko: str
    en: str


class Ranked(Generic[Item]):
    """Items whose frequency falls with their rank as 1 / (rank + 2); keeps the running sums for drawing."""

    def __init__(self, items: list[Item]) -> None:
        self.items = items
        self._sums = list(accumulate(1.0 / (rank + 2) for rank in range(len(items))))

    def draw(self, stream: Stream) -> Item:
        return self.items[bisect_right(self._sums, stream.unit() * self._sums[-1], hi=len(self.items) - 1)]


@dataclass(frozen=True)
class Lexicon:
    """nouns and adjectives by class of noun; verbs by frame; adverbs by kind."""

    nouns: dict[str, Ranked[Noun]]
    verbs: dict[str, Ranked[Verb]]
    adjectives: dict[str, Ranked[Adjective]]
    predicates: Ranked[Adjective]
    adverbs: dict[str, Ranked[Adverb]]
    lemmas: int


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
    parts = declared["en"]
    base = parts[0]
    past = parts[1] if len(parts) > 1 else base + ("d" if base.endswith("e") else "ed")
    participle = parts[2] if len(parts) > 2 else past
    progressive = parts[3] if len(parts) > 3 else (base[:-1] if base.endswith("e") else base) + "ing"
    return Verb(
        _stem(declared["ko"]),
        declared.get("irregular", ""),
        _stem(declared["honorific"]) if "honorific" in declared else "",
        _stem(declared["recipient_honorific"]) if "recipient_honorific" in declared else "",
        base,
        past,
        participle,
        progressive,
        tuple(declared["subject"]),
        tuple(declared.get("object", ())),
        declared.get("stative", False),
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
    asked = {group for listed in verbs.values() for verb in listed for group in verb.subjects + verb.objects}
    asked |= {group for adjective in adjectives for group in adjective.groups}
    if asked - known:
        raise CorpusError(f"lexicon.yaml: no class of nouns is called {', '.join(sorted(asked - known))}.")
    adverbs = {kind: [Adverb(ko, en) for ko, en in listed] for kind, listed in declared["adverbs"].items()}
    total = (
        sum(map(len, nouns.values()))
        + sum(map(len, verbs.values()))
        + len(adjectives)
        + sum(map(len, adverbs.values()))
    )
    return Lexicon(
        {name: Ranked(words) for name, words in (nouns | subclasses).items()},
        {frame: Ranked(listed) for frame, listed in verbs.items()},
        {
            group: Ranked([a for a in adjectives if group in a.groups])
            for group in nouns
            if _described(adjectives, group)
        },
        Ranked(adjectives),
        {kind: Ranked(listed) for kind, listed in adverbs.items()},
        total,
    )


def _described(adjectives: list[Adjective], group: str) -> bool:
    return any(group in adjective.groups for adjective in adjectives)
