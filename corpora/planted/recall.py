"""Memory with a controlled gap: a string is shown, fillers follow, and at a mark the string is asked for again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from corpora.errors import CorpusError
from corpora.grammar.stream import Stream
from corpora.planted.design import DIGITS, Design
from corpora.readers import Row

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
MARK = "="
_SPLITS = ("train",) * 8 + ("valid", "test")


@dataclass(frozen=True)
class Recall(Design):
    """Sentences such as 3501d207=d, unspaced: fillers, a string of `span` symbols, `gap` fillers, a mark, the string.

    Symbols are uniform out of `letters`, fillers uniform out of eight digits. All sentences are equally long, for the
    longest gap and one filler before it: what differs is where the string stands, so that neither length nor the mark's
    place tells the gap. A gap is drawn from `gaps`; with `trained`, sentences for training and validation have no
    longer gap than that, those for testing all of them. Whoever has forgotten the string is right by chance, once in
    letters^span.
    """

    letters: int = 8
    span: int = 1
    gaps: tuple[int, ...] = (1, 2, 4, 8, 16, 32)
    trained: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.whole("letters", 2, len(_LETTERS))
        self.whole("span", 1)
        self.whole("trained", 0)
        whole = isinstance(self.gaps, list | tuple) and all(type(gap) is int and gap >= 0 for gap in self.gaps)
        if not whole or not self.gaps:
            raise CorpusError(f"planted: gaps is a list of whole numbers of at least 0, not {self.gaps!r}.")
        if self.trained and self.trained < min(self.gaps):
            raise CorpusError(
                f"planted: no gap is as short as trained={self.trained}: the shortest is {min(self.gaps)}."
            )

    @property
    def chance(self) -> float:
        """How often a string is right that is drawn at random: exact."""
        return float(self.letters) ** -self.span

    def rows(self, languages: tuple[str, ...]) -> Iterator[Row]:
        (lang,) = languages
        for name, (split, text) in self.distinct(self._sentence, lambda drawn: drawn[1]):
            yield Row(name, {lang: text}, split=split, where=name)

    def _sentence(self, stream: Stream) -> tuple[str, str]:
        split = _SPLITS[stream.below(len(_SPLITS))]
        known = [gap for gap in self.gaps if not self.trained or split == "test" or gap <= self.trained]
        gap = known[stream.below(len(known))]
        string = "".join(_LETTERS[stream.below(self.letters)] for _ in range(self.span))
        fillers = "".join(DIGITS[stream.below(len(DIGITS))] for _ in range(1 + max(self.gaps)))
        before = len(fillers) - gap
        return split, f"{fillers[:before]}{string}{fillers[before:]}{MARK}{string}"
