"""A dependency planted at one distance: each symbol copies the one exactly `lag` places back, or is drawn at random."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from corpora.errors import CorpusError
from corpora.grammar.stream import Stream
from corpora.planted.design import Design
from corpora.readers import Row

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Copying(Design):
    """Sentences of `length` symbols out of `letters`, unspaced: a symbol is a unit `character`, and one piece.

    With `probability` a symbol is the one `lag` places before it; else, and at the first `lag` places, it is uniform
    over all letters, the one that might have been copied included. So each symbol alone, and each given any others
    that do not reach back to its source, is uniform. Every sentence is a document: networks trained on documents meet
    symbols with nothing before them, as they do where a measure cuts the context off. One trained on short sentences,
    each begun by a mark, is lost where the mark is cut off.
    """

    sentences: int = 2_000
    letters: int = 8
    lag: int = 3
    probability: float = 0.8
    length: int = 200

    def __post_init__(self) -> None:
        super().__post_init__()
        self.whole("letters", 2, len(_LETTERS))
        self.whole("lag", 1)
        self.whole("length", 2)
        self.share("probability")
        if self.length <= self.lag:
            raise CorpusError(f"planted: length {self.length} has no place for a lag of {self.lag}: set it larger.")

    def entropy(self, context: int, place: int | None = None) -> float:
        """Bits of a symbol given the `context` symbols before it: exact. `place` (from 0) is where it stands; by
        default somewhere after the first `lag` places, at which nothing is copied."""
        if context < self.lag or (place is not None and place < self.lag):
            return math.log2(self.letters)
        other = (1.0 - self.probability) / self.letters
        chances = [self.probability + other, *[other] * (self.letters - 1)]
        return -sum(chance * math.log2(chance) for chance in chances if chance)

    def sentence_entropy(self, context: int) -> float:
        """Bits of a sentence, each symbol given at most `context` symbols before it. Its end costs nothing to whoever
        counts, and is not known to whoever sees fewer than `length` symbols: it is left out."""
        return sum(self.entropy(context, place) for place in range(self.length))

    def rows(self, languages: tuple[str, ...]) -> Iterator[Row]:
        (lang,) = languages
        for name, symbols in self.distinct(self._sentence, tuple):
            yield Row(name, {lang: "".join(_LETTERS[symbol] for symbol in symbols)}, document=name, where=name)

    def _sentence(self, stream: Stream) -> tuple[int, ...]:
        symbols: list[int] = []
        for place in range(self.length):
            copied, drawn = stream.chance(self.probability), stream.below(self.letters)
            symbols.append(symbols[place - self.lag] if copied and place >= self.lag else drawn)
        return tuple(symbols)
