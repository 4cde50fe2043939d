"""Units below the word that need no analyser: syllables, jamo, characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Literal

from pipelines.normalise import MARK, split_final
from pipelines.units import unit


def _letters(sentence: str, form: Literal["NFC", "NFD"]) -> list[str]:
    """Every code point of every word, the first with the mark; final punctuation stays one unit."""
    body, final = split_final(sentence)
    units = []
    for word in body.split(" ") if body else []:
        first, *rest = _with_marks(unicodedata.normalize(form, word))
        units += [MARK + first, *rest]
    return [*units, final] if final else units


def _with_marks(word: str) -> list[str]:
    """The letters of a word, each with the combining marks on it: vowel points, cantillation, accents."""
    letters: list[str] = []
    for letter in word:
        if letters and unicodedata.category(letter) in ("Mn", "Me"):
            letters[-1] += letter
        else:
            letters.append(letter)
    return letters


@unit("syllable", "a syllable block of Hangul, or another character", whole=False, classed=False)
def syllable(sentences: Sequence[str]) -> list[list[str]]:
    """`책이 있다.` becomes `▁책`, `이`, `▁있`, `다`, `.`"""
    return [_letters(sentence, "NFC") for sentence in sentences]


@unit("jamo", "a letter of Hangul: lead, vowel or final consonant", whole=False, classed=False)
def jamo(sentences: Sequence[str]) -> list[list[str]]:
    """`책.` becomes lead, vowel and final consonant, and `.`: conjoining jamo, which compose to the text again."""
    return [_letters(sentence, "NFD") for sentence in sentences]


@unit("character", "a letter with the marks on it, or another character", whole=False, classed=False)
def character(sentences: Sequence[str]) -> list[list[str]]:
    """`a cat.` becomes `▁a`, `▁c`, `a`, `t`, `.`"""
    return [_letters(sentence, "NFC") for sentence in sentences]
