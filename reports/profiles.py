"""Recency profiles of groups: what the past is worth at every distance, and how far it reaches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports.inputs import Group, Inputs, Tables
from reports.resampling import Clusters, Table
from reports.statistics import Estimate, linearised, means

REACH = 0.01
"""What lies beyond the effective context is worth at most this share of what the whole context is worth."""
KINDS = {
    "truncation": ("context", "the units farther away are not seen"),
    "shuffling": ("shuffled_beyond", "the units at this distance and farther are in random order"),
    "erasure": ("erased", "the unit at this distance is another one of its class and frequency"),
    "deletion": ("deleted", "the unit at this distance is left out"),
    "gradient": ("gradient", "norm of the gradient at the embeddings of the unit at this distance"),
}
"""Kinds of profile: the measure that each is made of, and what is done."""


@dataclass(frozen=True)
class Profile:
    """One kind of profile of a group: at each distance the bits a target that are missing, and each seed's own."""

    group: Group
    kind: str
    distances: tuple[int, ...]
    values: tuple[Estimate, ...]
    by_seed: dict[int, tuple[float, ...]]
    run_ids: tuple[str, ...]


@dataclass(frozen=True)
class Reach:
    """How far the past reaches in the models of a group, by seed, in units; None where it is beyond the longest
    distance measured (right-censored).

    worth: bits a target that the longest context saves over none; context: the effective context; knee: the same of
    order; half: the context that is worth half of `worth`, interpolated; characters: how many a unit has on average.
    """

    group: Group
    longest: int
    worth: Estimate
    context: dict[int, int | None]
    knee: dict[int, int | None]
    half: dict[int, float]
    characters: float
    run_ids: tuple[str, ...]


def profiles(
    inputs: Inputs, tables: Tables, group: Group, clusters_of: Callable[[pd.DataFrame], Clusters | None]
) -> tuple[list[Profile], Reach | None]:
    """The profiles of a group and how far they reach; nothing where they were not measured."""
    facts = inputs.facts(group)
    runs = inputs.good_runs_of(group)
    run_ids, seeds = list(runs["run_id"]), [int(seed) for seed in runs["seed"]]
    distances = [int(x) for x in tables.xs(run_ids[0], "context", "natural") if x > 0]
    if not distances:
        return [], None

    def at(name: str, x: float) -> Table:
        return tables.at(run_ids, name, "natural", x)

    clusters = clusters_of(facts.loc[tables.ids(run_ids[0], "context")])
    targets = at("targets", 0.0)[0]
    none, longest = at("context", 0.0), at("context", float(distances[-1]))
    missing = {
        "truncation": [at("context", x) - longest for x in distances],
        "shuffling": [at("shuffled_beyond", x) - at("unshuffled", 0.0) for x in distances],
        "erasure": [at("erased", x) - at("whole", 0.0) for x in distances],
        "deletion": [at("deleted", x) - at("whole", 0.0) for x in distances],
    }
    found = [
        _profile(group, kind, distances, rows, targets, seeds, run_ids, clusters) for kind, rows in missing.items()
    ]
    steep = [at("gradient", x) for x in distances]
    documents = clusters_of(facts.loc[tables.ids(run_ids[0], "gradient")])
    found.append(_profile(group, "gradient", distances, steep, None, seeds, run_ids, documents))
    worth = none - longest
    per_seed = [
        {seed: [float(row[i].mean()) for row in missing[kind]] for i, seed in enumerate(seeds)}
        for kind in ("truncation", "shuffling")
    ]
    whole = {seed: float(worth[i].mean()) for i, seed in enumerate(seeds)}
    reach = Reach(
        group,
        distances[-1],
        means([linearised(worth, targets)], clusters)[0],
        {seed: reached(distances, values, whole[seed]) for seed, values in per_seed[0].items()},
        {seed: reached(distances, values, whole[seed]) for seed, values in per_seed[1].items()},
        {seed: half_way([0, *distances], [whole[seed], *values]) for seed, values in per_seed[0].items()},
        float(facts["n_chars"].sum() / facts["n_units"].sum()),
        tuple(run_ids),
    )
    return found, reach


def occlusion(
    inputs: Inputs, tables: Tables, group: Group, clusters_of: Callable[[pd.DataFrame], Clusters | None]
) -> list[Profile]:
    """Of a classifier, what the unit at every tenth of a text is worth: bits of the label without it, less with it."""
    runs = inputs.good_runs_of(group)
    run_ids, seeds = list(runs["run_id"]), [int(seed) for seed in runs["seed"]]
    parts = [int(x) for x in tables.xs(run_ids[0], "occluded", "natural")]
    if not parts:
        return []
    ids = tables.ids(run_ids[0], "occluded")
    inside = np.isin(tables.ids(run_ids[0]), ids)
    whole = tables.over_draws(run_ids, "natural")[:, inside]
    rows = [tables.at(run_ids, "occluded", "natural", float(x)) - whole for x in parts]
    return [_profile(group, "occlusion", parts, rows, None, seeds, run_ids, clusters_of(inputs.facts(group).loc[ids]))]


def _profile(
    group: Group, kind: str, distances: list[int], rows: list[Table], targets: NDArray[np.float64] | None,
    seeds: list[int], run_ids: list[str], clusters: Clusters | None,
) -> Profile:  # fmt: skip
    """Estimates a target: sums over sums of targets where `targets` says how many, plain means else."""
    scale = 1.0 if targets is None else float(targets.mean())
    lines = rows if targets is None else [linearised(row, targets) for row in rows]
    by_seed = {seed: tuple(float(row[i].mean()) / scale for row in rows) for i, seed in enumerate(seeds)}
    return Profile(group, kind, tuple(distances), tuple(means(lines, clusters)), by_seed, tuple(run_ids))


def reached(distances: list[int], missing: list[float], worth: float) -> int | None:
    """The smallest distance from which on at most 1 % of `worth` is missing; None where that is the longest or none."""
    if worth <= 0:
        return distances[0]
    for i, distance in enumerate(distances[:-1]):
        if all(value <= REACH * worth for value in missing[i:]):
            return distance
    return None


def half_way(contexts: list[int], missing: list[float]) -> float:
    """The context at which half of missing[0] is missing, interpolated on log2(1 + context); NaN where nothing is."""
    return share_left(contexts, missing, 0.5)


def share_left(contexts: Sequence[int], missing: Sequence[float], left: float) -> float:
    """The first context at which that share of missing[0] is missing, interpolated likewise."""
    for i in range(1, len(contexts)):
        if missing[0] > 0 and missing[i] <= left * missing[0]:
            above, below = missing[i - 1], missing[i]
            share = (above - left * missing[0]) / (above - below)
            low, high = np.log2(1 + contexts[i - 1]), np.log2(1 + contexts[i])
            return float(2 ** (low + share * (high - low)) - 1)
    return float("nan")
