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

Segmenter = Callable[[Sequence[str]], list[list[str]]]


@dataclass(frozen=True)
class Unit:
    """A unit of text: its segmenter, the languages that have it, and what its answers depend on.

    `whole` says that a unit is a whole space-delimited word. `pieces` says that the segmenter gives words, and
    every vocabulary piece of them becomes a unit (the bytes of one letter together): such a unit needs a dataset.
    `version` names the analyser and dictionary: it is part of the identity of every dataset.
    """

    name: str
    meaning: str
    languages: frozenset[str]
    whole: bool
    segment: Segmenter
    version: Callable[[], str]
    pieces: bool = False


_UNITS: dict[str, Unit] = {}


def unit(
    name: str,
    meaning: str,
    *,
    languages: Sequence[str],
    whole: bool,
    version: Callable[[], str] = lambda: "1",
    pieces: bool = False,
) -> Callable[[Segmenter], Segmenter]:
    """Register a segmenter under a name."""

    def register(segment: Segmenter) -> Segmenter:
        _UNITS[name] = Unit(name, meaning, frozenset(languages), whole, segment, version, pieces)
        return segment

    return register


def all_units() -> dict[str, Unit]:
    """Every unit by name."""
    for module in ("spaced", "morpheme", "letters", "chunk"):
        import_module(f"pipelines.units.{module}")
    return dict(_UNITS)


def get_unit(name: str, lang: str) -> Unit:
    """The unit of that name, if the language has it; PipelineError names the ones that it has."""
    units = all_units()
    if name not in units:
        raise PipelineError(unknown("unit", name, units))
    found = units[name]
    if lang not in found.languages:
        having = ", ".join(sorted(u.name for u in units.values() if lang in u.languages)) or "none"
        raise PipelineError(f'The unit "{name}" is not one of language "{lang}". Units of "{lang}": {having}.')
    return found
