"""The words of a report by language: one YAML file each, with the same keys and the same places for values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from corpora.errors import unknown
from reports.document import Span, Text
from reports.errors import ReportError

FOLDER = Path(__file__).parent
_MARKED = re.compile(r"\*\*(.+?)\*\*|`(.+?)`")


@dataclass(frozen=True)
class Words:
    """The phrases of one language; `words("name", value=…)` is a phrase with its places filled."""

    lang: str
    phrases: Mapping[str, str]
    studies: Mapping[str, Mapping[str, str]]

    def __call__(self, key: str, **values: object) -> str:
        return self.phrases[key].format(**values)

    def text(self, key: str, **values: object) -> Text:
        """The same as text with its `code` and **strong** parts; values are never read as such marks."""
        parts, at, pattern = [], 0, self.phrases[key]
        for found in _MARKED.finditer(pattern):
            parts += [(pattern[at : found.start()], ""), (found[1] or found[2], "strong" if found[1] else "code")]
            at = found.end()
        filled = [Span(part.format(**values), style) for part, style in (*parts, (pattern[at:], ""))]
        return tuple(one for one in filled if one.text)

    def known(self, prefix: str, name: str) -> str:
        """The word for a name of the laboratory (a language, a unit); the name itself where there is none."""
        return self.phrases.get(f"{prefix}.{name}", name)

    def language(self, lang: str, condition: str = "") -> str:
        return ", ".join(filter(None, (self.known("language", lang), condition)))

    def trained(self, model: str, order: str, condition: str = "") -> str:
        """The model, what order it was trained on where that is not the natural one, and under which condition."""
        name = model if order == "natural" else self("trained", model=model, order=order)
        return ", ".join(filter(None, (name, condition)))

    def spoken(self, model: str) -> str:
        """A model in a sentence: an LSTM."""
        return self.phrases.get(f"spoken.{model}") or self("model", name=model.upper())


@cache
def words_of(lang: str) -> Words:
    """The words of a language; ReportError lists the languages that there are."""
    if lang not in languages():
        raise ReportError(unknown("language of reports", lang, languages()))
    studies = FOLDER / f"studies.{lang}.yaml"
    phrases = {**_flat(_read(FOLDER / f"{lang}.yaml")), **_flat(_read(FOLDER / f"measures.{lang}.yaml"))}
    return Words(lang, phrases, _read(studies) if studies.is_file() else {})


def languages() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("??.yaml"))


def _read(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def _flat(tree: Mapping[str, Any], before: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in tree.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{before}{name}.")
        else:
            found[f"{before}{name}"] = " ".join(str(value).split())
    return found
