"""Comparison at equal length: by hand, against what length alone does, and how often its interval covers."""

from __future__ import annotations

import numpy as np
import pytest

from reports.comparisons import EACH, at_equal_length
from reports.mixed import at_equal_units, least_squares
from reports.resampling import Table
from reports.statistics import difference, total


def test_by_hand() -> None:
    """Five sentences of 3 units cost 10 and 4, five of 4 units 20 and 18; one of 9 has no counterpart: 6 and 2, mean 4."""
    units = np.array([3] * 5 + [4] * 5 + [9])
    first = np.array([[10.0] * 5 + [20.0] * 5 + [500.0]])
    second = np.array([[4.0] * 5 + [18.0] * 5 + [0.0]])
    other = np.array([3] * 5 + [4] * 5 + [8])
    found = at_equal_length(first, second, units, other)
    assert found is not None
    tables, matched = found
    assert matched.tolist() == list(range(10)), "the two longest have no counterpart"
    assert sum(table.mean() for table in tables) == pytest.approx(4.0)
    assert at_equal_length(first[:, :4], second[:, :4], units[:4], other[:4]) is None


def test_by_hand_with_weights_of_others() -> None:
    """6 bits apart at 3 units, 2 at 4: weighted 1 to 3 that is 3, whatever the counts; a length of no weight is out."""
    units = np.array([3] * 5 + [4] * 8 + [5] * 6)
    first = np.array([[10.0] * 5 + [20.0] * 8 + [70.0] * 6])
    second = np.array([[4.0] * 5 + [18.0] * 8 + [0.0] * 6])
    found = at_equal_length(first, second, units, units, {3: 10, 4: 30, 7: 500})
    assert found is not None
    assert sum(table.mean() for table in found[0]) == pytest.approx(3.0)
    assert found[1].tolist() == list(range(13))


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
    matched = at_equal_length(first, second, shorter, longer)
    assert matched is not None
    found = total(matched[0])
    assert abs(found.value) < 1.5
    assert not found.excludes_zero


def test_its_interval_covers() -> None:
    generator, inside = np.random.default_rng(1), 0
    for _ in range(400):
        matched = at_equal_length(*drawn(generator, 4, 3.0))
        assert matched is not None
        found = total(matched[0])
        inside += found.low <= 3.0 <= found.high
    assert inside / 400 >= 0.95 - 2 * (0.95 * 0.05 / 400) ** 0.5
    assert EACH > 1


def test_its_interval_covers_where_few_sentences_are_matched() -> None:
    """One length is shared, by five sentences of each side; the other 390 say nothing."""
    generator, inside = np.random.default_rng(2), 0
    units = np.concatenate([np.full(5, 7), np.full(5, 9), np.arange(100, 490)])
    other = np.concatenate([np.full(5, 9), np.full(5, 7), np.arange(500, 890)])
    for _ in range(400):
        made = [generator.normal(0, 4, 400) + generator.normal(0, 1, (4, 1)) for _ in range(2)]
        matched = at_equal_length(made[0] + generator.normal(0, 2, (4, 400)), made[1], units, other)
        assert matched is not None
        inside += total(matched[0]).low <= 0.0 <= total(matched[0]).high
    assert inside / 400 >= 0.95 - 2 * (0.95 * 0.05 / 400) ** 0.5


def _planted(generator: np.random.Generator, apart: float, documents: bool) -> tuple[Table, Table, list[Table], Table]:
    """Costs of 4 bits a unit, and `apart` more in the first language, whose sentences have two thirds of the units."""
    second = generator.integers(6, 30, 240)
    first = np.maximum(1, np.round(second * generator.uniform(0.5, 0.85, 240)).astype(int))
    groups = np.arange(240) // 12
    shared = generator.normal(0, 4 * documents, 20)[groups] + generator.normal(0, 6, 240)
    costs = [
        20 * np.log(units) + sign * shared / 2 + generator.normal(0, 2, (3, 240)) + generator.normal(0, 1, (3, 1))
        for sign, units in ((1, first), (-1, second))
    ]
    return costs[0] + apart, costs[1], [first, second], groups


@pytest.mark.parametrize("documents", [False, True])
def test_a_difference_of_length_alone_is_none_at_equal_units(documents: bool) -> None:
    generator = np.random.default_rng(11)
    first, second, units, groups = _planted(generator, 0.0, documents)
    clusters = groups if documents else None
    assert difference(first, second, clusters).high < 0, "raw, the shorter sentences cost less"
    found = at_equal_units(first, second, (units[0], units[1]), clusters)
    assert found is not None
    assert found.low < 0 < found.high


@pytest.mark.parametrize(("documents", "apart"), [(False, 6.0), (True, 15.0)])
def test_intervals_at_equal_units_hold_the_planted_difference(documents: bool, apart: float) -> None:
    """At least 95 % less two Monte-Carlo errors of 150 intervals, and short enough to find it in half of them."""
    generator, holds, found_it = np.random.default_rng(12), 0, 0
    for _ in range(150):
        first, second, units, groups = _planted(generator, apart, documents)
        found = at_equal_units(first, second, (units[0], units[1]), groups if documents else None)
        assert found is not None
        holds += found.low <= apart <= found.high
        found_it += found.low > 0
    assert holds / 150 >= 0.95 - 2 * (0.95 * 0.05 / 150) ** 0.5
    assert found_it > 75


def test_one_length_for_all_cannot_be_a_covariate() -> None:
    table, same = np.random.default_rng(1).normal(0, 1, (3, 40)), np.full(40, 7)
    assert at_equal_units(table, table[::-1], (same, same), None) is None


def test_least_squares_is_that_of_statsmodels() -> None:
    import statsmodels.api as sm

    generator = np.random.default_rng(12)
    design = np.column_stack([np.ones(80), generator.normal(size=(80, 2))])
    values = design @ [3.0, 1.0, -2.0] + generator.normal(size=80) * (1.0 + np.abs(design[:, 1]))
    found = sm.OLS(values, design).fit(cov_type="HC3")
    assert least_squares(values, design) == pytest.approx((found.params[0], found.bse[0] ** 2), rel=1e-10)
