"""From tables of observations to the quantities that a report states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from experiments.variants import CUTTING, variants
from reports.comparisons import Comparison, compare
from reports.errors import ReportError
from reports.family import corrected
from reports.findings import Finding, findings
from reports.gain import ORDER_GAIN, Worth, estimates, worths
from reports.inputs import Group, Inputs, Tables, is_floor
from reports.profiles import Profile, Reach, occlusion, profiles
from reports.quantities import (
    ACCURACY,
    ACCURACY_LOST,
    CONSISTENT,
    DUST,
    OVER_LOCAL,
    PER_ORDER_BIT,
    SURVIVING,
    Row,
    clusters_of,
    without_dust,
)
from reports.resampling import Combination, Table, values_of
from reports.statistics import Estimate, linearised, linearised_share, means

Measured = tuple[str, str, Combination, Table | Combination | None]
"""An order, a quantity, its table, and what to divide it by."""

RECENCY_SHARE = 0.01
"""The effective context leaves at most this share of what context is worth on the table."""


@dataclass(frozen=True)
class Curve:
    """The truncation curve of a group: at each context length the bits per sentence, and the bits missing against the
    whole past, paired by sentence; each seed's missing bits; the bits with the whole past."""

    group: Group
    contexts: tuple[int, ...]
    bits: tuple[Estimate, ...]
    missing: tuple[Estimate, ...]
    by_seed: dict[int, tuple[float, ...]]
    whole: float
    effective: dict[int, int | None]
    run_ids: tuple[str, ...]


