"""Truncation curves of profiles as tables, and how far the past reaches on them, in one shape for all who ask."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reports.findings.derived import delta
from reports.inputs import Group, Inputs, Tables
from reports.profiles import share_left
from reports.resampling import Table


@dataclass(frozen=True)
class Curve:
    """What the past is worth to a group, [seeds, sentences] each: bits missing at no context and at every distance, and
    bits with the longest; targets: [sentences], how many of them are targets."""

    distances: tuple[int, ...]
    missing: tuple[Table, ...]
    ids: tuple[str, ...]
    runs: tuple[str, ...]
    seeds: tuple[int, ...]
    longest: Table
    targets: Table

    def reach(self, left: float) -> Table:
        """[seeds, sentences] whose mean is the context that leaves that share of the worth missing (delta method)."""
        contexts = [0, *self.distances]
        return delta(lambda values: share_left(contexts, values, left), self.missing)

    def share(self, place: int) -> Table:
        """The same for the share of the worth that is missing at a distance, by its place."""
        return delta(lambda values: values[1] / values[0], [self.missing[0], self.missing[place + 1]])

    def by_seed(self, left: float) -> dict[int, float]:
        contexts = [0, *self.distances]
        rows = np.stack([table.mean(1) for table in self.missing], 1)
        return {s: share_left(contexts, list(row), left) for s, row in zip(self.seeds, rows, strict=True)}


def curve_of(inputs: Inputs, tables: Tables, group: Group, of: str = "") -> Curve | None:
    """The truncation curve of a group's profile, of all targets or of one word class; None where it was not taken."""
    name = f".{of}" if of else ""
    runs = inputs.good_runs_of(group)
    ids = list(runs["run_id"])
    distances = [int(x) for x in tables.xs(ids[0], f"context{name}", "natural") if x > 0] if ids else []
    if not distances:
        return None
    bits = [tables.at(ids, f"context{name}", "natural", float(x)) for x in (0, *distances)]
    missing = tuple(table - bits[-1] for table in bits)
    seeds = tuple(int(seed) for seed in runs["seed"])
    targets = tables.at(ids, f"targets{name}", "natural", 0.0)[0]
    return Curve(
        tuple(distances), missing, tuple(tables.ids(ids[0], f"context{name}")), tuple(ids), seeds, bits[-1], targets
    )
