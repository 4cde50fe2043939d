"""How long the past lasts, told in units, characters, jamo and bits of text; and the published 1 % of perplexity."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from reports.document import Section
from reports.findings import Finding
from reports.findings.curves import Curve, curve_of
from reports.findings.derived import of_seeds
from reports.inputs import Group, Inputs, Tables
from reports.profiles import reached
from reports.quantities import clusters_of
from reports.resampling import Clusters
from reports.sections import Report
from reports.sections.further import listed, section
from reports.statistics import mean
from reports.written import estimated

PERPLEXITY = 1.01
"""The published effective context: from there on perplexity is at most this many times that of the longest context."""
MEASURES = ("units", "characters", "jamo", "bits")


def find(inputs: Inputs, tables: Tables, analysis: object) -> list[Finding]:
    """The context that brings half of what the longest one is worth, of every group, in four measures; the published
    effective context of every seed."""
    found: list[Finding] = []
    for group in inputs.groups():
        curve = curve_of(inputs, tables, group)
        if curve is None or curve.missing[0].mean() <= 0:
            continue
        facts = inputs.facts(group)
        clusters = clusters_of(facts.loc[list(curve.ids)])
        units = float(facts["n_units"].sum())
        scales = {
            "units": 1.0,
            "characters": float(facts["n_chars"].sum()) / units,
            "jamo": float(facts["n_jamo"].sum()) / units,
            "bits": float(curve.longest.mean() / curve.targets.mean()),
        }
        half, own = curve.reach(0.5), curve.by_seed(0.5)
        for name in MEASURES if np.isfinite(half).all() else ():
            seeds = {seed: scales[name] * value for seed, value in own.items()}
            estimate = mean(scales[name] * half, clusters)
            found.append(Finding("half_lives", group, name, estimate, curve.runs, by_seed=seeds))
        found.append(_published(group, curve, clusters))
    return found


def published(curve: Curve) -> dict[int, int | None]:
    """By seed, the smallest context from which on perplexity a unit is within 1 % of that of the longest one (None:
    only there), after Khandelwal et al. 2018, who count by token."""
    most = math.log2(PERPLEXITY) * float(curve.targets.mean())
    found: dict[int, int | None] = {}
    for i, seed in enumerate(curve.seeds):
        missing = [float(table[i].mean()) for table in curve.missing[1:]]
        found[seed] = reached(list(curve.distances), missing, most / 0.01)
    return found


def _published(group: Group, curve: Curve, clusters: Clusters | None) -> Finding:
    """As a number only where no seed lies beyond the longest context; the note has every seed."""
    values = published(curve)
    note = ", ".join(f">{curve.distances[-1]}" if v is None else str(v) for _, v in sorted(values.items()))
    known = {seed: float(v) for seed, v in values.items() if v is not None}
    whole = list(known.values()) if len(known) == len(values) else [float("nan")] * len(values)
    estimate = of_seeds(whole, len(curve.ids))
    return Finding("half_lives", group, "perplexity_context", estimate, curve.runs, by_seed=known, note=note)


def show(found: Sequence[Finding], report: Report) -> list[Section]:
    known = {(one.group, one.quantity): one for one in found}
    rows = []
    for group in dict.fromkeys(one.group for one in found):
        halves = [known.get((group, name)) for name in MEASURES]
        cells = ["" if one is None else estimated(one.estimate, 1) for one in halves]
        rows.append((group, (*cells, known[group, "perplexity_context"].note)))
    heads = ("half_units", "half_characters", "half_jamo", "half_bits", "perplexity")
    return listed(section(report, "half_lives", (), heads, rows))
