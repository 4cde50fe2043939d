"""How numbers and names are written on the page."""

from __future__ import annotations

import math

from reports.analysis import Row
from reports.inputs import LANGUAGES, Group
from reports.statistics import Estimate


def number(value: float, digits: int = 1) -> str:
    """A number with a true minus sign; a dash where there is none."""
    return "–" if math.isnan(value) else f"{value:z,.{digits}f}".replace("-", "−")


def bounds(low: float, high: float, digits: int = 1) -> str:
    return f"[{number(low, digits)}, {number(high, digits)}]"


def estimated(found: Estimate, digits: int = 1) -> str:
    """value [low, high]."""
    return f"{number(found.value, digits)} {bounds(found.low, found.high, digits)}"


def p_value(p: float) -> str:
    return "–" if math.isnan(p) else "< 0.001" if p < 0.001 else f"{p:.3f}"


def percent(row: Row) -> str:
    found = row.estimate
    return f"{number(100 * found.value)} {bounds(100 * found.low, 100 * found.high)}"


def trained(group: Group) -> str:
    """The model, what order it was trained on where that is not the natural one, and under which condition."""
    name = group.model if group.train_order == "natural" else f"{group.model}, trained on {group.train_order}"
    return f"{name}, {group.condition}" if group.condition else name


def language(lang: str, condition: str) -> str:
    name = LANGUAGES.get(lang, lang)
    return f"{name}, {condition}" if condition else name
