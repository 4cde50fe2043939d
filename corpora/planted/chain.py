"""One chain of words in two spellings: two languages between which there is nothing to find."""

from __future__ import annotations

import math
from abc import abstractmethod
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import ClassVar

from corpora.errors import CorpusError
from corpora.grammar.stream import Stream
from corpora.planted.design import CONSONANTS, DIGITS, NAMES, VOWELS, Design
from corpora.readers import Row


@dataclass(frozen=True)
class Chain(Design):
    """Sentences of `shortest` to `longest` words, all lengths equally likely.

    The first word is uniform; a word is followed by one of `successors` words, the j-th most likely with probability
    proportional to 1/j. Each word is the j-th successor of exactly one word, so that at each place all words are
    equally frequent, and a word tells all that the words before it could tell.
    """

    count: ClassVar[int] = 2
    words: int = 64
    successors: int = 8
    shortest: int = 6
    longest: int = 14

    def __post_init__(self) -> None:
        super().__post_init__()
        self.whole("words", 16, len(NAMES))
        self.whole("successors", 1, self.words)
        self.whole("shortest", 2)
        self.whole("longest", self.shortest)
        if self.words % 16:
            raise CorpusError(f"planted: words is a multiple of 16, not {self.words}: else words differ in pieces.")

    @property
    def chances(self) -> list[float]:
        """[successors]: how likely each successor of a word is."""
        total = sum(1.0 / (j + 1) for j in range(self.successors))
        return [1.0 / (j + 1) / total for j in range(self.successors)]

    def entropy(self, context: int) -> float:
        """Bits of a word at a given place, given the `context` words before it: exact."""
        return math.log2(self.words) if context < 1 else -sum(p * math.log2(p) for p in self.chances)

    @property
    def sentence_entropy(self) -> float:
        """Mean bits of a sentence, its end included, given all that is before: exact, but for sentences being new."""
        lengths = range(self.shortest, self.longest + 1)
        inner = sum(length - 1 for length in lengths) / len(lengths)
        return self.entropy(0) + inner * self.entropy(1) + math.log2(len(lengths))

    def follows(self, word: int, j: int) -> int:
        """The j-th successor, from 0, of a word."""
        return self._partners[(word + j) % self.words]

    @cached_property
    def _partners(self) -> list[int]:
        return Stream(self.seed, 0).permutation(self.words)

    @cached_property
    def _limits(self) -> list[float]:
        return list(accumulate(self.chances))[:-1]

    @property
    @abstractmethod
    def spellings(self) -> tuple[list[str], list[str]]:
        """Of both languages, [words] each: how every word is written."""

    def rows(self, languages: tuple[str, ...]) -> Iterator[Row]:
        spellings = self.spellings
        for name, words in self.distinct(self._sentence, tuple):
            texts = [" ".join(spelling[word] for word in words) for spelling in spellings]
            yield Row(name, dict(zip(languages, texts, strict=True)), where=name)

    def _sentence(self, stream: Stream) -> tuple[int, ...]:
        length = self.shortest + stream.below(self.longest - self.shortest + 1)
        words = [stream.below(self.words)]
        while len(words) < length:
            words.append(self.follows(words[-1], bisect(self._limits, stream.unit())))
        return tuple(words)


@dataclass(frozen=True)
class Renamed(Chain):
    """The null of every comparison of languages: the second language is the first with other letters and digits, so
    that words and pieces of the two are each other's one by one."""

    @property
    def spellings(self) -> tuple[list[str], list[str]]:
        plain, table = list(NAMES[: self.words]), {}
        for number, kind in ((1, CONSONANTS), (2, DIGITS)):
            order = Stream(self.seed, number).permutation(len(kind))
            table.update(str.maketrans(kind, "".join(kind[place] for place in order)))
        return plain, [name.translate(table) for name in plain]


@dataclass(frozen=True)
class Fertility(Chain):
    """The fertility null: the second language writes the same words in three pieces each instead of two, exactly 1.5
    times as many in every sentence; the unit `word` holds them together.

    Letter, digit and vowel (b2e) stay three pieces as letter and digit stay two, see `NAMES`; all three are needed.
    """

    @property
    def spellings(self) -> tuple[list[str], list[str]]:
        numbers = range(self.words)
        long = [f"{CONSONANTS[n // 16]}{DIGITS[n // 4 % 4]}{VOWELS[n % 4]}" for n in numbers]
        return list(NAMES[: self.words]), long
