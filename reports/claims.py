"""Under which conditions a difference between the languages is claimed, and which of them a study has met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from experiments.variants import variants
from reports.comparisons import Comparison

SIZES = 3
"""Sizes of vocabulary at which a difference between languages must hold."""


@dataclass(frozen=True)
class Support:
    """What stands behind a difference between the languages beside its own interval.

    sizes: the vocabularies at which it was measured, in pieces. agrees: whether it has one sign at all of them, every
    interval off zero. artefact: the largest difference that the size of the vocabulary alone makes within a language
    (a fertility null: the same text and the same groups shuffled, cut into more or fewer pieces); 0 at one size.
    """

    sizes: tuple[int, ...]
    agrees: bool
    artefact: float


def support(study: Mapping[str, Any], comparisons: tuple[Comparison, ...], claimed: Comparison) -> Support:
    """The support of a difference between the languages: the same model, orders and corpus at other vocabularies.

    study: the declaration that the runs share.
    """
    found = variants(study)
    own = found[claimed.first.condition]
    same = {name for name, variant in found.items() if variant.options == own.options}
    alike = [c for c in comparisons if _alike(c, claimed) and {c.first.condition, c.second.condition} <= same]
    across = [c for c in alike if c.languages]
    within: dict[str, list[float]] = {}
    for c in alike:
        if not c.languages:
            within.setdefault(c.first.lang, [0.0]).append(c.estimate.value)
    positive = claimed.estimate.value > 0
    return Support(
        tuple(sorted({found[c.first.condition].vocabulary for c in across})),
        all(c.estimate.excludes_zero and (c.estimate.value > 0) == positive for c in across),
        max((max(values) - min(values) for values in within.values()), default=0.0),
    )


def _alike(one: Comparison, other: Comparison) -> bool:
    """Whether two comparisons are of one quantity and model, trained and tested on the same orders."""
    first, second = one.first, other.first
    return (first.model, first.train_order, one.order, one.quantity) == (
        second.model, second.train_order, other.order, other.quantity,
    )  # fmt: skip


def doubt(backing: Support, value: float) -> str:
    """Why a difference of that value, its own interval off zero, is not claimed yet; "" where it is.

    few_sizes: at too few vocabularies; sizes: not of one sign at all of them; artefact: no larger than what
    vocabularies make within a language.
    """
    if len(backing.sizes) < SIZES:
        return "few_sizes"
    if not backing.agrees:
        return "sizes"
    return "artefact" if abs(value) <= backing.artefact else ""
