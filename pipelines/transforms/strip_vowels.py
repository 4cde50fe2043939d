"""Taking off what Arabic and Hebrew write above and below their letters."""

from __future__ import annotations

from pipelines.transforms import transform

ARABIC = (
    *range(0x0610, 0x061B), *range(0x064B, 0x0653), *range(0x0656, 0x0660), 0x0670, *range(0x06D6, 0x06DD),
    *range(0x06DF, 0x06E5), 0x06E7, 0x06E8, *range(0x06EA, 0x06EE),
)  # fmt: skip
"""Honorific and Quranic annotation signs, the harakat with tanwin, shadda and sukun, and the superscript alef. Madda
and hamza above and below (U+0653–0655) are parts of letters and stay."""
HEBREW = (*range(0x0591, 0x05BE), 0x05BF, 0x05C1, 0x05C2, 0x05C4, 0x05C5, 0x05C7)
"""Cantillation, niqqud with dagesh and meteg, rafe, shin and sin dots. Maqaf, paseq and sof pasuq are punctuation."""
_MARKS = frozenset(map(chr, (*ARABIC, *HEBREW)))


@transform(
    "strip_vowels",
    "Arabic harakat, Hebrew vowel points and cantillation taken off, as everyday text is written",
    source="The Unicode Standard, blocks Arabic and Hebrew",
)
def strip_vowels(letter: str) -> str:
    return "" if letter in _MARKS else letter
