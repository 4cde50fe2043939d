"""Korean eojeol as parts of predicates: which hold one, which end a clause, which belong to the one before them."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.analysers import Part
from pipelines.layout import CLOSES_CLAUSE, LEANS, PREDICATE, TAKES_COMPLEMENT

_PREDICATES = frozenset(("VV", "VA", "VX", "VCP", "VCN", "XSV", "XSA"))
MODAL = frozenset((
    "수", "적", "리", "줄", "것", "거", "만", "법", "뻔", "척", "체",
    "듯", "뿐", "터", "셈", "양", "성", "지", "바", "중",
))  # fmt: skip
"""Bound nouns after an adnominal ending that make one predicate with what follows: 할 수 있다, 넘어질 뻔했다."""
_AFTER_MODAL = {
    "있": ("수", "적", "리", "줄", "중"), "없": ("수", "적", "리", "줄", "바"), "같": ("것", "거"),
    "하": ("만", "뻔", "척", "체", "듯", "양", "법"), "모르": ("줄", "지"), "알": ("줄",), "싶": ("듯", "성"),
    "이": tuple(MODAL),
}  # fmt: skip
_AFTER_ENDING = {
    "되": ("게", "아야", "어야", "여야", "면", "으면"),
    "하": ("게", "기로", "도록", "아야", "어야", "여야", "려고", "으려고", "고자"),
    "모르": ("ㄹ지", "을지", "는지", "ㄴ지", "은지", "지"), "만들": ("게",),
}  # fmt: skip
"""By the stem of a predicate, the endings of an eojeol before it that it makes one predicate with: -게 되다."""

Forms = list[tuple[str, str]]


def word_traits(analysis: Sequence[Sequence[Part]]) -> list[int]:
    """Of every eojeol of a sentence, the traits PREDICATE, CLOSES_CLAUSE, LEANS and TAKES_COMPLEMENT that it has."""
    words = [_forms(parts) for parts in analysis]
    return [
        PREDICATE * _holds_predicate(word)
        + CLOSES_CLAUSE * _closes(word)
        + LEANS * _leans(words, i)
        + TAKES_COMPLEMENT * (i > 0 and _takes_complement(words[i - 1], word))
        for i, word in enumerate(words)
    ]


def _forms(parts: Sequence[Part]) -> Forms:
    """The morphemes without punctuation; an adnominal ending alone, as Mecab writes it, in letters of a keyboard."""
    forms = [one for part in parts for one in part.forms if not one[1].startswith(("SF", "SS", "SP", "SC", "SE"))]
    return [(form.translate(_TO_KEYBOARD), tag) for form, tag in forms]


_TO_KEYBOARD = str.maketrans("ᆫᆯᆷᆸ", "ㄴㄹㅁㅂ")


def _holds_predicate(word: Forms) -> bool:
    """A verb, an adjective or the copula is in it, and it was not made a noun with a particle (먹기가)."""
    tags = [tag for _, tag in word]
    made_noun = "ETN" in tags and any(tag.startswith("J") for tag in tags[tags.index("ETN") :])
    return bool(_PREDICATES.intersection(tags)) and not made_noun


def _closes(word: Forms) -> bool:
    """A predicate that ends a clause: with a final or connective ending, or made a noun in the telegram style (볼 수
    없음), not an adnominal one (먹는)."""
    return _holds_predicate(word) and word[-1][1] in ("EF", "EC", "ETN", "EP", "JX", *_PREDICATES)


def _stem(word: Forms) -> tuple[str, str]:
    return word[0] if word else ("", "")


def _next_predicate(words: Sequence[Forms], i: int) -> str:
    """The stem of the eojeol after this one if it holds a predicate, or ""."""
    return _stem(words[i + 1])[0] if i + 1 < len(words) and _holds_predicate(words[i + 1]) else ""


def _adnominal_with_modal(word: Forms) -> str:
    """The bound noun that ends an eojeol written in one with its verb (할수, 할것), or ""."""
    tail = [form for form in word if not form[1].startswith("J")]
    return tail[-1][0] if len(tail) > 2 and tail[-1][1].startswith("NNB") and tail[-2][1] == "ETM" else ""


def _modal(words: Sequence[Forms], i: int) -> str:
    """The bound noun that an eojeol is or ends in, after an adnominal ending, or ""."""
    form, tag = _stem(words[i])
    if form in MODAL and tag.startswith("NNB") and i and words[i - 1] and words[i - 1][-1][1] == "ETM":
        return form
    return _adnominal_with_modal(words[i])


def _leans(words: Sequence[Forms], i: int) -> bool:
    """Whether an eojeol makes one predicate with the one before it."""
    if i == 0 or not words[i] or not words[i - 1]:
        return False
    (form, tag), before = _stem(words[i]), words[i - 1]
    if tag == "VX":
        return True
    if form in MODAL and tag.startswith("NNB") and before[-1][1] == "ETM":
        if any(one in ("VCP", "XSV", "XSA", "VV", "VX") for _, one in words[i][1:]):
            return True
        return form in _AFTER_MODAL.get(_next_predicate(words, i), ())
    if not _holds_predicate(words[i]):
        # 안 in -으면 안 되다 belongs to what stands before it.
        return form == "안" and _next_predicate(words, i) == "되" and before[-1] in (("면", "EC"), ("으면", "EC"))
    if _modal(words, i - 1) in _AFTER_MODAL.get(form, ()):
        return True
    if before[0] in (("안", "MAG"), ("못", "MAG")) and len(before) == 1:
        return True
    endings = [one for one, kind in before if kind.startswith("E")]
    nominal = "".join(one for one, kind in before[-2:] if kind in ("ETN", "JKB"))  # 기 + 로
    return bool({*endings[-1:], nominal} & {*_AFTER_ENDING.get(form, ())})


def _takes_complement(before: Forms, word: Forms) -> bool:
    """되다 and 아니다 directly after a noun in 이 or 가: 얼음이 되었다, 의사가 아니다."""
    return (
        bool(before)
        and before[-1][1] in ("JKS", "JKC")
        and _stem(word) in (("되", "VV"), ("아니", "VCN"), ("되", "XSV"))
    )
