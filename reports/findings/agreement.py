"""Whether estimators of recency rank alike: distances of a model, and models among each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np

from reports.document import Section
from reports.findings import Finding
from reports.findings.derived import of_seeds
from reports.inputs import Group, Inputs, Tables
from reports.profiles import Profile, Reach
from reports.sections import Report
from reports.sections.further import listed, section
from reports.written import number

if TYPE_CHECKING:
    from reports.analysis import Analysis

FEWEST = 3
"""Distances, or models, that a rank correlation needs."""
RANKS = ("spearman", "kendall")


def find(inputs: Inputs, tables: Tables, analysis: Analysis) -> list[Finding]:
    """Spearman's ρ and Kendall's τ (b) between every two estimators: over the distances of each group, one value a
    seed; and over all models of a language and unit (groups and seeds), where there are three or more."""
    found: list[Finding] = []
    by_group: dict[Group, dict[str, Profile]] = {}
    for profile in analysis.profiles:
        by_group.setdefault(profile.group, {})[profile.kind] = profile
    for group, kinds in by_group.items():
        if "truncation" in kinds:
            found += _over_distances(group, kinds)
    places = {(reach.group.lang, reach.group.unit) for reach in analysis.reaches}
    for lang, unit in sorted(places):
        reaches = [reach for reach in analysis.reaches if (reach.group.lang, reach.group.unit) == (lang, unit)]
        found += _over_models(reaches, by_group)
    return found


def per_distance(kinds: dict[str, Profile], seed: int) -> dict[str, list[float]]:
    """What each distance is worth by each estimator: of truncation and shuffling, which add up, what is missing at the
    next nearer distance less what is missing here, a unit of distance; the nearest distance has none and is left out.
    """
    found: dict[str, list[float]] = {}
    distances = kinds["truncation"].distances
    for kind in ("truncation", "shuffling", "erasure", "deletion", "gradient"):
        values = kinds[kind].by_seed[seed]
        if kind in ("truncation", "shuffling"):
            steps = np.diff(distances)
            found[kind] = list(-np.diff(values) / steps)
        else:
            found[kind] = list(values[1:])
    return found


def _over_distances(group: Group, kinds: dict[str, Profile]) -> list[Finding]:
    seeds = [seed for seed in kinds["truncation"].by_seed if all(seed in kind.by_seed for kind in kinds.values())]
    rows = {seed: per_distance(kinds, seed) for seed in seeds}
    runs = kinds["truncation"].run_ids
    found: list[Finding] = []
    for (first, second), name in product(combinations(rows[seeds[0]], 2), RANKS):
        own = {seed: _rank(name, row[first], row[second]) for seed, row in rows.items()}
        own = {seed: value for seed, value in own.items() if not math.isnan(value)}
        if own:
            estimate = of_seeds(list(own.values()), len(rows[seeds[0]][first]))
            found.append(
                Finding(
                    "agreement", group, f"{name}_over_distances", estimate, runs, x=f"{first}~{second}", by_seed=own
                )
            )
    return found


def centre(profile: Profile, seed: int) -> float:
    """The mean distance of what a profile finds, what is below zero left out."""
    values = np.maximum(profile.by_seed[seed], 0.0)
    return float(np.average(profile.distances, weights=values)) if values.sum() > 0 else float("nan")


def _over_models(reaches: Sequence[Reach], by_group: dict[Group, dict[str, Profile]]) -> list[Finding]:
    rows: dict[str, list[float]] = {"half": [], "effective context": [], "erasure": [], "gradient": []}
    for reach in reaches:
        kinds = by_group[reach.group]
        for seed, half in reach.half.items():
            context = reach.context[seed]
            rows["half"].append(half)
            rows["effective context"].append(float(reach.longest + 1 if context is None else context))
            rows["erasure"].append(centre(kinds["erasure"], seed))
            rows["gradient"].append(centre(kinds["gradient"], seed))
    group = Group(reaches[0].group.lang, reaches[0].group.unit, "all", "", "")
    runs = tuple(run for reach in reaches for run in reach.run_ids)
    found = []
    for (first, second), name in product(combinations(rows, 2), RANKS):
        value = _rank(name, rows[first], rows[second])
        if not math.isnan(value):
            estimate = of_seeds([value], len(rows[first]))
            found.append(Finding("agreement", group, f"{name}_over_models", estimate, runs, x=f"{first}~{second}"))
    return found


def _rank(name: str, first: Sequence[float], second: Sequence[float]) -> float:
    """Spearman's ρ or Kendall's τ; NaN where there are too few values, or all of a side are alike."""
    pairs = np.array([first, second])
    pairs = pairs[:, np.isfinite(pairs).all(0)]
    if pairs.shape[1] < FEWEST or (np.ptp(pairs, 1) == 0).any():
        return float("nan")
    from scipy import stats

    rank = {"spearman": stats.spearmanr, "kendall": stats.kendalltau}[name]
    return float(rank(*pairs).statistic)


def show(found: Sequence[Finding], report: Report) -> list[Section]:
    rows, words = [], report.words
    known = {(one.group, one.quantity, one.x): one for one in found}
    for one in found:
        rank, _, over = one.quantity.partition("_")
        other = known.get((one.group, f"kendall_{over}", one.x))
        pair = one.x.split("~")
        if rank == "spearman" and other is not None and (over == "over_models" or "erasure" in pair):
            named = ", ".join(words(f"estimator.{kind}") for kind in pair)
            values = number(one.estimate.value, 2), number(other.estimate.value, 2), str(one.estimate.sentences)
            rows.append((one.group, (named, words(f"column.{over}"), *values)))
    return listed(section(report, "agreement", ("estimators", "over"), ("spearman", "kendall", "count"), rows))
