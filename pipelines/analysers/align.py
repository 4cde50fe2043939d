"""Laying an analyser's morphemes over the letters of an eojeol."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from pipelines.analysers import Part

LEAST = 0.5
"""Of the letters of eojeol and morphemes this share must be common, or the analysis is not about this eojeol."""
_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_FINALS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"

Span = tuple[int, int, str, str]
"""Where a morpheme begins and ends in a text, its form and tag."""


def from_spans(text: str, spans: Sequence[Span]) -> list[list[Part]] | None:
    """The parts of each eojeol from an analyser that says where its morphemes stand; None if one crosses a space.

    Morphemes that share letters (가 + 었 in 갔) become one part; letters between morphemes join the part before.
    """
    words, result, begin = text.split(" "), [], 0
    queue = sorted(spans, key=lambda span: span[:2])
    for word in words:
        end = begin + len(word)
        mine = [span for span in queue if begin <= span[0] < end]
        if any(span[1] > end for span in mine):
            return None
        result.append(_cut(word, [(max(a - begin, 0), b - begin, form, tag) for a, b, form, tag in mine]))
        begin = end + 1
    return result


def _cut(word: str, spans: list[Span]) -> list[Part]:
    groups: list[tuple[int, int, list[tuple[str, str]]]] = []
    for begin, end, form, tag in spans:
        if groups and (begin < groups[-1][1] or end <= groups[-1][1]):
            first, last, forms = groups[-1]
            groups[-1] = first, max(last, end), [*forms, (form, tag)]
        else:
            groups.append((begin, end, [(form, tag)]))
    groups = [group for group in groups if group[1] > group[0]]
    if not groups:
        return [Part(word, ())]
    borders = [0, *(group[0] for group in groups[1:]), len(word)]
    return [
        Part(word[a:b], tuple(group[2])) for a, b, group in zip(borders, borders[1:], groups, strict=False)
    ]  # fmt: skip


@lru_cache(maxsize=50_000)
def aligned(word: str, morphemes: tuple[tuple[str, str], ...]) -> tuple[Part, ...] | None:
    """The parts of an eojeol from an analyser that only names its morphemes; None where they do not fit.

    Letters of Hangul are matched by a longest common subsequence. A syllable whose letters belong to several morphemes
    holds them all; a morpheme of which nothing is written (the copula in 의사다) goes with the next.
    """
    letters = [(letter, i) for i, one in enumerate(word) for letter in _letters(one)]
    forms = [(letter, k) for k, (form, _) in enumerate(morphemes) for letter in _letters(form)]
    matches = _common([one for one, _ in letters], [one for one, _ in forms])
    if not matches or len(matches) < LEAST * max(len(letters), len(forms)):
        return None
    owners: list[set[int]] = [set() for _ in word]
    for i, j in matches:
        owners[letters[i][1]].add(forms[j][1])
    parts: list[tuple[str, int, int]] = []
    for one, found in zip(word, owners, strict=True):
        first, last = (min(found), max(found)) if found else (parts[-1][2], parts[-1][2]) if parts else (0, 0)
        if parts and first <= parts[-1][2]:
            surface, begin, end = parts[-1]
            parts[-1] = surface + one, begin, max(end, last)
        else:
            parts.append((one, parts[-1][2] + 1 if parts else 0, last))
    final = len(morphemes) - 1
    parts[-1] = parts[-1][0], parts[-1][1], max(parts[-1][2], final)
    return tuple(Part(surface, morphemes[begin : end + 1]) for surface, begin, end in parts)


@lru_cache(maxsize=20_000)
def _letters(text: str) -> tuple[str, ...]:
    """Letters of Hangul one by one, a consonant alike whether it opens or closes a syllable; others as they are."""
    found = []
    for letter in unicodedata.normalize("NFD", text):
        code = ord(letter)
        if 0x1100 <= code <= 0x1112:
            letter = _LEADS[code - 0x1100]
        elif 0x1161 <= code <= 0x1175:
            letter = chr(0x314F + code - 0x1161)
        elif 0x11A8 <= code <= 0x11C2:
            letter = _FINALS[code - 0x11A8]
        found.append(letter)
    return tuple(found)


def _common(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of places of a longest common subsequence, the earliest of the second where there is a choice."""
    rows, columns = len(one), len(other)
    length = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            if one[i] == other[j]:
                length[i][j] = length[i + 1][j + 1] + 1
            else:
                length[i][j] = max(length[i + 1][j], length[i][j + 1])
    pairs, i, j = [], 0, 0
    while i < rows and j < columns:
        if one[i] == other[j] and length[i][j] == length[i + 1][j + 1] + 1:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif length[i + 1][j] >= length[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs
