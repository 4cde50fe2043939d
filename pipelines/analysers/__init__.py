"""Morphological analysers: one answer of one shape from each, laid over the text that it is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import NamedTuple

from corpora.errors import unknown
from pipelines.errors import PipelineError
from pipelines.normalise import split_final


class Part(NamedTuple):
    """A stretch of an eojeol, and what the analyser says stands there.

    surface: the letters as they are written; the surfaces of an eojeol's parts, joined, are the eojeol. forms: the
    morphemes (form, tag) in the analyser's spelling and tags: several where letters are shared, as in 갔 = 가/VV 았/EP;
    none where it says nothing.
    """

    surface: str
    forms: tuple[tuple[str, str], ...]

    @property
    def tag(self) -> str:
        """The tags of the part, joined by +."""
        return "+".join(tag for _, tag in self.forms)


Analysis = list[list[Part]]
"""Of one sentence: the parts of each eojeol."""


@dataclass(frozen=True)
class Analyser:
    """An analyser: which program with which dictionary; about how many sentences a second it analyses (measured on
    Naver film reviews, one processor); and its function: sentences to analyses, one each, lossless.
    An analyser sees the final punctuation, which tells it that the last ending is a final one; the analysis is of what
    stands before it."""

    name: str
    version: Callable[[], str]
    pace: int
    analyse: Callable[[Sequence[str]], list[Analysis]]


_ANALYSERS: dict[str, Analyser] = {}


def analyser(
    name: str, version: Callable[[], str], *, pace: int
) -> Callable[[Callable[[str], Analysis]], Callable[[str], Analysis]]:
    """Register a function that analyses one sentence."""

    def register(one: Callable[[str], Analysis]) -> Callable[[str], Analysis]:
        _ANALYSERS[name] = Analyser(name, version, pace, lambda texts: [_before_final(one, text) for text in texts])
        return one

    return register


def _before_final(one: Callable[[str], Analysis], text: str) -> Analysis:
    """The analysis of a sentence without its final punctuation, found with it where its own parts spell it."""
    body, final = split_final(text)
    if not body:
        return []
    if final:
        *words, last = one(text)
        left, kept = len(body) - body.rfind(" ") - 1, 0
        while left > 0 and kept < len(last):
            left -= len(last[kept].surface)
            kept += 1
        if left == 0:
            return [*words, last[:kept]]
    return one(body)


def analyser_names() -> list[str]:
    """The names of all analysers."""
    for module in ("mecab", "kiwi", "java"):
        import_module(f"pipelines.analysers.{module}")
    return list(_ANALYSERS)


def get_analyser(name: str) -> Analyser:
    """The analyser of that name; PipelineError suggests the nearest."""
    if name not in analyser_names():
        raise PipelineError(unknown("analyser", name, _ANALYSERS))
    return _ANALYSERS[name]


def by_eojeol(words: Sequence[str], one: Callable[[str], list[Part] | None]) -> Analysis:
    """Each eojeol analysed alone; one whose letters do not come back stays whole, without forms."""
    return [one(word) or [Part(word, ())] for word in words]
