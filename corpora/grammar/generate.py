"""Generating the corpus: one derivation a pair, written in both languages, no sentence twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache

from corpora.errors import CorpusError
from corpora.grammar.clause import Clause, exchanged, recoverable
from corpora.grammar.dependencies import dependencies
from corpora.grammar.derivation import Deriver
from corpora.grammar.english_text import EnglishWriter
from corpora.grammar.korean_text import KoreanWriter
from corpora.grammar.lexicon import lexicon
from corpora.grammar.stream import Stream, mix
from corpora.grammar.switches import REGISTERS, Setting, Switches
from corpora.grammar.tree import Tree, bracketed, leaves
from corpora.readers import Row

SHORTEST, LONGEST = 3, 16
"""Eojeol of a Korean sentence: shorter and longer ones are drawn again."""
_ATTEMPTS = 200
_MASK = (1 << 64) - 1
_BARE = Setting(case_marking="dropped", agreement=False)
_KOREAN, _ENGLISH = KoreanWriter(_BARE, Stream(0)), EnglishWriter(_BARE, Stream(0))


class Seen:
    """64-bit keys, in a memory that does not grow (Bloom 1970): one that was added is always found.

    Each key sets two of 2^bits bits (64 MiB by default), so after n keys a new one is taken for an old one with
    probability (1 − exp(−2n / 2^bits))²: one of 90 after the thirty million keys of ten million pairs, and none of a
    study's.
    """

    def __init__(self, bits: int = 29) -> None:
        self._places = bytearray(1 << (bits - 3))
        self._bits = bits

    def _both(self, key: int) -> tuple[int, int]:
        mask = (1 << self._bits) - 1
        return key & mask, key >> 32 & mask

    def __contains__(self, key: int) -> bool:
        return all(self._places[bit >> 3] >> (bit & 7) & 1 for bit in self._both(key))

    def update(self, keys: Iterable[int]) -> None:
        for key in keys:
            for bit in self._both(key):
                self._places[bit >> 3] |= 1 << (bit & 7)


def generate(switches: Switches) -> Iterator[Row]:
    """Exactly `pairs` aligned pairs with trees; ids and splits depend on the switches alone.

    Whether a pair is taken is decided by its bare words in no order, without case, agreement or speech level: those of
    its Korean, once with its subject and once without, and those of its English must all be new, and the length must
    fit; else the pair's next stream is drawn from. So which pairs there are depends on `seed`, `pairs`, `reversible`
    and (of reversible clauses) `label` alone, and no other switch makes two sentences alike. Memory does not grow with
    the pairs (see `Seen`).
    """
    seen = Seen()
    writing = _Writing(switches)
    for number in range(0, switches.pairs, 2 if switches.reversible else 1):
        derivation, attempt = _new(switches, number, seen)
        yield writing.row(number, attempt, derivation)
        if switches.reversible:
            yield writing.row(number + 1, attempt, exchanged(derivation))


def _new(switches: Switches, number: int, seen: Seen) -> tuple[Clause, int]:
    """The next derivation whose words were not seen, and how often was drawn for it; remembers its words."""
    for attempt in range(_ATTEMPTS):
        deriver = Deriver(lexicon(), Stream(switches.seed, number, attempt, 1))
        unlike = switches.label == "number"
        derivation = deriver.reversible(unlike=unlike) if switches.reversible else deriver.sentence()
        korean = leaves(_KOREAN.sentence(derivation))
        if not SHORTEST <= len(korean) <= LONGEST:
            continue
        keys = {_key("ko", korean), _key("en", leaves(_ENGLISH.sentence(derivation)))}
        if recoverable(derivation):
            keys.add(_key("ko", leaves(_KOREAN.sentence(derivation, dropped=True))))
        if not any(key in seen for key in keys):
            seen.update(keys)
            return derivation, attempt
    raise CorpusError(f"grammar: after {number} pairs hardly a new sentence comes: ask for fewer pairs.")


def _key(lang: str, words: list[str]) -> int:
    """A number for a bag of words: case, commas and full stops apart."""
    return mix((_number(lang) + sum(map(_number, words))) & _MASK)


@cache
def _number(word: str) -> int:
    """64 bits for a word; there are some tens of thousands of them."""
    bare = word.rstrip(".,").lower()
    return int.from_bytes(hashlib.blake2b(bare.encode(), digest_size=8).digest(), "little")


class _Writing:
    """Writes pairs under the switches. Holds them, and the writers of Korean (one a register) and English."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        none = Stream(0)
        self._korean = {name: KoreanWriter(switches.setting("ko", name), none) for name in REGISTERS}
        self._english = EnglishWriter(switches.setting("en"), none)

    def row(self, number: int, attempt: int, derivation: Clause) -> Row:
        """The pair of that number. Each switch draws from a stream of its own, so that none disturbs another."""
        switches = self._switches
        first = number - number % 2 if switches.reversible else number
        names = switches.seed, first, attempt
        roll, dropped = (stream := Stream(*names, 2)).unit(), stream.chance(switches.pro_drop)
        register = switches.register
        if register == "mixed":
            register = "plain" if roll < 0.6 else "polite" if roll < 0.8 else "formal"
        korean, english = self._korean[register], self._english
        korean.stream, english.stream = Stream(*names, 3), Stream(*names, 4)
        trees: dict[str, Tree] = {
            "ko": korean.sentence(derivation, dropped=dropped),
            "en": english.sentence(derivation),
        }
        return Row(
            f"grammar-{number:07d}",
            {lang: " ".join(leaves(tree)) for lang, tree in trees.items()},
            split=_split(switches.seed, first),
            document=f"exchange-{first:07d}" if switches.reversible else "",
            label=self._label(derivation),
            trees={lang: bracketed(tree) for lang, tree in trees.items()},
            syntax={lang: dependencies(lang, tree) for lang, tree in trees.items()},
            where=f"grammar, pair {number}",
        )

    def _label(self, derivation: Clause) -> str:
        if self._switches.label == "number":
            return "many" if derivation.subject.many else "one"
        return derivation.subject.noun.en if self._switches.reversible else ""


def _split(seed: int, number: int) -> str:
    """Five pairs of a hundred for testing, five for validation."""
    place = mix(seed * 1_000_003 + number + 77) % 100
    return "test" if place < 5 else "valid" if place < 10 else "train"
