"""The family of tests that a study declares before it runs, and its correction."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TypeVar

from reports.comparisons import Comparison
from reports.findings import Finding
from reports.gain import ORDER_GAIN
from reports.inputs import is_floor
from reports.quantities import ACCURACY, ACCURACY_LOST, Row
from reports.statistics import holm

COMPARED = ("order_cost", ORDER_GAIN, ACCURACY)
"""The quantities whose differences between languages or conditions are tested."""
FOUND = {
    "interactions": {("cue", "interaction"), ("role_cue", "interaction")},
    "asymmetries": {("direction", "half_asymmetry")},
}
"""The measures and quantities of findings that may be tested in a family, by kind."""
Tested = TypeVar("Tested", Row, Comparison, Finding)


def is_member(one: Row | Comparison | Finding, kinds: Collection[str]) -> bool:
    """Whether an estimate is tested in a family of these kinds (`Study.family`): order costs, gains and lost accuracy
    are those of networks; differences are those of order costs, order gains and accuracies; interactions of order and
    case marks, and asymmetries of the two directions, are those of the measures `cue`, `role_cue` and `direction`."""
    if isinstance(one, Finding):
        return any((one.measure, one.quantity) in FOUND[kind] for kind in FOUND.keys() & set(kinds))
    if isinstance(one, Row):
        return one.quantity in {"order_cost", ORDER_GAIN, ACCURACY_LOST}.intersection(kinds) and not is_floor(
            one.group.model
        )
    kind = "between_languages" if one.languages else "between_conditions"
    return kind in kinds and one.quantity in COMPARED


def corrected(
    rows: Sequence[Row], comparisons: Sequence[Comparison], found: Sequence[Finding], kinds: Collection[str]
) -> tuple[tuple[Row, ...], tuple[Comparison, ...], tuple[Finding, ...], int]:
    """Rows, comparisons and findings with the p values of the family's members corrected together after Holm, and the
    family's size. What has no p value is not tested, and so no member."""
    every: list[Row | Comparison | Finding] = [*rows, *comparisons, *found]
    members = [one for one in every if is_member(one, kinds) and not math.isnan(one.estimate.p)]
    adjusted = dict(zip(map(id, members), holm([one.estimate.p for one in members]), strict=True))

    def told(some: Sequence[Tested]) -> tuple[Tested, ...]:
        return tuple(
            replace(one, estimate=replace(one.estimate, p_holm=adjusted[id(one)])) if id(one) in adjusted else one
            for one in some
        )

    return told(rows), told(comparisons), told(found), len(members)
