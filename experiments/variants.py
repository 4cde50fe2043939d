"""Variants of a study: settings of its corpus by condition, sizes and fertilities of its vocabulary, and read-outs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

VARIED = {"vocabulary": "vocabularies", "fertility": "fertilities", "readout": "readouts"}
"""Settings of a study of which it may name several, and where."""
CUTTING = frozenset({"vocabulary", "fertility"})
"""What of a variant leaves text and units as they are."""


@dataclass(frozen=True)
class Variant:
    """What every cell is run under: `options` over the corpus', pieces of the vocabulary, how many times those pieces
    the text is written at, and a classifier's read-out.

    base: whether it is the study itself, changed in nothing.
    """

    options: Mapping[str, Any]
    vocabulary: int
    fertility: float
    readout: str
    base: bool

    def differs(self, other: Variant) -> frozenset[str]:
        """In which of the four it differs from another."""
        names = ("options", "vocabulary", "fertility", "readout")
        return frozenset(name for name in names if getattr(self, name) != getattr(other, name))


def variants(study: Mapping[str, Any]) -> dict[str, Variant]:
    """The variants of a study (its `conditions`, `vocabularies` and `vocabulary`, `fertilities` and `fertility`,
    `readouts` and `readout`), by the name that tables give them.

    A condition has its own name; at several sizes of the vocabulary "pieces_2000" follows it, of several fertilities
    "fertility_1.5", and of several read-outs "read_last", or they stand alone where there are no conditions. Another
    fertility is had at the study's own size of the vocabulary alone, as it is for comparison with that, and the study's
    own is named only where nothing else is. Without any there is one variant, named "".

    >>> list(variants({"vocabularies": [500, 900], "vocabulary": 900, "fertilities": [1, 1.5]}))
    ['pieces_500', 'pieces_900', 'pieces_900_fertility_1.5']
    """
    own = {"vocabulary": study["vocabulary"], "fertility": 1.0, "readout": "last"}
    own = {name: study.get(name, value) for name, value in own.items()}
    axes: list[Sequence[Any]] = [study.get(several) or (own[one],) for one, several in VARIED.items()]
    written = ["pieces_{}", "fertility_{:g}", "read_{}"]
    found = {}
    for (condition, options), *chosen in product((study.get("conditions") or {"": {}}).items(), *axes):
        size, fertility, readout = chosen
        if fertility != own["fertility"] and size != own["vocabulary"]:
            continue
        named = [how.format(one) if len(axis) > 1 else "" for how, one, axis in zip(written, chosen, axes, strict=True)]
        if fertility == own["fertility"] and any((condition, named[0], named[2])):
            named[1] = ""
        base = not options and [size, fertility, readout] == [*own.values()]
        found["_".join(filter(None, (condition, *named)))] = Variant(options, size, fertility, readout, base)
    return found
