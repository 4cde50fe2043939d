"""How numbers are written, in every language alike."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from reports.quantities import Row
from reports.statistics import Estimate


def number(value: float, digits: int = 1) -> str:
    """A number with a true minus sign; a dash where there is none."""
    return "–" if math.isnan(value) else f"{value:z,.{digits}f}".replace("-", "−")


def bounds(low: float, high: float, digits: int = 1) -> str:
    return f"[{number(low, digits)}, {number(high, digits)}]"


def estimated(found: Estimate, digits: int = 1, negated: bool = False) -> str:
    """value [low, high]; a saving is a cost, here negated."""
    value, low, high = (-found.value, -found.high, -found.low) if negated else (found.value, found.low, found.high)
    return f"{number(value, digits)} {bounds(low, high, digits)}"


def scaled(found: Estimate, factor: float) -> Estimate:
    """An estimate and its interval times a factor."""
    return replace(found, value=factor * found.value, low=factor * found.low, high=factor * found.high)


def signed(found: Estimate, digits: int) -> str:
    """+value [+low, +high]."""
    value, low, high = (f"{v:+.{digits}f}".replace("-", "−") for v in (found.value, found.low, found.high))
    return f"{value} [{low}, {high}]"


def distances(by_seed: Mapping[int, int | None], longest: int) -> str:
    """A value a seed; > where it is beyond the longest that was measured."""
    return ", ".join(f">{longest}" if value is None else str(value) for _, value in sorted(by_seed.items()))


def p_value(p: float) -> str:
    return "–" if math.isnan(p) else "< 0.001" if p < 0.001 else f"{p:.3f}"


def percent(row: Row) -> str:
    """value [low, high] of a share, in per cent or points."""
    found = row.estimate
    return f"{number(100 * found.value)} {bounds(100 * found.low, 100 * found.high)}"
