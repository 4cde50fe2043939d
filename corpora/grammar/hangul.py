"""Hangul syllables and the letters they are made of."""

from __future__ import annotations

LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = ["", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]
FIRST = 0xAC00


def split(syllable: str) -> tuple[str, str, str]:
    """Lead, vowel and final consonant ("" where there is none) of a composed syllable: 각 is ㄱ, ㅏ, ㄱ."""
    code = ord(syllable) - FIRST
    return LEADS[code // 588], VOWELS[code % 588 // 28], FINALS[code % 28]


def join(lead: str, vowel: str, final: str = "") -> str:
    """The composed syllable of its letters."""
    return chr(FIRST + 588 * LEADS.index(lead) + 28 * VOWELS.index(vowel) + FINALS.index(final))


def final(word: str) -> str:
    """The final consonant of a word, "" where it ends in a vowel."""
    return split(word[-1])[2]


def with_final(word: str, consonant: str) -> str:
    """The word with another final consonant on its last syllable (or none)."""
    lead, vowel, _ = split(word[-1])
    return word[:-1] + join(lead, vowel, consonant)


def with_vowel(word: str, vowel: str, consonant: str = "") -> str:
    """The word with another vowel and final consonant in its last syllable."""
    return word[:-1] + join(split(word[-1])[0], vowel, consonant)
