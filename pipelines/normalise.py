"""The one spelling that every unit starts from."""

from __future__ import annotations

import re
import unicodedata

from pipelines.errors import PipelineError
from pipelines.languages import get_language

MARK = "\u2581"
"""LOWER ONE EIGHTH BLOCK: stands where a space stood, at the head of the first unit of each eojeol or word."""

_FINAL = re.compile(r"[.?!…。！？؟۔׃]+[\"'”’)\]]*$")


def normalise(text: str, lang: str, *, lower: bool = True) -> str:
    """NFC, single spaces, and lower case where the language has case.

    Lower-casing comes before any order is applied: in English the capital would give the first word away.
    Raises PipelineError if the text holds U+2581, which vocabularies use for the space.
    """
    if MARK in text:
        raise PipelineError(f'The text "{text[:40]}" holds U+2581, the mark for a space: remove it from the corpus.')
    text = " ".join(unicodedata.normalize("NFC", text).split())
    return unicodedata.normalize("NFC", text.lower()) if lower and get_language(lang).cased else text


def marked(text: str) -> str:
    """The sentence as vocabularies see it: every eojeol or word opens with the mark, and no space is left."""
    return MARK + text.replace(" ", MARK) if text else ""


def split_final(text: str) -> tuple[str, str]:
    """The sentence and its final punctuation (with closing quotes or brackets), which may be empty."""
    found = _FINAL.search(text)
    if found is None or found.start() == 0 or text[found.start() - 1] == " ":
        return text, ""
    return text[: found.start()], found.group()


def ends_text(unit: str) -> bool:
    """Whether a unit ends in a full stop, a question or an exclamation mark (closing quotes and brackets after it); an
    ellipsis ends nothing."""
    found = _FINAL.search(unit)
    return found is not None and "…" not in found.group() and ".." not in found.group()


def is_final(unit: str) -> bool:
    """Whether a unit is nothing but final punctuation."""
    return _FINAL.fullmatch(unit.lstrip(MARK)) is not None
