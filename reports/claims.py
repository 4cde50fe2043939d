"""Under which conditions a difference between the languages is claimed, and which of them a study has met."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from experiments.variants import variants
from reports.comparisons import Comparison
from reports.gain import ORDER_GAIN
from reports.inputs import Group

if TYPE_CHECKING:
    from reports.analysis import Analysis

SIZES, STEP, SPAN = 3, 1.5, 4.0
"""Sizes of vocabulary at which a difference between languages must hold, each larger than the one before by this
factor, and the largest than the smallest by that: 2,000, 4,000 and 8,000 pieces will do."""
FINER, NEARLY = 1.5, 0.99
"""How many times the pieces the text of a fertility null is written at, or more; and how nearly that must be met on the
test sentences, a vocabulary being counted on training text."""


@dataclass(frozen=True)
class Support:
    """What stands behind a difference between the languages beside its own interval.

    sizes: the vocabularies at which it was measured, in pieces as they have them in fact, of the language where they
    lie nearer together. agrees: whether it has one sign at all of them, every interval off zero. least: how far from
    zero it is at each of them, by the end of the interval that is nearer. bounded: whether it was measured in both
    languages what FINER times the pieces make of it, the text and the groups shuffled being the same, and in the one
    with fewer pieces a unit what as many as the other's do (a fertility null). artefact: the most that the cutting
    alone can make within a language: that, and another size of the vocabulary, by the farther end of the interval.
    """

    sizes: tuple[int, ...]
    agrees: bool
    least: float
    bounded: bool
    artefact: float


def support(analysis: Analysis, claimed: Comparison) -> Support:
    """The support of a difference between the languages: the same model, orders and corpus at other vocabularies."""
    study = analysis.settings["study"]
    own, sides = claimed.first.condition, (claimed.first, claimed.second)
    same, finer = resized(study, own), respelt(study, own)
    alike = [c for c in analysis.comparisons if _alike(c, claimed)]
    across = [c for c in alike if c.languages and c.first.condition in same]
    within = [
        c for c in alike if not c.languages and {c.first.condition, c.second.condition} <= same.keys() | finer.keys()
    ]
    positive = claimed.estimate.value > 0
    made = [tuple(sorted({analysis.pieces[side.lang, side.unit, c.first.condition] for c in across})) for side in sides]
    return Support(
        min(made, key=lambda sizes: (len(sizes), sizes[-1] / sizes[0])),
        all(c.estimate.excludes_zero and (c.estimate.value > 0) == positive for c in across),
        min(min(abs(c.estimate.low), abs(c.estimate.high)) for c in across),
        _bounded(analysis, sides, own, {c.first for c in within if c.first.condition in finer}),
        max((max(abs(c.estimate.low), abs(c.estimate.high)) for c in within), default=0.0),
    )


def _bounded(analysis: Analysis, sides: tuple[Group, Group], own: str, respelt: set[Group]) -> bool:
    """Whether the respelt text of each side reaches FINER times the pieces a unit that it has, and that of the side
    with fewer as many as the other has."""
    plain = [analysis.fertility[side.lang, side.unit, own] for side in sides]
    for side, has, other in zip(sides, plain, reversed(plain), strict=True):
        reached = [
            analysis.fertility[one.lang, one.unit, one.condition]
            for one in respelt
            if (one.lang, one.unit) == (side.lang, side.unit)
        ]
        if max(reached, default=0.0) < NEARLY * max(FINER * has, other):
            return False
    return True


def resized(study: Mapping[str, Any], condition: str) -> dict[str, int]:
    """The variants that differ from the named one in nothing but the size of their vocabulary, and that size."""
    found = variants(study)
    own = found[condition]
    return {name: one.vocabulary for name, one in found.items() if one.differs(own) <= {"vocabulary"}}


def respelt(study: Mapping[str, Any], condition: str) -> dict[str, float]:
    """The other variants that differ from the named one in nothing but their fertility, and that as a multiple of its
    own."""
    found = variants(study)
    own = found[condition]
    return {name: one.fertility / own.fertility for name, one in found.items() if one.differs(own) == {"fertility"}}


def rests_on(study: Mapping[str, Any], groups: Iterable[Group], claimed: Comparison) -> list[Group]:
    """All groups of models that a claim rests on: both languages, every vocabulary and respelling, and for what order
    is worth both training orders."""
    orders = {claimed.first.train_order} | ({claimed.order} if claimed.quantity == ORDER_GAIN else set())
    own_condition = claimed.first.condition
    same = resized(study, own_condition).keys() | respelt(study, own_condition).keys()

    def bare(group: Group) -> Group:
        return replace(group, train_order="", condition="")

    own = {bare(claimed.first), bare(claimed.second)}
    return [g for g in groups if bare(g) in own and g.train_order in orders and g.condition in same]


def _alike(one: Comparison, other: Comparison) -> bool:
    """Whether two comparisons are of one quantity and model, trained and tested on the same orders, and each of its
    sides is of a unit that the other compares."""
    first, second = one.first, other.first
    units = {(side.lang, side.unit) for side in (other.first, other.second)}
    return (first.model, first.train_order, one.order, one.quantity) == (
        second.model, second.train_order, other.order, other.quantity,
    ) and {(side.lang, side.unit) for side in (one.first, one.second)} <= units  # fmt: skip


def doubt(backing: Support) -> str:
    """Why a difference whose own interval is off zero is not claimed yet; "" where it is.

    few_sizes: at too few vocabularies, or too much alike; sizes: not of one sign at all of them; unbounded: with no
    fertility null to bound it; artefact: at one of the vocabularies perhaps no larger than what cutting may make within
    a language.
    """
    sizes = backing.sizes
    apart = all(later >= STEP * earlier for earlier, later in pairwise(sizes))
    if len(sizes) < SIZES or not apart or sizes[-1] < SPAN * sizes[0]:
        return "few_sizes"
    if not backing.agrees:
        return "sizes"
    if not backing.bounded:
        return "unbounded"
    return "artefact" if backing.least <= backing.artefact else ""
