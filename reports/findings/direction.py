"""How far models look that read from the first unit, beside models that read from the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from reports.comparisons import SPACED
from reports.document import Section
from reports.findings import Finding
from reports.findings.curves import curve_of
from reports.findings.derived import independent
from reports.inputs import Group, Inputs, Tables
from reports.quantities import clusters_of
from reports.sections import Report
from reports.sections.further import listed, section
from reports.statistics import Estimate, difference, mean
from reports.written import estimated

SUFFIX = "_backward"
REACHES = {"half": 0.5, "nine_tenths": 0.1}
"""How far back the context reaches that leaves this share of its worth missing."""


def find(inputs: Inputs, tables: Tables, analysis: object) -> list[Finding]:
    """Forward minus backward, of every model that was trained in both directions, and Korean minus English of that.

    Both must have been measured on the same units (`recency.sides: both`). Never total bits: a text's probability can
    be told from either end, so that they are the same for ideal models.
    """
    found: list[Finding] = []
    for group in inputs.groups():
        backward = replace(group, model=group.model + SUFFIX)
        if backward in inputs.groups():
            found += _pair(inputs, tables, group, backward)
    halves = {
        one.group: one
        for one in found
        if one.quantity == "half_asymmetry" and SPACED.get(one.group.lang) == one.group.unit
        and inputs.settings.get("comparable", True)
    }  # fmt: skip
    for group, one in halves.items():
        other = next((g for g in halves if g.lang == "en" and replace(g, unit="", lang="") ==
                      replace(group, unit="", lang="")), None)  # fmt: skip
        if group.lang == "ko" and other is not None:
            both = independent(one.estimate, halves[other].estimate)
            between = Group("ko-en", "", group.model, group.train_order, group.condition)
            note = _turned(one.estimate, halves[other].estimate)
            runs = (*one.run_ids, *halves[other].run_ids)
            found.append(Finding("direction", between, "half_asymmetry", both, runs, note=note))
    return found


def _pair(inputs: Inputs, tables: Tables, group: Group, backward: Group) -> list[Finding]:
    forth, back = curve_of(inputs, tables, group), curve_of(inputs, tables, backward)
    if forth is None or back is None or (forth.ids, forth.distances) != (back.ids, back.distances):
        return []
    if min(forth.missing[0].mean(), back.missing[0].mean()) <= 0:
        return []
    clusters, runs = clusters_of(inputs.facts(group).loc[list(forth.ids)]), (*forth.runs, *back.runs)
    found = []
    for name, left in REACHES.items():
        sides = forth.reach(left), back.reach(left)
        own = forth.by_seed(left), back.by_seed(left)
        if not all(np.isfinite(side).all() for side in sides):
            continue
        for one, curve, side, values in zip((group, backward), (forth, back), sides, own, strict=True):
            found.append(Finding("direction", one, name, mean(side, clusters), curve.runs, by_seed=values))
        apart = {seed: own[0][seed] - own[1][seed] for seed in own[0] if seed in own[1]}
        both = difference(*sides, clusters)
        note = "one_seed" if both.one_seed else ""
        found.append(Finding("direction", group, f"{name}_asymmetry", both, runs, by_seed=apart, note=note))
    for place, distance in enumerate(forth.distances[:-1]):
        shares = difference(forth.share(place), back.share(place), clusters)
        found.append(Finding("direction", group, "missing_asymmetry", shares, runs, x=str(distance)))
    return found


def _turned(ko: Estimate, en: Estimate) -> str:
    """Whether what two languages show turns round between them."""
    if ko.one_seed or en.one_seed:
        return "one_seed"
    if not (ko.excludes_zero and en.excludes_zero):
        return "unclear"
    return "turns" if ko.value * en.value < 0 else "same"


def show(found: Sequence[Finding], report: Report) -> list[Section]:
    known, rows = {(one.group, one.quantity): one for one in found if not one.x}, []
    for group in dict.fromkeys(one.group for one in found if one.quantity == "half_asymmetry"):
        back = replace(group, model=group.model + SUFFIX)
        cells = [
            known.get((group, "half")), known.get((back, "half")), known.get((group, "half_asymmetry")),
            known.get((group, "nine_tenths_asymmetry")),
        ]  # fmt: skip
        note = known[group, "half_asymmetry"].note
        said = report.words(f"turned.{note}") if note else ""
        rows.append((group, (*("" if one is None else estimated(one.estimate, 2) for one in cells), said)))
    heads = ("half_forward", "half_backward", "asymmetry", "nine_tenths", "turned")
    return listed(section(report, "direction", (), heads, rows))
