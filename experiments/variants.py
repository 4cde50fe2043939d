"""Variants of a study: settings of its corpus by condition, sizes of its vocabulary, and read-outs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any


@dataclass(frozen=True)
class Variant:
    """What every cell is run under: `options` over the corpus', pieces of the vocabulary, and a classifier's read-out.

    base: whether it is the study itself, changed in nothing.
    """

    options: Mapping[str, Any]
    vocabulary: int
    readout: str
    base: bool

    def differs(self, other: Variant) -> frozenset[str]:
        """In which of the three it differs from another."""
        names = ("options", "vocabulary", "readout")
        return frozenset(name for name in names if getattr(self, name) != getattr(other, name))


def variants(study: Mapping[str, Any]) -> dict[str, Variant]:
    """The variants of a study (its `conditions`, `vocabularies` and `vocabulary`, `readouts` and `readout`), by the
    name that tables give them.

    A condition has its own name; at several sizes of the vocabulary "pieces_2000" follows it, and of several read-outs
    "read_last", or they stand alone where there are no conditions. Without any there is one variant, named "".

    >>> list(variants({"conditions": {"free": {}}, "vocabularies": [500, 900], "vocabulary": 900}))
    ['free_pieces_500', 'free_pieces_900']
    """
    own, read = study["vocabulary"], study.get("readout", "last")
    sizes: Sequence[int] = study.get("vocabularies") or (own,)
    readouts: Sequence[str] = study.get("readouts") or (read,)
    found = {}
    for (condition, options), size, readout in product((study.get("conditions") or {"": {}}).items(), sizes, readouts):
        several = (f"pieces_{size}" if len(sizes) > 1 else "", f"read_{readout}" if len(readouts) > 1 else "")
        base = not options and size == own and readout == read
        found["_".join(filter(None, (condition, *several)))] = Variant(options, size, readout, base)
    return found
