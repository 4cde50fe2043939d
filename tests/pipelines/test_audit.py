"""Audit figures against sentences counted by hand and against scipy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import kendalltau

from pipelines.audit import audit, log2_orders


def figures(permuted: list[int], same: list[int] | None = None, initial: list[bool] | None = None) -> dict[str, float]:
    n = len(permuted)
    return audit(
        np.array([0, n]),
        np.ones(n, bool),
        np.array(permuted),
        same=np.array(same or range(n)),
        initial=np.array(initial or [True] * n),
    )


def test_natural_order_keeps_everything() -> None:
    found = figures([0, 1, 2, 3])
    assert found["kept_bigrams"] == found["kendall_tau"] == found["identical"] == found["fixed_points"] == 1.0
    assert found["mean_displacement"] == 0.0


def test_reverse_keeps_nothing() -> None:
    found = figures([3, 2, 1, 0])
    assert (found["kept_bigrams"], found["kendall_tau"], found["identical"]) == (0.0, -1.0, 0.0)
    assert found["mean_displacement"] == pytest.approx((3 + 1 + 1 + 3) / 3 / 4)


def test_a_sentence_counted_by_hand() -> None:
    """c a b d: of the three neighbour pairs only a–b is kept; d stands where it stood."""
    found = figures([2, 0, 1, 3])
    assert found["kept_bigrams"] == pytest.approx(1 / 3)
    assert found["fixed_points"] == pytest.approx(1 / 4)
    assert found["kendall_tau"] == pytest.approx(kendalltau(range(4), [2, 0, 1, 3]).statistic)


def test_exchanging_equal_units_changes_nothing() -> None:
    assert figures([1, 0], same=[7, 7])["identical"] == 1.0
    assert figures([1, 0], same=[7, 8])["identical"] == 0.0


def test_particles_that_lose_their_host_are_counted() -> None:
    """고양이 가 | 생선 을: reversed, both particles lose their host; exchanged as pairs, neither does."""
    initial = [True, False, True, False]
    assert figures([3, 2, 1, 0], initial=initial)["host_separation"] == 1.0
    assert figures([2, 3, 0, 1], initial=initial)["host_separation"] == 0.0
    assert math.isnan(figures([2, 3, 0, 1])["host_separation"])


def test_the_ceiling_is_the_log_of_the_number_of_distinct_orders() -> None:
    """4! = 24 orders of four units; with two equal ones 12; a fixed final unit does not count."""
    offsets = np.array([0, 4, 8, 11])
    same = np.array([1, 2, 3, 4, 1, 1, 2, 3, 1, 2, 9])
    movable = np.array([True] * 10 + [False])
    assert log2_orders(offsets, movable, same) == pytest.approx([math.log2(24), math.log2(12), 1.0])


def test_chance_of_an_unchanged_sentence() -> None:
    assert figures([1, 0, 2])["identical_by_chance"] == pytest.approx(1 / 6)
