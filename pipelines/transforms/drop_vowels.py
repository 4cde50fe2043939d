"""An alphabet without its vowels: what Arabic and Hebrew spelling would do to English and Korean."""

from __future__ import annotations

import unicodedata

from pipelines.transforms import transform

_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"


@transform(
    "drop_vowels",
    "vowel letters left out: a, e, i, o, u of English; the medial vowels of Hangul, the consonants as single letters",
    source="the mirror of strip_vowels",
)
def drop_vowels(letter: str) -> str:
    """`cat` becomes `ct`; 먹었다 becomes ㅁㄱㅇㅆㄷ; conjoining jamo lose their vowels and stay jamo."""
    code = ord(letter[0])
    if 0xAC00 <= code <= 0xD7A3:
        lead, final = (code - 0xAC00) // 588, (code - 0xAC00) % 28
        return _LEADS[lead] + (_FINALS[final] if final else "")
    if 0x1161 <= code <= 0x1175 or 0x314F <= code <= 0x3163:
        return ""
    return "" if unicodedata.normalize("NFD", letter)[0] in "aeiouAEIOU" else letter
