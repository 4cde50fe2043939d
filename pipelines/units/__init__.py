"""Units: what an order permutes and what distance is counted in. One name, one segmenter.

A segmenter takes normalised sentences and returns, for each, its units as strings. The first unit of every eojeol or
word opens with the mark (U+2581), so that joining the units of a sentence gives `marked(sentence)`: nothing is lost.
(Jamo give it back once they are composed.)
Final punctuation is a unit of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

from corpora.errors import unknown
from pipelines.errors import PipelineError
from pipelines.languages import get_language

Segmenter = Callable[[Sequence[str]], list[list[str]]]


@dataclass(frozen=True)
class Unit:
    """A unit of text: its segmenter, and what its answers depend on. Which languages have it, they declare themselves.

    `whole` says that a unit is a whole space-delimited word. `pieces` says that the segmenter gives words, and
    every vocabulary piece of them becomes a unit (the bytes of one letter together): such a unit needs a dataset.
    `classed`: a unit is a word or a part of one that has a word class; `joined`: it holds a content word and the
    function words on it in one. `version` names the analyser and dictionary: datasets are identified by it, too.
    `pace`: about how many sentences a second one processor cuts, by which work is shared out.
    """

    name: str
    meaning: str
    whole: bool
    segment: Segmenter
    version: Callable[[], str]
    pieces: bool = False
    classed: bool = True
    joined: bool = False
    pace: int = 50_000


_UNITS: dict[str, Unit] = {}


def unit(
    name: str,
    meaning: str,
    *,
    whole: bool,
    version: Callable[[], str] = lambda: "1",
    pieces: bool = False,
    classed: bool = True,
    joined: bool = False,
    pace: int = 50_000,
) -> Callable[[Segmenter], Segmenter]:
    """Register a segmenter under a name."""

    def register(segment: Segmenter) -> Segmenter:
        _UNITS[name] = Unit(name, meaning, whole, segment, version, pieces, classed, joined, pace)
        return segment

    return register


def all_units() -> dict[str, Unit]:
    """Every unit by name."""
    for module in ("spaced", "morpheme", "letters", "chunk"):
        import_module(f"pipelines.units.{module}")
    return dict(_UNITS)


def get_unit(name: str, lang: str) -> Unit:
    """The unit of that name, if the language has it; PipelineError names the ones that it has."""
    units, language = all_units(), get_language(lang)
    if name not in units:
        raise PipelineError(unknown("unit", name, units))
    if name not in language.units:
        having = ", ".join(language.units)
        raise PipelineError(f'The unit "{name}" is not one of language "{lang}". Units of "{lang}": {having}.')
    return units[name]
