"""Graded disorder: what it costs, and its slope; what an illegal order costs beyond a legal one; what information is
left under an order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from reports.document import Section
from reports.findings import Finding
from reports.findings.derived import seed_means
from reports.gain import ORDER_GAIN
from reports.inputs import Group, Inputs, Tables, is_floor
from reports.quantities import clusters_of, without_dust
from reports.resampling import Table
from reports.sections import Report
from reports.sections.further import listed, section
from reports.statistics import mean
from reports.written import estimated, number

if TYPE_CHECKING:
    from reports.analysis import Analysis

MALLOWS = re.compile(r"mallows_(\d+(?:\.\d+)?)")
LEGAL = "legal_scramble"


def find(inputs: Inputs, tables: Tables, analysis: Analysis) -> list[Finding]:
    """Of every group: cost over disorder and its slope, costs beyond a legal scramble, usable information left."""
    found: list[Finding] = []
    for group in analysis.groups:
        runs = list(inputs.good_runs_of(group)["run_id"])
        orders = tables.orders(runs[0])
        found += _slope(inputs, tables, group, sorted(orders), runs)
        if LEGAL in orders and not is_floor(group.model):
            found += _beyond_legal(inputs, tables, group, sorted(orders), runs)
    return found + _usable(analysis)


def _costs(tables: Tables, runs: list[str], order: str) -> Table:
    return without_dust(tables.over_draws(runs, order) - tables.over_draws(runs, "natural"))


def _slope(inputs: Inputs, tables: Tables, group: Group, orders: list[str], runs: list[str]) -> list[Finding]:
    """Least squares through the natural order, where disorder and cost are zero: Σ d·cost / Σ d², d the share of pairs
    of units that stand the other way round, in per cent."""
    graded = sorted((float(m[1]), name) for name in orders if (m := MALLOWS.fullmatch(name)))
    if len(graded) < 2:
        return []
    clusters = clusters_of(inputs.facts(group).loc[tables.ids(runs[0])])
    seeds = [int(seed) for seed in inputs.good_runs_of(group)["seed"]]
    costs, inverted, found = [], [], []
    for _, name in graded:
        costs.append(_costs(tables, runs, name))
        inverted.append(disorder(inputs, group, name))
        own = seed_means(seeds, costs[-1])
        share, estimate = f"{inverted[-1]:.4f}", mean(costs[-1], clusters)
        found.append(Finding("graded", group, "cost", estimate, tuple(runs), name, share, own))
    weights = np.array(inverted) / float(np.square(inverted).sum())
    line: Table = np.einsum("k,kij->ij", weights, np.stack(costs))
    own = seed_means(seeds, line)
    found.append(Finding("graded", group, "slope", mean(line, clusters), tuple(runs), "mallows", by_seed=own))
    return found


def disorder(inputs: Inputs, group: Group, order: str) -> float:
    """Per cent of the pairs of units of a test sentence that an order turns round: (1 − τ) / 2 by the audit."""
    tau = float(inputs.good_runs_of(group)[f"metric.audit.{order}.kendall_tau"].iloc[0])
    return 50.0 * (1.0 - tau)


def _beyond_legal(inputs: Inputs, tables: Tables, group: Group, orders: list[str], runs: list[str]) -> list[Finding]:
    clusters, legal = clusters_of(inputs.facts(group).loc[tables.ids(runs[0])]), _costs(tables, runs, LEGAL)
    seeds = [int(seed) for seed in inputs.good_runs_of(group)["seed"]]
    found = []
    for name in orders:
        if name not in ("natural", LEGAL):
            over = _costs(tables, runs, name) - legal
            own = seed_means(seeds, over)
            found.append(Finding("graded", group, "beyond_legal", mean(over, clusters), tuple(runs), name, by_seed=own))
    return found


def _usable(analysis: Analysis) -> list[Finding]:
    """1 − order gain: of what a model saves over units drawn independently, the share that is left when it is trained
    and tested on an order (one less the ablated information of O'Connor & Andreas 2021)."""
    found = []
    for row in analysis.rows:
        if row.quantity == ORDER_GAIN:
            e, none = row.estimate, float("nan")
            left = replace(
                e, value=1 - e.value, low=1 - e.high, high=1 - e.low, bootstrap=_of_one(e.bootstrap),
                bca=_of_one(e.bca), p=none, p_holm=none, effect=none, detectable=none,
            )  # fmt: skip
            own = {seed: 1 - value for seed, value in row.by_seed.items()}
            found.append(Finding("graded", row.group, "usable_information", left, row.run_ids, row.order, by_seed=own))
    return found


def _of_one(bounds: tuple[float, float]) -> tuple[float, float]:
    """The interval of one minus a quantity."""
    return 1 - bounds[1], 1 - bounds[0]


def show(found: Sequence[Finding], report: Report) -> list[Section]:
    costs, legal, usable = [], [], []
    for one in found:
        if one.quantity == "cost":
            costs.append((one.group, (one.order, number(float(one.x)), estimated(one.estimate), "")))
        elif one.quantity == "slope":
            costs.append((one.group, (report.words("slope"), "", "", estimated(one.estimate, 2))))
        elif one.quantity == "beyond_legal":
            legal.append((one.group, (one.order, estimated(one.estimate))))
        else:
            usable.append((one.group, (one.order, estimated(one.estimate, 3))))
    return listed(
        section(report, "graded", ("order",), ("turned_pairs", "order_cost", "slope"), costs),
        section(report, "legal", ("order",), ("beyond",), legal),
        section(report, "usable", ("order",), ("left",), usable),
    )
