"""Units that spelling marks with a space: the eojeol of Korean and the word of English."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.normalise import MARK, split_final
from pipelines.units import unit


def _spaced(sentence: str) -> list[str]:
    body, final = split_final(sentence)
    units = [MARK + word for word in body.split(" ") if word]
    return [*units, final] if final else units


@unit("eojeol", "what stands between two spaces: a host with its particles or endings", whole=True, joined=True)
def eojeol(sentences: Sequence[str]) -> list[list[str]]:
    """`고양이가 잔다.` becomes `▁고양이가`, `▁잔다`, `.`"""
    return [_spaced(sentence) for sentence in sentences]


@unit("word", "what stands between two spaces", whole=True)
def word(sentences: Sequence[str]) -> list[list[str]]:
    """`the cat sleeps.` becomes `▁the`, `▁cat`, `▁sleeps`, `.`"""
    return [_spaced(sentence) for sentence in sentences]


@unit("subword", "a piece of the vocabulary", whole=False, pieces=True, classed=False)
def subword(sentences: Sequence[str]) -> list[list[str]]:
    """Words here; `dataset` makes every vocabulary piece of them a unit."""
    return [_spaced(sentence) for sentence in sentences]
