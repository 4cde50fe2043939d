"""Generating the corpus: one derivation a pair, written in both languages, no sentence twice."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from corpora.errors import CorpusError
from corpora.grammar import english_text
from corpora.grammar.dependencies import dependencies
from corpora.grammar.derivation import Clause, Deriver
from corpora.grammar.korean_text import KoreanWriter
from corpora.grammar.lexicon import lexicon
from corpora.grammar.stream import Stream, mix
from corpora.grammar.tree import Tree, bracketed, leaves
from corpora.readers import Row

REGISTERS = ("plain", "polite", "formal")
SHORTEST, LONGEST = 3, 16
"""Eojeol of a Korean sentence: shorter and longer ones are drawn again."""
_ATTEMPTS = 200


@dataclass(frozen=True)
class Switches:
    """What an experiment can turn: part of the corpus' identity.

    scrambling: the share of Korean clauses whose arguments and adjuncts stand in random order, the predicate last.
    pro_drop: the share of Korean main clauses whose subject is left unsaid. register: of Korean, or mixed.
    """

    seed: int = 0
    pairs: int = 20_000
    scrambling: float = 0.0
    pro_drop: float = 0.0
    register: str = "mixed"

    def __post_init__(self) -> None:
        for name in ("scrambling", "pro_drop"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
                raise CorpusError(f"grammar: {name} is a share between 0 and 1, not {value!r}.")
        for name, least in (("seed", 0), ("pairs", 1)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise CorpusError(f"grammar: {name} is a whole number of at least {least}, not {value!r}.")
        if self.register not in (*REGISTERS, "mixed"):
            raise CorpusError(f"grammar: register is one of {', '.join(REGISTERS)} or mixed, not {self.register!r}.")


def switches_of(options: Mapping[str, Any]) -> Switches:
    """The switches that some options set; an unknown one is answered with the nearest."""
    known = [field.name for field in fields(Switches)]
    for name in options:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
            hint = f' Did you mean "{near[0]}"?' if near else ""
            raise CorpusError(f'grammar: unknown switch "{name}".{hint} Available: {", ".join(known)}.')
    return Switches(**options)


def generate(switches: Switches) -> Iterator[Row]:
    """Exactly `pairs` aligned pairs with trees; ids, texts and splits depend on the switches alone.

    Whether a pair is taken is decided by its English and by its Korean as it would stand in the plain register with
    nothing scrambled, once with its subject and once without: all new, and of fitting length; else the pair's next
    stream is drawn from. So the switches change how Korean is written, never which pairs there are, and no setting
    makes two sentences alike. Memory: a set entry for every text.
    """
    seen: set[int] = set()
    for number in range(switches.pairs):
        for attempt in range(_ATTEMPTS):
            derivation = Deriver(lexicon(), Stream(switches.seed, number, attempt, 1)).sentence()
            straight, english = _PLAIN.sentence(derivation), english_text.sentence(derivation)
            text = " ".join(leaves(english))
            dropped = _DROPPED.sentence(derivation)
            keys = {_key("ko", " ".join(leaves(tree))) for tree in (straight, dropped)} | {_key("en", text)}
            if not keys & seen and SHORTEST <= len(leaves(straight)) <= LONGEST:
                break
        else:
            raise CorpusError(f"grammar: after {number} pairs hardly a new sentence comes: ask for fewer pairs.")
        seen |= keys
        korean = _written(switches, derivation, Stream(switches.seed, number, attempt, 2))
        yield Row(
            f"grammar-{number:07d}",
            {"ko": " ".join(leaves(korean)), "en": text},
            split=_split(switches.seed, number),
            trees={"ko": bracketed(korean), "en": bracketed(english)},
            syntax={"ko": dependencies("ko", korean), "en": dependencies("en", english)},
            where=f"grammar, pair {number}",
        )


_PLAIN = KoreanWriter("plain", 0.0, 0.0, Stream(0))
_DROPPED = KoreanWriter("plain", 0.0, 1.0, Stream(0))


def _written(switches: Switches, derivation: Clause, stream: Stream) -> Tree:
    """The Korean tree under the switches."""
    roll = stream.unit()
    register = switches.register
    if register == "mixed":
        register = "plain" if roll < 0.6 else "polite" if roll < 0.8 else "formal"
    return KoreanWriter(register, switches.scrambling, switches.pro_drop, stream).sentence(derivation)


def _key(lang: str, text: str) -> int:
    return int.from_bytes(hashlib.blake2b(f"{lang}\0{text}".encode(), digest_size=8).digest(), "little")


def _split(seed: int, number: int) -> str:
    """Five pairs of a hundred for testing, five for validation."""
    place = mix(seed * 1_000_003 + number + 77) % 100
    return "test" if place < 5 else "valid" if place < 10 else "train"
