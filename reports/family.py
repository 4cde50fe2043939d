"""The family of tests that a study declares before it runs, and its correction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TypeVar

from reports.comparisons import Comparison
from reports.gain import ORDER_GAIN
from reports.inputs import is_floor
from reports.quantities import ACCURACY, ACCURACY_LOST, Row
from reports.statistics import holm

COMPARED = ("order_cost", ORDER_GAIN, ACCURACY)
"""The quantities whose differences between languages or conditions are tested."""
Tested = TypeVar("Tested", Row, Comparison)


def is_member(one: Row | Comparison, kinds: Collection[str]) -> bool:
    """Whether an estimate is tested in a family of these kinds (`Study.family`): order costs, gains and lost accuracy
    are those of networks; differences are those of order costs, order gains and accuracies."""
    if isinstance(one, Row):
        return one.quantity in {"order_cost", ORDER_GAIN, ACCURACY_LOST}.intersection(kinds) and not is_floor(
            one.group.model
        )
    kind = "between_languages" if one.languages else "between_conditions"
    return kind in kinds and one.quantity in COMPARED


def corrected(
    rows: list[Row], comparisons: list[Comparison], kinds: Collection[str]
) -> tuple[list[Row], list[Comparison], int]:
    """Rows and comparisons with the p values of the family's members corrected together after Holm, and its size."""
    every: list[Row | Comparison] = [*rows, *comparisons]
    members = [one for one in every if is_member(one, kinds)]
    adjusted = dict(zip(map(id, members), holm([one.estimate.p for one in members]), strict=True))

    def told(found: list[Tested]) -> list[Tested]:
        return [
            replace(one, estimate=replace(one.estimate, p_holm=adjusted[id(one)])) if id(one) in adjusted else one
            for one in found
        ]

    return told(rows), told(comparisons), len(members)