@dataclass(frozen=True)
class Analysis:
    """Everything that the page, the table at the terminal and results.csv are written from.

    ungated: the groups of language models that do not beat a Kneser–Ney 5-gram of the same text on validation.
    settings: the configuration that the runs share. pieces: how many each vocabulary has in fact, by language, unit and
    condition: of a small text fewer than were asked for. fertility: how many of them a unit of the test text has.
    family: how many tests are corrected together.
    """

    rows: tuple[Row, ...]
    curves: tuple[Curve, ...]
    comparisons: tuple[Comparison, ...]
    flagged: pd.DataFrame
    orders: tuple[str, ...]
    profiles: tuple[Profile, ...] = ()
    reaches: tuple[Reach, ...] = ()
    ungated: frozenset[Group] = frozenset()
    settings: Mapping[str, Any] = field(default_factory=dict)
    family: int = 0
    findings: tuple[Finding, ...] = ()
    pieces: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    fertility: Mapping[tuple[str, str, str], float] = field(default_factory=dict)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The groups with at least one run that passed its gates, in the order of the page."""
        return tuple(dict.fromkeys(row.group for row in self.rows))

    @property
    def classifies(self) -> bool:
        return any(row.quantity == ACCURACY for row in self.rows)

    @property
    def remembers(self) -> bool:
        """Whether the study asks what models remember: then those that never learnt to count, too."""
        return any(one.measure == "memory" for one in self.findings)

    @cached_property
    def _by_name(self) -> dict[tuple[Group, str, str], Row]:
        return {(row.group, row.order, row.quantity): row for row in self.rows}

    @property
    def conditions(self) -> tuple[str, ...]:
        """The study's variants, its own first, where they differ in their text or in how it is read out; none where
        they do in how it is cut into pieces alone."""
        found = variants(self.settings["study"])
        first = next(iter(found.values()))
        apart = any(one.differs(first) - CUTTING for one in found.values())
        return tuple(sorted(found, key=lambda name: not found[name].base)) if apart else ()

    @property
    def asked(self) -> tuple[str, str]:
        """What a study of several conditions compares: a quantity, and the order that it is of. Whether labels are
        right; else what order is worth; else bits in natural order."""
        measured = {(row.quantity, row.order) for row in self.rows}
        return next(
            one
            for one in ((ACCURACY, "natural"), (ORDER_GAIN, "shuffle"), ("bits_per_sentence", "natural"))
            if one in measured or one[0] == "bits_per_sentence"
        )

    def find(self, group: Group, order: str, quantity: str) -> Row | None:
        return self._by_name.get((group, order, quantity))


def analyse(inputs: Inputs) -> Analysis:
    """Estimate every quantity from the runs that passed the gates, and correct the family that the study declares."""
    if inputs.runs.empty or inputs.observations.empty:
        raise ReportError(f"{inputs.study['name']} has no finished run to report: run it with `make experiment`.")
    tables, orders = inputs.tables, inputs.orders()
    groups = [group for group in inputs.groups() if len(inputs.good_runs_of(group))]
    rows = [row for group in groups for row in _rows(inputs, tables, group, orders)]
    worth = {group: worths(inputs, tables, group) for group in groups}
    rows += [row for group in groups for row in _worth_rows(inputs, tables, group, worth[group])]
    curves = [curve for group in groups for curve in _curves(inputs, tables, group)]
    flagged = inputs.runs[inputs.runs["gate"] != "passed"].sort_values(["lang", "model", "seed", "run_id"])
    comparisons = compare(inputs, tables, groups, orders, worth) if _one_design(inputs) else []
    looked = [profiles(inputs, tables, group, clusters_of) for group in groups]
    analysis = Analysis(
        tuple(rows), tuple(curves), tuple(comparisons), flagged, tuple(orders),
        tuple(profile for found, _ in looked for profile in found)
        + tuple(profile for group in groups for profile in occlusion(inputs, tables, group, clusters_of)),
        tuple(reach for _, reach in looked if reach),
        frozenset(group for group in groups if _ungated(inputs, group)),
        inputs.settings,
    )  # fmt: skip
    analysis = replace(analysis, pieces=_pieces(inputs), fertility=_fertility(inputs))
    found = findings(inputs, tables, analysis)
    kinds = inputs.settings["study"].get("family", ())
    told, apart, known, family = corrected(rows, comparisons, found, kinds)
    return replace(analysis, rows=told, comparisons=apart, findings=known, family=family)


def _rows(inputs: Inputs, tables: Tables, group: Group, orders: list[str]) -> list[Row]:
    runs = inputs.good_runs_of(group)
    run_ids, seeds = list(runs["run_id"]), [int(seed) for seed in runs["seed"]]
    names = tables.ids(run_ids[0])
    if len(names) < 2:
        raise ReportError(f"{group.lang} {group.model} was tested on one sentence; an interval needs two or more.")
    facts = inputs.facts(group).loc[names]
    sizes = {name: facts[name].to_numpy(float) for name in ("n_chars", "n_jamo", "n_bytes", "log2_orders")}
    measured_orders = set().union(*(tables.orders(run) for run in run_ids))
    bits = {order: tables.combined(run_ids, order) for order in orders if order in measured_orders}
    measured: list[Measured] = []
    for order, table in bits.items():
        measured.append((order, "bits_per_sentence", table, None))
        if order == "natural":
            measured.append((order, "bits_per_character", table, sizes["n_chars"]))
            measured.append((order, "bits_per_jamo", table, sizes["n_jamo"]))
            measured.append((order, "bits_per_byte", table, sizes["n_bytes"]))
            continue
        cost = without_dust(table - bits["natural"])
        measured.append((order, "order_cost", cost, None))
        if order == "shuffle" and "local_3" in bits:
            measured.append((order, OVER_LOCAL, without_dust(table - bits["local_3"]), None))
        if sizes["log2_orders"].sum() > 0:
            measured.append((order, PER_ORDER_BIT, cost, sizes["log2_orders"]))
    measured += _accuracies(tables, run_ids, bits)
    lines = [table if size is None else _ratio(table, size) for *_, table, size in measured]
    rows = []
    for (order, name, table, size), estimate in zip(measured, means(lines, clusters_of(facts)), strict=True):
        scale = 1.0 if size is None else values_of(size).mean(-1)
        by_seed = {seed: float(value) for seed, value in zip(seeds, table.mean(1) / scale, strict=True)}
        rows.append(Row(group, order, name, estimate, by_seed, tuple(run_ids)))
    return rows


def _worth_rows(inputs: Inputs, tables: Tables, group: Group, found: dict[str, Worth]) -> list[Row]:
    """What each order is worth to a group: its gain and its shock."""
    if not found:
        return []
    documents = clusters_of(inputs.facts(group).loc[tables.ids(inputs.good_runs_of(group)["run_id"].iloc[0])])
    return [
        Row(group, order, name, estimate, worth.by_seed[name], worth.runs)
        for order, worth in found.items()
        for name, estimate in estimates(worth, documents).items()
    ]


def _ratio(table: Combination, size: Table | Combination) -> Combination:
    """The linearised ratio of a table to sizes [sentences], or to another table of the same models."""
    return linearised_share(table, size) if isinstance(size, Combination) else linearised(table, size)


def _accuracies(tables: Tables, run_ids: list[str], orders: Iterable[str]) -> list[Measured]:
    """Of a classifier, whether each text's label was right, under every order; nothing of a language model."""
    if not tables.xs(run_ids[0], "correct", "natural"):
        return []
    right = {order: tables.combined(run_ids, order, "correct") for order in orders}
    found: list[Measured] = [(order, ACCURACY, table, None) for order, table in right.items()]
    natural = right["natural"]
    for order, table in right.items():
        if order == "natural":
            continue
        found.append((order, ACCURACY_LOST, natural - table, None))
        if natural.values.any():
            found.append((order, SURVIVING, Combination.of(natural.values * table.values), natural))
        if tables.xs(run_ids[0], CONSISTENT, order):
            consistent = tables.combined(run_ids, order, CONSISTENT)
            found.append((order, CONSISTENT, consistent, None))
    return found


