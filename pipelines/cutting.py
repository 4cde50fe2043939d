"""From texts to units: normalised, segmented, transformed, and nothing lost on the way."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pipelines.errors import PipelineError
from pipelines.normalise import marked, normalise
from pipelines.transforms import get_transform, transformed
from pipelines.units import Unit

Item = TypeVar("Item")


@dataclass(frozen=True)
class Kept:
    """Which units of a sentence are left after a script transform, by place; all where `places` is None."""

    places: list[int] | None = None

    def of(self, units: Sequence[Item]) -> Sequence[Item]:
        return units if self.places is None else [units[place] for place in self.places]


@dataclass(frozen=True)
class Cut:
    """Segmented sentences: normalised texts, units before and after the script transform, and which units it left."""

    texts: list[str]
    plain: list[list[str]]
    units: list[list[str]]
    kept: list[Kept]

    @property
    def full(self) -> list[Sequence[str]]:
        """The units that are left, in the spelling that they had before the transform."""
        return [kept.of(units) for kept, units in zip(self.kept, self.plain, strict=True)]


def cut_texts(texts: Iterable[str], lang: str, unit: Unit, *, lower: bool = True, transform: str = "none") -> Cut:
    """Normalise and segment; PipelineError if joining the units does not give the text back."""
    normal = [normalise(text, lang, lower=lower) for text in texts]
    cut = unit.segment(normal)
    for text, units in zip(normal, cut, strict=True):
        joined = "".join(units)
        if joined != marked(text) and unicodedata.normalize("NFC", joined) != marked(text):
            raise PipelineError(
                f'The unit "{unit.name}" lost letters of "{text[:60]}": report this sentence as a defect.'
            )
    change = get_transform(transform, lang)
    if change is None:
        return Cut(normal, cut, cut, [Kept()] * len(cut))
    changed = [transformed(units, change.letter) for units in cut]
    kept = [Kept([place for place, unit in enumerate(units) if unit]) for units in changed]
    return Cut(normal, cut, [[unit for unit in units if unit] for units in changed], kept)
