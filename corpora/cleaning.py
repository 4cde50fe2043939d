"""Cleaning: what is done to the rows of a corpus, each step asked for and counted."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from corpora.errors import CorpusError, unknown
from corpora.readers import LONGEST, Row
from corpora.scripts import script_of, share_in_script

MARK = "\u2581"
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,400}>")
_NOT_A_LETTER = re.compile(r"[\W\d_]+")


class Cleaning(BaseModel):
    """What is done beyond NFC, single spaces and dropping empty rows, which is always done.

    markup: tags are read as spaces and entities as what they stand for. script: the least share of a text's
    letters that are of its language's script. words: the least and the largest number of words. near_duplicates: of
    texts that are equal but for case, punctuation, digits and spaces one stays, the training one or the first. A row
    that goes in one language goes in all.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    markup: bool = False
    script: float | None = Field(default=None, gt=0, le=1)
    words: tuple[int, int] | None = None
    near_duplicates: bool = False

    @field_validator("words", mode="before")
    @classmethod
    def _bounds(cls, words: Any) -> Any:
        whole = isinstance(words, list | tuple) and len(words) == 2 and all(isinstance(n, int) for n in words)
        if words is not None and not (whole and 1 <= words[0] <= words[1]):
            raise ValueError("must be the least and the largest number, as in [2, 60]")
        return words


def cleaning_of(declared: Any, where: str) -> Cleaning:
    """The cleaning that an option declares; CorpusError names what is wrong with it."""
    if not isinstance(declared, Mapping):
        raise CorpusError(f"{where}: cleaning is declared as a mapping, as in {{words: [2, 60], script: 0.5}}.")
    for key in declared:
        if key not in Cleaning.model_fields:
            raise CorpusError(f"{where}: {unknown('step of cleaning', str(key), Cleaning.model_fields)}")
    try:
        return Cleaning.model_validate(dict(declared))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise CorpusError(f"{where}: cleaning.{key}: {first['msg'].removeprefix('Value error, ')}.") from None


class Cleaner:
    """Cleans rows; counts `changed` texts by step and `removed` rows by reason. Aligned rows stay or go as a whole."""

    def __init__(self, cleaning: Cleaning) -> None:
        self._cleaning = cleaning
        self.changed: Counter[str] = Counter()
        self.removed: Counter[str] = Counter()

    def clean(self, row: Row, languages: Iterable[str]) -> dict[str, str] | None:
        """The cleaned texts of a row, None where one of them cannot stay; CorpusError for what no text may hold."""
        texts = {lang: self.text(row.texts[lang]) for lang in languages}
        for text in texts.values():
            if MARK in text or "\0" in text or len(text) > LONGEST:
                raise CorpusError(f"{row.where}: {_unfit(text)}")
        for lang, tree in row.syntax.items():
            if tree and lang in texts and self._cleaning.markup and len(tree.split()) != len(texts[lang].split()):
                raise CorpusError(
                    f"{row.where}: markup is a word of its tree: leave cleaning.markup out of this treebank."
                )
        return texts if self.keeps(texts) else None

    def text(self, raw: str) -> str:
        """A text in NFC with single spaces, its markup taken off where that is asked for."""
        if self._cleaning.markup:
            raw = self._counted("markup", raw, _unmarked(raw))
        composed = self._counted("NFC", raw, unicodedata.normalize("NFC", raw))
        return self._counted("whitespace", composed, " ".join(composed.split()))

    def _counted(self, step: str, before: str, after: str) -> str:
        if before != after:
            self.changed[step] += 1
        return after

    def keeps(self, texts: Mapping[str, str]) -> bool:
        """Whether a row of cleaned texts by language stays; counts the first step that removes it."""
        reason = self._reason(texts)
        if reason:
            self.removed[reason] += 1
        return not reason

    def _reason(self, texts: Mapping[str, str]) -> str:
        cleaning = self._cleaning
        if not all(texts.values()):
            return "empty"
        least_share = cleaning.script or 0.0
        if least_share and any(share_in_script(text, script_of(lang)) < least_share for lang, text in texts.items()):
            return "another script"
        if cleaning.words is not None:
            least, most = cleaning.words
            counts = [text.count(" ") + 1 for text in texts.values()]
            if min(counts) < least:
                return "too short"
            if max(counts) > most:
                return "too long"
        return ""


def _unfit(text: str) -> str:
    """What no text may hold, and the remedy."""
    if MARK in text:
        return "the text holds U+2581, the mark for a space in vocabularies: remove it."
    if "\0" in text:
        return "the text holds a NUL character: remove it."
    return f"a text of {len(text):,} characters: cut it into sentences."


def _unmarked(text: str) -> str:
    """Tags as spaces, and then entities, each once, as what they stand for (a space that does not break as one)."""
    return html.unescape(_TAG.sub(" ", text)).replace("\u00a0", " ")


def letters_of(text: str) -> str:
    """What near duplicates share: the letters, case folded; the text itself where it has none.

    >>> letters_of("Season 2: 정말, 최고!!")
    'season정말최고'
    """
    return _NOT_A_LETTER.sub("", text.casefold()) or text