def _curves(inputs: Inputs, tables: Tables, group: Group) -> list[Curve]:
    runs = inputs.good_runs_of(group)
    run_ids, seeds = list(runs["run_id"]), [int(seed) for seed in runs["seed"]]
    contexts = tables.xs(run_ids[0], "truncation", "natural")
    if not contexts or is_floor(group.model):
        return []
    chosen = set(tables.ids(run_ids[0], "truncation"))
    inside = np.array([name in chosen for name in tables.ids(run_ids[0])])
    if inside.sum() != len(chosen):
        raise ReportError(f"Run {run_ids[0]} truncates sentences that it was not tested on: run the study again.")
    whole = Combination.of(tables.over_draws(run_ids, "natural")[:, inside])
    documents = clusters_of(inputs.facts(group).loc[tables.ids(run_ids[0], "truncation")])
    by_context = [Combination.of(tables.at(run_ids, "truncation", "natural", x)) for x in contexts]
    points = np.stack([table.mean(1) for table in by_context], axis=1)
    steps = tuple(int(x) for x in contexts)
    missing = [without_dust(table - whole) for table in by_context]
    estimated = means([*by_context, *missing], documents)
    effective = {
        seed: effective_context(steps, values, total)
        for seed, values, total in zip(seeds, points, whole.mean(1), strict=True)
    }
    apart = points - whole.mean(1)[:, None]
    return [
        Curve(
            group=group,
            contexts=steps,
            bits=tuple(estimated[: len(steps)]),
            missing=tuple(estimated[len(steps) :]),
            by_seed={seed: tuple(map(float, values)) for seed, values in zip(seeds, apart, strict=True)},
            whole=float(whole.mean()),
            effective=effective,
            run_ids=tuple(run_ids),
        )
    ]


def effective_context(contexts: tuple[int, ...], bits: Table, whole: float) -> int | None:
    """The smallest context c such that at every longer one measured too at most 1 % of L(first) − L(whole) is missing.

    The first context where more of it is worth nothing (under 10⁻⁶ bits); else the second measured one at the least.
    None where even the longest context measured misses more: the value is then beyond it (right-censored).
    """
    worth = float(bits[0]) - whole
    if worth <= DUST:
        return contexts[0]
    missing = [float(value) - whole for value in bits]
    for i, context in enumerate(contexts):
        if all(left <= RECENCY_SHARE * worth for left in missing[i:]):
            return context
    return None


def _ungated(inputs: Inputs, group: Group) -> bool:
    """Whether a group of networks is not shown to beat the 5-gram: also where that was never measured."""
    if is_floor(group.model):
        return False
    runs = inputs.good_runs_of(group)
    if "metric.margin_over_ngram_5" not in runs:
        return True
    return not bool(runs["metric.margin_over_ngram_5"].mean() > 0)


def _pieces(inputs: Inputs) -> dict[tuple[str, str, str], int]:
    sides = inputs.runs.drop_duplicates(["lang", "unit", "condition"]).to_dict("records")
    return {(str(run["lang"]), str(run["unit"]), str(run["condition"])): int(run["metric.vocabulary"]) for run in sides}


def _fertility(inputs: Inputs) -> dict[tuple[str, str, str], float]:
    facts = {(one.lang, one.unit, one.condition): inputs.facts(one) for one in inputs.groups()}
    return {key: float(table["n_tokens"].sum() / table["n_units"].sum()) for key, table in facts.items()}


def _one_design(inputs: Inputs) -> bool:
    return len(set(inputs.runs["design"])) == 1
