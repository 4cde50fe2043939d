"""The script of a language, and how much of a text is written in it."""

from __future__ import annotations

import os
import unicodedata
from functools import cache
from pathlib import Path

import yaml

from corpora.errors import CorpusError, unknown

FOLDER = Path(__file__).parent.parent / "pipelines" / "languages"
"""The languages that come with the laboratory. They are read here as data: code of that room is not reached."""


def language_files() -> dict[str, Path]:
    """Declarations of languages by code, those in the folder `EOSUN_LANGUAGES` over the laboratory's own."""
    own = os.environ.get("EOSUN_LANGUAGES")
    folders = [FOLDER, *([Path(own)] if own else [])]
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}


def check_language(lang: str) -> None:
    """CorpusError for a language that is not declared."""
    files = language_files()
    if lang not in files:
        other = "Another one is declared in a YAML file in the folder EOSUN_LANGUAGES."
        raise CorpusError(f"{unknown('language', lang, files)} {other}")


@cache
def script_of(lang: str) -> str:
    """The script that a language's declaration names, as in "Hangul"; CorpusError for a language without one."""
    check_language(lang)
    declared = yaml.safe_load(language_files()[lang].read_text(encoding="utf-8"))
    return str(declared["script"])


@cache
def _in_script(letter: str, script: str) -> bool:
    return script.upper() in unicodedata.name(letter, "")


def share_in_script(text: str, script: str) -> float:
    """The share of a text's letters that are of a script, by their Unicode names; 0 where it has no letters.

    >>> share_in_script("AI가 온다!", "Hangul")
    0.6
    """
    letters = [letter for letter in text if letter.isalpha()]
    return sum(_in_script(letter, script) for letter in letters) / len(letters) if letters else 0.0
