"""What measures of their own find, beside the tables of orders and recency: each in a file, all in one shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from reports.inputs import Group, Inputs, Tables
from reports.statistics import Estimate

if TYPE_CHECKING:
    from reports.analysis import Analysis

MODULES = ("half_lives", "word_classes", "agreement", "direction", "memory", "cue", "role_cue", "graded")
"""The measures, in the order of the page; each has `find`, and `show` to write sections of what it found."""


@dataclass(frozen=True)
class Finding:
    """One quantity: of which measure (a module's name) and group, under which order and at which x (a number or a
    name), with its interval, every seed's own value and the runs behind it. note: what a table says beside it."""

    measure: str
    group: Group
    quantity: str
    estimate: Estimate
    run_ids: tuple[str, ...]
    order: str = "natural"
    x: str = ""
    by_seed: dict[int, float] = field(default_factory=dict)
    note: str = ""


def module(name: str) -> Any:
    """The module of a measure."""
    return import_module(f"{__name__}.{name}")


def findings(inputs: Inputs, tables: Tables, analysis: Analysis) -> tuple[Finding, ...]:
    """What every measure finds in the runs that passed their gates."""
    return tuple(one for name in MODULES for one in module(name).find(inputs, tables, analysis))
