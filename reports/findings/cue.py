"""Order as a cue beside marks as a cue: what a shuffle costs content words with marks and without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipelines.orders import get_order
from reports.document import Section
from reports.findings import Finding
from reports.findings.derived import seed_means
from reports.inputs import Group, Inputs, Tables
from reports.quantities import clusters_of
from reports.resampling import Table
from reports.sections import Report
from reports.sections.further import listed, section
from reports.statistics import total
from reports.written import estimated, p_value

ADDS = "case_mark"
"""The edit that puts marks in; all others take them away or make them alike."""
SCALES = {"hosts": 1.0, "correct": -100.0}
"""By measure, what makes a cost of it: bits as they are, and of labels that are right the points that are lost."""
Cells = dict[str, tuple[Table, tuple[str, ...], tuple[int, ...]]]


def find(inputs: Inputs, tables: Tables, analysis: object) -> list[Finding]:
    """Of every group, edit of marks and reordering that models were trained for: the cost of the reordering with marks
    and without, the cost of the marks' absence in either order, and the interaction.

    M[o]: bits of the same content words by models trained and tested on the order o. Cost of the reordering R with
    marks M[R] − M[n], without M[e+R] − M[e]; interaction: without less with. Seeds of all four are independent,
    sentences joint.
    """
    return factorials("cue", "hosts", inputs, tables)


def factorials(name: str, measure: str, inputs: Inputs, tables: Tables) -> list[Finding]:
    """The findings of that name of every group of which the measure was taken under the orders of a factorial."""
    found: list[Finding] = []
    for group in inputs.groups():
        if group.train_order == "natural":
            found += _of(name, group, _matched(measure, inputs, tables, group), inputs, tables)
    return found


def _matched(measure: str, inputs: Inputs, tables: Tables, group: Group) -> Cells:
    """By order, what models trained for it make of it: [seeds, sentences] of a measure, their runs and seeds."""
    cells: Cells = {}
    for other in inputs.groups():
        order = other.train_order
        if replace(other, train_order="natural") != group:
            continue
        runs = inputs.good_runs_of(other)
        ids = list(runs["run_id"])
        if ids and tables.xs(ids[0], measure, order):
            seeds = tuple(int(seed) for seed in runs["seed"])
            cells[order] = SCALES[measure] * tables.over_draws(ids, order, measure), tuple(ids), seeds
    return cells


def _of(name: str, group: Group, cells: Cells, inputs: Inputs, tables: Tables) -> list[Finding]:
    if "natural" not in cells:
        return []
    clusters = clusters_of(inputs.facts(group).loc[tables.ids(cells["natural"][1][0])])
    found: list[Finding] = []

    def add(order: str, quantity: str, signs: dict[str, int]) -> None:
        estimate = total([sign * cells[name][0] for name, sign in signs.items()], clusters)
        runs = tuple(run for name in signs for run in cells[name][1])
        by_seed = [(sign, seed_means(cells[name][2], cells[name][0])) for name, sign in signs.items()]
        shared = sorted(set.intersection(*(set(own) for _, own in by_seed)))
        own = {seed: sum(sign * values[seed] for sign, values in by_seed) for seed in shared}
        found.append(Finding(name, group, quantity, estimate, runs, order, by_seed=own))

    for order in sorted(cells):
        edit, plus, moved = order.rpartition("+")
        if not plus or not {edit, moved} <= cells.keys() or not get_order(moved).pure:
            continue
        plain, edited = {"natural": -1, moved: 1}, {edit: -1, order: 1}
        marked, bare = (edited, plain) if edit == ADDS else (plain, edited)
        add(order, "with_marks", marked)
        add(order, "without_marks", bare)
        for quantity, place in (("marks_in_order", 0), ("marks_shuffled", 1)):
            add(order, quantity, {list(bare)[place]: 1, list(marked)[place]: -1})
        add(order, "interaction", {**bare, **{cell: -sign for cell, sign in marked.items()}})
    return found


def show(found: Sequence[Finding], report: Report) -> list[Section]:
    return shown("cue", found, report)


def shown(name: str, found: Sequence[Finding], report: Report) -> list[Section]:
    """The section of that name: of every group and factorial its quantities."""
    known = {(one.group, one.order, one.quantity): one for one in found}
    names = ("with_marks", "without_marks", "marks_in_order", "marks_shuffled", "interaction")
    rows = []
    for group, order in dict.fromkeys((one.group, one.order) for one in found):
        cells = [known[group, order, quantity].estimate for quantity in names]
        rows.append(
            (group, (order, *(estimated(one, 2) for one in cells), p_value(cells[-1].p), p_value(cells[-1].p_holm)))
        )
    return listed(section(report, name, ("marks",), (*names, "p_plain", "p_holm"), rows))
