"""What reports estimate, by name, and how its tables are put right."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from reports.inputs import Group
from reports.resampling import UNKNOWN, Clusters, Combination, flipped, values_of
from reports.statistics import Estimate, Values

PER_ORDER_BIT = "order_cost_per_order_bit"
"""The order cost over Σ log2 of the number of distinguishable orders, for longer and shorter sentences alike."""

OVER_LOCAL = "cost_over_local_3"
"""What a shuffle costs beyond a shuffle inside windows of three, on the same sentences."""

ACCURACY, ACCURACY_LOST = "accuracy", "accuracy_lost"
"""Share of texts whose label is right, and what of it is lost under an order, on the same texts."""

AT_EQUAL_LENGTH = "order_cost_at_equal_length"
"""The order cost of sentences that have the same number of units in both languages, whatever they say."""

AT_EQUAL_UNITS = "order_cost_at_equal_units"
"""The difference of order costs between sentences of one number of units, from a model with lengths as covariates."""

SURVIVING, CONSISTENT = "right_surviving", "consistent"
"""Of the texts whose label is right in natural order, the share that an order leaves right; and of all texts, the
share whose prediction it leaves as it is."""

PAIRED = frozenset({"order_cost", OVER_LOCAL, ACCURACY_LOST})
"""What one model loses from one order to another: its sign is as likely to be either where nothing is lost."""

DUST = 1e-6
"""Bits: what summing in another order may leave behind."""


@dataclass(frozen=True)
class Row:
    """One estimated quantity of one group under one test order, with every seed's own value and the runs behind it."""

    group: Group
    order: str
    quantity: str
    estimate: Estimate
    by_seed: dict[int, float]
    run_ids: tuple[str, ...]

    @property
    def flipped(self) -> tuple[float, float]:
        """p where the losses of single models change sign at random, and the smallest that so many can reach."""
        return flipped([*self.by_seed.values()]) if self.quantity in PAIRED else UNKNOWN


def without_dust(table: Values) -> Values:
    """The table with differences under 10⁻⁶ bits, which summing in another order leaves behind, set to zero."""
    values = values_of(table)
    clean = np.where(np.abs(values) < DUST, 0.0, values)
    return replace(table, values=clean) if isinstance(table, Combination) else clean


def clusters_of(facts: pd.DataFrame) -> Clusters | None:
    """The number of each sentence's document, or None where no two sentences share one (or documents are not known)."""
    named = facts["document"].to_numpy(object)
    alone = np.array([f"\0{name}" for name in facts.index], object)
    codes, names = pd.factorize(np.where(named == "", alone, named))
    return codes.astype(np.int64) if 1 < len(names) < len(codes) else None
