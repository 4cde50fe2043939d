"""Planted languages: artificial languages of which the truth is known exactly, so that measures can be held to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from corpora.errors import CorpusError, unknown
from corpora.planted.chain import Fertility, Renamed
from corpora.planted.clauses import Clauses
from corpora.planted.copying import Copying
from corpora.planted.design import Design
from corpora.planted.recall import Recall

KINDS: dict[str, type[Design]] = {
    "copy": Copying, "recall": Recall, "free-order": Clauses, "renamed": Renamed, "fertility": Fertility,
}  # fmt: skip


def design_of(options: Mapping[str, Any]) -> Design:
    """The design that a card's options declare: `kind`, and what the kind lets one set. CorpusError for all else."""
    given = dict(options)
    kind = given.pop("kind", None)
    if kind not in KINDS:
        raise CorpusError(unknown("kind of planted language", str(kind), KINDS))
    known = [field.name for field in fields(KINDS[kind])]
    for name in given:
        if name not in known:
            raise CorpusError(f"planted {kind}: {unknown('option', name, known)}")
    return KINDS[kind](**given)
