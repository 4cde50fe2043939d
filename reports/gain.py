"""What order is worth, from models trained on several orders: in bits, as a share, and the shock of another order."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from reports.inputs import Group, Inputs, Tables, is_floor
from reports.resampling import Clusters, Combination, Table
from reports.statistics import Estimate, totals

ORDER_WORTH, ORDER_GAIN, ORDER_SHOCK = "order_worth", "order_gain", "order_shock"
"""L[s,s] − L[n,n] in bits a sentence; the same over L_floor − L[n,n]; and L[n,s] − L[s,s] over that. L[a,b] are the
bits of a model trained on a and tested on b."""
FLOOR = "unit_unigram"
"""The model that knows the units and nothing of their order."""


@dataclass(frozen=True)
class Worth:
    """The tables that one order's worth to one model is counted from.

    natural, unfamiliar: [seeds, sentences], bits in natural order and in the other one of models trained on natural
    order; trained: [other seeds, sentences], bits in the other one of models trained on it; floor: [sentences].
    """

    natural: Combination
    unfamiliar: Combination
    trained: Combination
    floor: Table
    runs: tuple[str, ...]
    by_seed: dict[str, dict[int, float]]

    @property
    def span(self) -> float:
        """Bits that a model of natural order saves over the floor."""
        return float(self.floor.mean() - self.natural.mean())

    def gain(self, sign: float = 1.0) -> list[Combination]:
        """Tables of independent seeds whose means sum to the gain, linearised (the delta method): with g the gain and D
        the span, (L[s,s] − g·L_floor) / D + g and −(1 − g)·L[n,n] / D."""
        value = float(self.trained.mean() - self.natural.mean()) / self.span
        return [
            ((self.trained - value * self.floor) / self.span + value) * sign,
            self.natural * (sign * (value - 1.0) / self.span),
        ]

    def shock(self) -> list[Combination]:
        """The same of the shock h: (L[n,s] + h·(L[n,n] − L_floor)) / D + h and −L[s,s] / D."""
        value = float(self.unfamiliar.mean() - self.trained.mean()) / self.span
        return [
            (self.unfamiliar + (self.natural - self.floor) * value) / self.span + value,
            self.trained / -self.span,
        ]

    def at(self, places: NDArray[np.int64]) -> Worth:
        """The same on some of the sentences."""
        natural, unfamiliar, trained = (table.at(places) for table in (self.natural, self.unfamiliar, self.trained))
        return replace(
            self, natural=natural, unfamiliar=unfamiliar, trained=trained, floor=self.floor[places]
        )  # fmt: skip


def worths(inputs: Inputs, tables: Tables, group: Group) -> dict[str, Worth]:
    """By order, what it is worth to a group trained on natural order; empty without the floor or other training orders.

    An order of a model that saves nothing over the floor is left out: there is nothing to share there.
    """
    floor = replace(group, model=FLOOR)
    if group.train_order != "natural" or is_floor(group.model) or floor not in inputs.groups():
        return {}
    found = {}
    known = tables.orders(_runs(inputs, group)[0]) if _runs(inputs, group) else set()
    for other in inputs.groups():
        order, runs = other.train_order, [_runs(inputs, one) for one in (group, other, floor)]
        if replace(other, train_order="natural") == group != other and order in known and all(runs):
            natural, unfamiliar = (tables.combined(runs[0], name) for name in ("natural", order))
            trained, base = tables.combined(runs[1], order), tables.over_draws(runs[2], "natural")[0]
            if base.mean() > natural.mean():
                seeds = [list(map(int, inputs.good_runs_of(one)["seed"])) for one in (group, other)]
                own = _by_seed(natural, unfamiliar, trained, float(base.mean()), *seeds)
                found[order] = Worth(natural, unfamiliar, trained, base, tuple(np.concatenate(runs)), own)
    return found


def _runs(inputs: Inputs, group: Group) -> list[str]:
    return list(inputs.good_runs_of(group)["run_id"])


def _by_seed(
    natural: Combination,
    unfamiliar: Combination,
    trained: Combination,
    floor: float,
    seeds: list[int],
    others: list[int],
) -> dict[str, dict[int, float]]:  # fmt: skip
    """Worth, gain and shock of each seed that was trained on both orders."""
    found: dict[str, dict[int, float]] = {ORDER_WORTH: {}, ORDER_GAIN: {}, ORDER_SHOCK: {}}
    bits = [dict(zip(seeds, natural.mean(1), strict=True)), dict(zip(seeds, unfamiliar.mean(1), strict=True))]
    own = dict(zip(others, trained.mean(1), strict=True))
    for seed in seeds:
        if seed in own:
            plain, shocked, there = (float(values[seed]) for values in (*bits, own))
            found[ORDER_WORTH][seed] = there - plain
            found[ORDER_GAIN][seed] = (there - plain) / (floor - plain)
            found[ORDER_SHOCK][seed] = (shocked - there) / (floor - plain)
    return found


def estimates(worth: Worth, clusters: Clusters | None) -> dict[str, Estimate]:
    """Worth, gain and shock with their intervals."""
    apart = [worth.trained, -worth.natural]
    found = totals([apart, worth.gain(), worth.shock()], clusters)
    return dict(zip((ORDER_WORTH, ORDER_GAIN, ORDER_SHOCK), found, strict=True))


def gain_apart(first: Worth, second: Worth) -> list[Combination]:
    """Tables whose means sum to the gain of one language minus that of another, on the same sentences."""
    return [*first.gain(), *second.gain(-1.0)]
