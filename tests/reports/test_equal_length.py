"""Comparison at equal length: by hand, against what length alone does, and how often its interval covers."""

from __future__ import annotations

import numpy as np
import pytest

from reports.comparisons import EACH, at_equal_length
from reports.statistics import difference, total


def test_by_hand() -> None:
    """Five sentences of 3 units cost 10 and 4, five of 4 units 20 and 18; one of 9 has no counterpart: 6 and 2, mean 4."""
    units = np.array([3] * 5 + [4] * 5 + [9])
    first = np.array([[10.0] * 5 + [20.0] * 5 + [500.0]])
    second = np.array([[4.0] * 5 + [18.0] * 5 + [0.0]])
    other = np.array([3] * 5 + [4] * 5 + [8])
    tables = at_equal_length(first, second, units, other)
    assert tables is not None
    assert sum(table.mean() for table in tables) == pytest.approx(4.0)
    assert at_equal_length(first[:, :4], second[:, :4], units[:4], other[:4]) is None


def drawn(generator: np.random.Generator, seeds: int, apart: float) -> list[np.ndarray]:  # type: ignore[type-arg]
    """Costs of 5 bits a unit; the first language has two units fewer, and costs `apart` more at the same length."""
    long = generator.integers(6, 14, 300)
    made = []
    for units, level in ((long - 2, apart), (long, 0.0)):
        table = 5.0 * units + level + generator.normal(0, 4, 300) + generator.normal(0, 1, (seeds, 1))
        made += [table + generator.normal(0, 2, (seeds, 300)), units]
    return [made[0], made[2], made[1], made[3]]


def test_what_length_alone_does_is_gone() -> None:
    first, second, shorter, longer = drawn(np.random.default_rng(0), 3, 0.0)
    assert difference(first, second).value == pytest.approx(-10.0, abs=1.5)
    tables = at_equal_length(first, second, shorter, longer)
    assert tables is not None
    found = total(tables)
    assert abs(found.value) < 1.5
    assert not found.excludes_zero


def test_its_interval_covers() -> None:
    generator, inside = np.random.default_rng(1), 0
    for _ in range(400):
        tables = at_equal_length(*drawn(generator, 4, 3.0))
        assert tables is not None
        found = total(tables)
        inside += found.low <= 3.0 <= found.high
    assert inside / 400 >= 0.95 - 2 * (0.95 * 0.05 / 400) ** 0.5
    assert EACH > 1
