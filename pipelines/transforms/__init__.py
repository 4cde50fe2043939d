"""Script transforms: what is done to the letters of units, once their borders are drawn. Siblings of the orders.

A transform changes spelling and never the borders of words, so that a text with and without its vowels has the same
units to permute. Units of which no letter is left go; a word keeps at least one letter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

from corpora.errors import unknown
from pipelines.errors import PipelineError
from pipelines.languages import get_language
from pipelines.normalise import MARK


@dataclass(frozen=True)
class Transform:
    """A transform by name: what it does, where it comes from, and what a letter becomes (itself, others, nothing)."""

    name: str
    meaning: str
    source: str
    letter: Callable[[str], str]


_TRANSFORMS: dict[str, Transform] = {}


def transform(name: str, meaning: str, *, source: str) -> Callable[[Callable[[str], str]], Callable[[str], str]]:
    """Register what a letter becomes."""

    def register(letter: Callable[[str], str]) -> Callable[[str], str]:
        _TRANSFORMS[name] = Transform(name, meaning, source, letter)
        return letter

    return register


def all_transforms() -> dict[str, Transform]:
    """Every transform by name."""
    for module in ("strip_vowels", "drop_vowels"):
        import_module(f"pipelines.transforms.{module}")
    return dict(_TRANSFORMS)


def get_transform(name: str, lang: str) -> Transform | None:
    """The transform of that name, None for "none"; PipelineError if the language does not have it."""
    if name == "none":
        return None
    known = all_transforms()
    if name not in known:
        raise PipelineError(unknown("script transform", name, ["none", *known]))
    having = get_language(lang).transforms
    if name not in having:
        raise PipelineError(
            f'The script transform "{name}" is not one of language "{lang}", which has: {", ".join(having) or "none"}.'
        )
    return known[name]


def transformed(units: Sequence[str], letter: Callable[[str], str]) -> list[str]:
    """The units of one sentence with their letters changed, "" for those of which nothing is left.

    The mark of a word goes to the first unit of it that is left; a word that would lose all its letters keeps its
    first one.
    """
    words: list[list[tuple[int, str]]] = []
    for number, unit in enumerate(units):
        for one in unit:
            if one == MARK or not words:
                words.append([])
            if one != MARK:
                words[-1].append((number, one))
    result = [""] * len(units)
    for word in words:
        changed = [(number, letter(one)) for number, one in word]
        letters = [i for i, (_, one) in enumerate(word) if one.isalpha()]
        if letters and not any(one.isalpha() for _, text in changed for one in text):
            changed[letters[0]] = word[letters[0]]
        elif word and not any(text for _, text in changed):
            changed[0] = word[0]
        mark = MARK
        for number, text in changed:
            result[number] += mark + text if text else ""
            mark = "" if text else mark
    return result


def marks_of(lang: str, transform: str) -> dict[str, str]:
    """The marks that edits may put into text of a language, transformed like the text."""
    change, marks = get_transform(transform, lang), get_language(lang).marks
    if change is None:
        return marks
    return {name: "".join(map(change.letter, mark)) or mark for name, mark in marks.items()}
