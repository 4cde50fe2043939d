"""Korean morphology: particles and endings in the shape that the stem before them asks for."""

from __future__ import annotations

from functools import cache
from typing import Self

from corpora.grammar.hangul import final, split, with_final, with_vowel

_PARTICLES = {
    "subject": ("이", "가"),
    "topic": ("은", "는"),
    "object": ("을", "를"),
    "and": ("과", "와"),
    "dative": ("에게", "에게"),
    "honorific subject": ("께서", "께서"),
    "honorific topic": ("께서는", "께서는"),
    "honorific dative": ("께", "께"),
    "place": ("에서", "에서"),
    "goal": ("에", "에"),
    "possessive": ("의", "의"),
}
_BRIGHT = "ㅏㅗㅑ"
_KEEP_P = ("돕", "곱")


class Eojeol(str):
    """A Korean word with the morphemes that it was made of, in their underlying shape: 들었다 is 듣, 었, 다."""

    morphemes: tuple[str, ...]

    def __new__(cls, text: str, *morphemes: str) -> Self:
        made = super().__new__(cls, text)
        made.morphemes = morphemes or (text,)
        return made


def particle(word: str, name: str) -> Eojeol:
    """The word with a particle: 이 or 가, 은 or 는, 을 or 를 … after its final consonant; 로 after ㄹ, else 으로."""
    if name in ("instrument", "direction"):
        form = "로" if final(word) in ("", "ㄹ") else "으로"
    else:
        form = _PARTICLES[name][0 if final(word) else 1]
    bare = word.morphemes if isinstance(word, Eojeol) else (word,)
    return Eojeol(word + form, *bare, *(("께서", "는") if form == "께서는" else (form,)))


@cache
def infinitive(stem: str, irregular: str = "") -> str:
    """The stem with 아 or 어, contracted: 먹어, 가, 와, 마셔, 해, 써, 몰라, 도와, 걸어, 지어, 빨개, 이르러."""
    _, vowel, closing = split(stem[-1])
    if stem.endswith("하") and not irregular:
        return with_vowel(stem, "ㅐ")
    if irregular == "p":
        return with_final(stem, "") + ("와" if stem in _KEEP_P else "워")
    if irregular == "t":
        return with_final(stem, "ㄹ") + ("아" if vowel in _BRIGHT else "어")
    if irregular == "s":
        return with_final(stem, "") + ("아" if vowel in _BRIGHT else "어")
    if irregular == "reu":
        return with_final(stem[:-1], "ㄹ") + ("라" if split(stem[-2])[1] in _BRIGHT else "러")
    if irregular == "reo":
        return stem + "러"
    if irregular == "h":
        return with_vowel(stem, "ㅒ" if vowel == "ㅑ" else "ㅐ")
    if closing:
        return stem + ("아" if vowel in _BRIGHT else "어")
    if vowel == "ㅡ":
        bright = len(stem) > 1 and split(stem[-2])[1] in _BRIGHT
        return with_vowel(stem, "ㅏ" if bright else "ㅓ")
    contracted = {"ㅗ": "ㅘ", "ㅜ": "ㅝ", "ㅣ": "ㅕ", "ㅚ": "ㅙ"}
    if vowel in contracted:
        return with_vowel(stem, contracted[vowel])
    return stem + "어" if vowel in ("ㅟ", "ㅢ") else stem


@cache
def past(stem: str, irregular: str = "") -> str:
    """The past stem: 먹었, 갔, 왔, 마셨, 했, 썼, 몰랐, 도왔, 걸었."""
    return with_final(infinitive(stem, irregular), "ㅆ")


def _open(stem: str, irregular: str) -> str:
    """The stem as it stands before an ending with 으: 추우, 걸으, 지으, 빨가; 먹으; 가; 살 (ㄹ takes no 으)."""
    if irregular == "p":
        return with_final(stem, "") + "우"
    if irregular == "t":
        return with_final(stem, "ㄹ") + "으"
    if irregular == "s":
        return with_final(stem, "") + "으"
    if irregular == "h":
        return with_final(stem, "")
    return stem if final(stem) in ("", "ㄹ") else stem + "으"


@cache
def with_eu(stem: str, ending: str, irregular: str = "") -> str:
    """The stem with an ending that begins in (으), named without it: ㄴ, ㄹ, 면, 시, 니까 …

    ㄹ falls before ㄴ, ㅅ and ㅂ: 살면, 산, 살, 사시; 먹으면, 먹은; 추우면, 추운; 걸으면; 빨가면, 빨간.
    """
    base = _open(stem, irregular)
    sound = ending if ending in ("ㄴ", "ㄹ", "ㅂ") else split(ending[0])[0]
    if final(base) == "ㄹ" and sound in "ㄴㅅㅂ":
        base = with_final(base, "")
    if ending in ("ㄴ", "ㄹ", "ㅂ"):
        return with_final(base, ending)
    return base + ending


@cache
def with_n(stem: str, ending: str) -> str:
    """The stem with an ending in ㄴ that takes no 으 (는, 는데): 사는, 먹는."""
    return (with_final(stem, "") if final(stem) == "ㄹ" else stem) + ending


@cache
def plain_present(stem: str) -> str:
    """A verb's plain present: 간다, 먹는다, 산다."""
    return with_final(stem, "ㄴ") + "다" if final(stem) in ("", "ㄹ") else stem + "는다"


@cache
def formal_present(stem: str) -> str:
    """The formal present: 갑니다, 먹습니다, 삽니다."""
    return with_final(stem, "ㅂ") + "니다" if final(stem) in ("", "ㄹ") else stem + "습니다"


@cache
def polite(stem: str, irregular: str = "") -> str:
    """The polite present: 먹어요, 가요, 해요; after honorific 시 세요."""
    if stem.endswith("시") and irregular == "honorific":
        return stem[:-1] + "세요"
    return infinitive(stem, "" if irregular == "honorific" else irregular) + "요"
