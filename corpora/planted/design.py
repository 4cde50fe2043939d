"""What all planted languages share: seed and size, options that are checked, and no sentence twice."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from corpora.errors import CorpusError
from corpora.grammar.stream import Stream
from corpora.readers import Row

Drawn = TypeVar("Drawn", bound=Hashable)
_ATTEMPTS = 200
CONSONANTS, VOWELS, DIGITS = "bdfghjklmnprstvz", "aeio", "01234567"
NAMES = tuple(letter + digit for letter in CONSONANTS for digit in DIGITS)
"""128 words, b0 to z7. A vocabulary draws no piece over the border between a letter and a digit, and needs a piece for
each single character and for every beginning that several words share: so each of them is two pieces, ▁b and 0."""


@dataclass(frozen=True)
class Design(ABC):
    """A planted language, or several aligned ones. count: how many languages its rows are in.

    seed: another seed is another sample, and another language where there is something to choose; sentences: how many.
    """

    count: ClassVar[int] = 1
    seed: int = 0
    sentences: int = 20_000

    def __post_init__(self) -> None:
        self.whole("seed", 0)
        self.whole("sentences", 1)

    @abstractmethod
    def rows(self, languages: tuple[str, ...]) -> Iterator[Row]:
        """Exactly `sentences` rows in the given languages, `count` of them; the text decides on the split."""

    def whole(self, name: str, least: int, most: int | None = None) -> None:
        """Check an option that is a whole number."""
        value = getattr(self, name)
        if isinstance(value, bool) or not isinstance(value, int) or value < least or (most and value > most):
            bounds = f"of at least {least}" if most is None else f"from {least} to {most}"
            raise CorpusError(f"planted: {name} is a whole number {bounds}, not {value!r}.")

    def share(self, name: str) -> None:
        """Check an option that is a probability."""
        value = getattr(self, name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise CorpusError(f"planted: {name} is a share between 0 and 1, not {value!r}.")

    def distinct(
        self, draw: Callable[[Stream], Drawn], key: Callable[[Drawn], Hashable]
    ) -> Iterator[tuple[str, Drawn]]:
        """Names and sentences, no two of one key, each from streams of its own. Memory: a key a sentence."""
        seen = set()
        for number in range(self.sentences):
            for attempt in range(_ATTEMPTS):
                drawn = draw(Stream(self.seed, number, attempt))
                if key(drawn) not in seen:
                    break
            else:
                raise CorpusError(
                    f"planted: after {number} sentences hardly a new one comes: ask for fewer (sentences), or enlarge "
                    "the language."
                )
            seen.add(key(drawn))
            yield f"planted-{number:07d}", drawn
