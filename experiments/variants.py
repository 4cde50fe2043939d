"""Variants of a study's text: settings of the corpus by condition, and sizes of the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Variant:
    """What every cell is run under: `options` over the corpus', and pieces of the vocabulary.

    base: whether it is the study itself, changed in nothing.
    """

    options: Mapping[str, Any]
    vocabulary: int
    base: bool


def variants(study: Mapping[str, Any]) -> dict[str, Variant]:
    """The variants of a study (its `conditions`, `vocabularies` and `vocabulary`), by the name that tables give them.

    A condition has its own name; at several sizes of the vocabulary "pieces_2000" follows it, or stands alone where
    there are no conditions. Without either there is one variant, named "".

    >>> list(variants({"conditions": {"free": {}}, "vocabularies": [500, 900], "vocabulary": 900}))
    ['free_pieces_500', 'free_pieces_900']
    """
    own: int = study["vocabulary"]
    sizes: Sequence[int] = study.get("vocabularies") or (own,)
    found = {}
    for condition, options in (study.get("conditions") or {"": {}}).items():
        for size in sizes:
            name = "_".join(filter(None, (condition, f"pieces_{size}" if len(sizes) > 1 else "")))
            found[name] = Variant(options, size, not options and size == own)
    return found
