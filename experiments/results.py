"""A finished cell as its folder holds it, and what of it is shown in the tracking store: metrics, curves, tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.audit import FIGURES

RESULTS, RESOURCES, OBSERVATIONS = "results.json", "resources.json", "observations.parquet"
_SECTIONS = {
    "accuracy": "order",
    "audit": "text",
    "bits_per_sentence": "order",
    "order_cost": "order",
    "learning": "",
    "recency": "",
    "time_constant": "",
}
_BY_ORDER = ("bits_per_sentence", "order_cost", "accuracy")
_EDITS = {"context": "", "erased": "whole", "deleted": "whole", "shuffled_beyond": "unshuffled"}
"""Recency profiles in bits a target, with the measure that is taken off."""
_MEANS = ("gradient", "occluded")

Curve = list[tuple[int, float]]


def shown_as(metric: str) -> str:
    """A metric's name in the tracking store, where what stands before a slash becomes a section of charts.

    audit.shuffle.kendall_tau is text/shuffle.kendall_tau, order_cost.shuffle is order/order_cost.shuffle, and
    recency.bits_per_sentence is recency/bits_per_sentence. The UI sorts sections by name.
    """
    metric = metric.replace("+", " ")
    head, dot, rest = metric.partition(".")
    if not dot or head not in _SECTIONS:
        return metric
    section = _SECTIONS[head]
    return f"{section}/{metric}" if section == "order" else f"{section or head}/{rest}"


@dataclass(frozen=True)
class Results:
    """The folder of a cell that has run. found: its `results.json`."""

    folder: Path
    found: dict[str, Any]

    @classmethod
    def of(cls, folder: Path) -> Results:
        return cls(folder, json.loads((folder / RESULTS).read_text(encoding="utf-8")))

    @property
    def gate(self) -> str:
        return str(self.found["gate"])

    @property
    def ended(self) -> int:
        """When the cell ended, in milliseconds: the same however often it is tracked."""
        return int((self.folder / RESULTS).stat().st_mtime * 1000)

    @property
    def test_orders(self) -> list[str]:
        return list(self.found["cell"]["settings"]["study"]["test_orders"])

    @property
    def note(self) -> str:
        """What came out, in a few words."""
        metrics = self.found["metrics"]
        said = f"{metrics['bits_per_sentence.natural']:.1f} bits per natural sentence"
        if "accuracy.natural" in metrics:
            said = f"{100 * metrics['accuracy.natural']:.1f} % right in natural order"
        return said + ("" if self.gate == "passed" else f", {self.gate}")

    def figures(self) -> dict[str, float]:
        """Every metric that has one value and is a number, by the name it is shown as; what the natural order did to
        the text, which is nothing, is left out: a store of a thousand runs carries it a thousand times."""
        found = self.found
        figures = {
            **{shown_as(name): v for name, v in found["metrics"].items() if not name.startswith("audit.natural.")},
            **{f"size/{key}": found[key] for key in ("parameters", "recurrent_parameters", "units")},
            "wall_s": found["wall_s"],
            **found["seconds"],
            **self._resources(),
        }
        return {name: float(value) for name, value in figures.items() if value == value}

    def curves(self) -> dict[str, Curve]:
        """Every metric that has a value a step, by the name it is shown as; those under `matrix/` have a step for every
        test order."""
        curves = {shown_as(name): [(int(x), y) for x, y in curve] for name, curve in self.found["curves"].items()}
        for kind in ("bits_per_sentence", "accuracy"):
            values = [self.found["metrics"].get(f"{kind}.{order}") for order in self.test_orders]
            if None not in values:
                curves[f"matrix/{kind}"] = list(enumerate(values))
        return curves | self._profiles

    def points(self) -> Iterator[tuple[str, float, int]]:
        """Name, value and step of all that is shown; what is not a number is left out."""
        curves = self.curves()
        for name, value in self.figures().items():
            if name not in curves and value == value:
                yield name, value, 0
        for name, curve in curves.items():
            yield from ((name, float(value), step) for step, value in curve if value == value)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Small tables by name: `orders`, a row a test order with its bits and audit; `curves`, a row a point."""
        metrics = self.found["metrics"]
        orders = [
            {
                "test_order": order,
                **{kind: metrics[f"{kind}.{order}"] for kind in _BY_ORDER if f"{kind}.{order}" in metrics},
                **{name: metrics[f"audit.{order}.{name}"] for name in FIGURES if f"audit.{order}.{name}" in metrics},
            }
            for order in self.test_orders
        ]
        steps = [
            {"curve": name, "step": step, "value": value}
            for name, curve in self.curves().items()
            for step, value in curve
            if not name.startswith(("text/", "matrix/"))
        ]
        found = {"orders": pd.DataFrame(orders), "curves": pd.DataFrame(steps)}
        return {name: table for name, table in found.items() if len(table)}

    def _resources(self) -> dict[str, float]:
        file = self.folder / RESOURCES
        measured = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        return {f"system/{name}": value for name, value in measured.items()}

    @cached_property
    def _profiles(self) -> dict[str, Curve]:
        """Recency profiles by distance: bits a target (an edit's are what it costs), and means of the others."""
        rows = pd.read_parquet(self.folder / OBSERVATIONS, columns=["test_order", "measure", "x", "value"])
        rows = rows[rows["test_order"] == "natural"]
        by_x = rows.groupby(["measure", "x"])["value"]
        sums, means = by_x.sum(), by_x.mean()
        measured = set(rows["measure"])
        curves: dict[str, Curve] = {}
        for measure, base in _EDITS.items():
            if measure in measured:
                taken_off = float(sums[base].sum()) if base else 0.0
                targets = float(sums["targets"].sum())
                curves[f"recency/{measure}"] = [(int(x), (v - taken_off) / targets) for x, v in sums[measure].items()]
        for measure in _MEANS:
            if measure in measured:
                curves[f"recency/{measure}"] = [(int(x), float(v)) for x, v in means[measure].items()]
        return curves
