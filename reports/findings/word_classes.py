"""Recency by word class: how far the past reaches for targets of a class, and what erasing units of a class costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from experiments.measures.word_classes import CLASSES
from reports.document import Column, Section
from reports.findings import Finding
from reports.findings.curves import curve_of
from reports.findings.derived import seed_means
from reports.inputs import Group, Inputs, Tables
from reports.profiles import reached
from reports.quantities import clusters_of
from reports.sections import Report
from reports.sections.further import listed, section
from reports.statistics import linearised, mean
from reports.written import estimated, number

FEWEST = 20
"""Classes with fewer targets than this are left out."""
NEAR = 8
"""The longest distance that the table of erasures shows."""


def find(inputs: Inputs, tables: Tables, analysis: object) -> list[Finding]:
    """By class of the target: its share of the targets, the worth of the context, half and effective context; by class
    of the erased unit: bits lost at each distance."""
    found: list[Finding] = []
    for group in inputs.groups():
        for name in CLASSES:
            found += _of_targets(inputs, tables, group, name)
            found += _of_erased(inputs, tables, group, name)
    return found


def _of_targets(inputs: Inputs, tables: Tables, group: Group, name: str) -> list[Finding]:
    curve, every = curve_of(inputs, tables, group, name), curve_of(inputs, tables, group)
    if curve is None or every is None or curve.targets.sum() < FEWEST:
        return []
    clusters = clusters_of(inputs.facts(group).loc[list(curve.ids)])
    worth = curve.missing[0]
    share = linearised(curve.targets[None], every.targets)
    bits = linearised(worth, curve.targets)
    found = [
        Finding("word_classes", group, "share", mean(share, clusters), curve.runs, x=name),
        Finding(
            "word_classes",
            group,
            "worth",
            mean(bits, clusters),
            curve.runs,
            x=name,
            by_seed=seed_means(curve.seeds, bits),
        ),
    ]
    if worth.mean() <= 0:
        return found
    half = curve.reach(0.5)
    if np.isfinite(half).all():
        reaches = {seed: _effective(curve.distances, [float(table[i].mean()) for table in curve.missing])
                   for i, seed in enumerate(curve.seeds)}  # fmt: skip
        note = ", ".join(f">{curve.distances[-1]}" if v is None else str(v) for _, v in sorted(reaches.items()))
        half_of = curve.by_seed(0.5)
        found.append(
            Finding("word_classes", group, "half", mean(half, clusters), curve.runs, x=name, by_seed=half_of, note=note)
        )
    return found


def _effective(distances: Sequence[int], missing: Sequence[float]) -> int | None:
    return reached(list(distances), list(missing[1:]), missing[0])


def _of_erased(inputs: Inputs, tables: Tables, group: Group, name: str) -> list[Finding]:
    runs = list(inputs.good_runs_of(group)["run_id"])
    found = []
    for x in tables.xs(runs[0], f"erased_as.{name}", "natural") if runs else []:
        count = tables.at(runs, f"targets_as.{name}", "natural", x)[0]
        if count.sum() >= FEWEST:
            ids = tables.ids(runs[0], f"erased_as.{name}")
            lost = linearised(tables.at(runs, f"erased_as.{name}", "natural", x), count)
            estimate = mean(lost, clusters_of(inputs.facts(group).loc[ids]))
            found.append(Finding("word_classes", group, f"erased_{name}", estimate, tuple(runs), x=f"{x:g}"))
    return found


def show(found: Sequence[Finding], report: Report) -> list[Section]:
    known = {(one.group, one.quantity, one.x): one for one in found}
    targets, erased, words = [], [], report.words
    near = sorted({int(one.x) for one in found if one.quantity.startswith("erased_") and int(one.x) <= NEAR})
    for group in dict.fromkeys(one.group for one in found):
        for name in CLASSES:
            share, worth, half = (known.get((group, quantity, name)) for quantity in ("share", "worth", "half"))
            if share and worth:
                reach = (estimated(half.estimate, 1), half.note) if half else ("", "")
                cells = number(100 * share.estimate.value), estimated(worth.estimate, 2), *reach
                targets.append((group, (words(f"class.{name}"), *cells)))
            costs = [known.get((group, f"erased_{name}", str(x))) for x in near]
            if any(costs):
                values = ("" if one is None else number(one.estimate.value, 3) for one in costs)
                erased.append((group, (words(f"class.{name}"), *values)))
    heads = ("of_targets", "past", "half", "effective_units")
    distances = [Column(words("column.at", x=x)) for x in near]
    return listed(
        section(report, "word_classes", ("class",), heads, targets),
        section(report, "erased", ("class",), distances, erased),
    )
