"""Under which conditions a difference between the languages is claimed, and which of them a study has met."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from experiments.variants import variants
from reports.comparisons import Comparison
from reports.gain import ORDER_GAIN
from reports.inputs import Group
from reports.quantities import AT_EQUAL_LENGTH, AT_EQUAL_UNITS

SIZES, STEP, SPAN = 3, 1.5, 4.0
"""Sizes of vocabulary at which a difference between languages must hold, each larger than the one before by this
factor, and the largest than the smallest by that: 2,000, 4,000 and 8,000 pieces will do."""
FINER = 1.5
"""How many times the pieces the text of a fertility null is written at, or more."""


@dataclass(frozen=True)
class Support:
    """What stands behind a difference between the languages beside its own interval.

    sizes: the vocabularies at which it was measured, in pieces as they have them in fact, of the language where they
    lie nearer together. agrees: whether it has one sign at all of them, every interval off zero. least: the smallest
    difference among them, without its sign. null: whether it was measured in both languages what FINER times the
    pieces make of it, the text and the groups shuffled being the same (a fertility null). artefact: the largest
    difference that the cutting alone makes within a language: that, and the one between two sizes of the vocabulary.
    """

    sizes: tuple[int, ...]
    agrees: bool
    least: float
    null: bool
    artefact: float


def support(
    study: Mapping[str, Any], pieces: Mapping[tuple[str, str, str], int], comparisons: tuple[Comparison, ...],
    claimed: Comparison,
) -> Support:  # fmt: skip
    """The support of a difference between the languages: the same model, orders and corpus at other vocabularies.

    study: the declaration that the runs share. pieces: of every vocabulary, by language, unit and condition. Within a
    language the sentences are the same ones, and so of equal length: a difference at equal length has the artefact of
    the costs themselves.
    """
    same, finer = resized(study, claimed.first.condition), respelt(study, claimed.first.condition)
    alike = [c for c in comparisons if _alike(c, claimed)]
    if claimed.quantity in (AT_EQUAL_LENGTH, AT_EQUAL_UNITS):
        costs = replace(claimed, quantity="order_cost")
        alike += [c for c in comparisons if not c.languages and _alike(c, costs)]
    across = [c for c in alike if c.languages and c.first.condition in same]
    within: dict[tuple[str, str], list[float]] = {}
    bounded = set[tuple[str, str]]()
    for c in alike:
        if not c.languages and {c.first.condition, c.second.condition} <= same.keys() | finer.keys():
            side = c.first.lang, c.first.unit
            within.setdefault(side, [0.0]).append(c.estimate.value)
            if finer.get(c.first.condition, 1.0) >= FINER:
                bounded.add(side)
    positive = claimed.estimate.value > 0
    made = [
        tuple(sorted({pieces[side.lang, side.unit, c.first.condition] for c in across}))
        for side in (claimed.first, claimed.second)
    ]
    return Support(
        min(made, key=lambda sizes: (len(sizes), sizes[-1] / sizes[0])),
        all(c.estimate.excludes_zero and (c.estimate.value > 0) == positive for c in across),
        min(abs(c.estimate.value) for c in across),
        {(side.lang, side.unit) for side in (claimed.first, claimed.second)} <= bounded,
        max((max(values) - min(values) for values in within.values()), default=0.0),
    )


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
    """All groups of models that a claim rests on: both languages, every vocabulary, and for what order is worth both
    training orders."""
    orders = {claimed.first.train_order} | ({claimed.order} if claimed.quantity == ORDER_GAIN else set())
    same = resized(study, claimed.first.condition)

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
    fertility null to bound it; artefact: at one of the vocabularies no larger than what cutting makes within one.
    """
    sizes = backing.sizes
    apart = all(later >= STEP * earlier for earlier, later in pairwise(sizes))
    if len(sizes) < SIZES or not apart or sizes[-1] < SPAN * sizes[0]:
        return "few_sizes"
    if not backing.agrees:
        return "sizes"
    if not backing.null:
        return "unbounded"
    return "artefact" if backing.least <= backing.artefact else ""
