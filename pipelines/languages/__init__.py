"""Languages: what the laboratory must know of one to cut it, move it and tag it. One small YAML file a language."""

from __future__ import annotations

import difflib
import os
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_serializer

from corpora.errors import unknown
from pipelines.errors import PipelineError

FOLDER = Path(__file__).parent


class Language(BaseModel):
    """A language, by its ISO 639-1 code, or by one of private use (qaa to qtz) where nobody speaks it.

    `units` are the ones it has, the first its default; a script that nothing more is known of has `word, subword,
    character`. `cased`: capitals would tell which word came first, so text is lower-cased. `analyser`: what finds its
    morphemes and tags. `scrambles`: arguments and adjuncts may stand in any order before the predicate.
    `function_words`: its closed classes, for text that nobody has tagged. `transforms`: the script transforms it has.
    `case_marks`: what `case_mark` adds to nouns, by relation. `neutral_particle`: what stands in for any particle,
    after a vowel and after a consonant; a language that has one has particles to take apart.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    name: str
    script: str
    direction: Literal["ltr", "rtl"] = "ltr"
    units: tuple[str, ...] = ("word", "subword", "character")
    analyser: str | None = None
    cased: bool = False
    scrambles: bool = False
    function_words: frozenset[str] = frozenset()
    transforms: tuple[str, ...] = ()
    case_marks: dict[str, str] = {}
    neutral_particle: tuple[str, str] | None = None

    @property
    def particles(self) -> bool:
        return self.neutral_particle is not None

    @property
    def marks(self) -> dict[str, str]:
        """Units that edits may add, by name."""
        neutral = dict(zip(("neutral_open", "neutral_closed"), self.neutral_particle or (), strict=False))
        return {**self.case_marks, **neutral}

    @property
    def default_unit(self) -> str:
        return self.units[0]

    @field_serializer("function_words")
    def _in_order(self, words: frozenset[str]) -> list[str]:
        """Sorted: a dataset's hash is taken over what a language declares, and a set has no order of its own."""
        return sorted(words)


def language_files() -> dict[str, Path]:
    """The declarations by code: those in `EOSUN_LANGUAGES` first, then the ones that come with the laboratory."""
    return _files(os.environ.get("EOSUN_LANGUAGES"))


def get_language(code: str) -> Language:
    """The language of that code; PipelineError names the declared ones, or says what is wrong with a declaration."""
    return _language(code, os.environ.get("EOSUN_LANGUAGES"))


def _files(own: str | None) -> dict[str, Path]:
    folders = [FOLDER, *([Path(own)] if own else [])]
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}


@cache
def _language(code: str, own: str | None) -> Language:
    files = _files(own)
    if code not in files:
        raise PipelineError(
            unknown("language", code, files) + " Another one is declared in a YAML file in the folder EOSUN_LANGUAGES."
        )
    path = files[code]
    try:
        return Language.model_validate({"code": code, **yaml.safe_load(path.read_text(encoding="utf-8"))})
    except (yaml.YAMLError, UnicodeDecodeError, TypeError) as error:
        raise PipelineError(f"{path.name}: not YAML in UTF-8: {' '.join(str(error).split())[:160]}") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        near = difflib.get_close_matches(key, Language.model_fields, n=1, cutoff=0.5)
        hint = f' Did you mean "{near[0]}"?' if near and first["type"] == "extra_forbidden" else ""
        raise PipelineError(f"{path.name}: {key}: {first['msg']}.{hint}") from None
