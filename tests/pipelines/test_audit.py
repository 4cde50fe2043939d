"""Audit figures against sentences counted by hand and against scipy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import kendalltau

from pipelines.audit import figures_of, log2_orders
from pipelines.audit_text import audit_text
from pipelines.layout import ROOT, Pool
from pipelines.orders import get_order
from pipelines.reorder import Arrangement, Batch
from pipelines.stream import sentence_keys
from pipelines.units import get_unit


def figures(
    permuted: list[int],
    same: list[int] | None = None,
    initial: list[bool] | None = None,
    n: int | None = None,
    **known: Any,
) -> dict[str, float]:
    """Figures of one sentence of n units arranged as given; every unit opens a word and differs from the others."""
    n = len(permuted) if n is None else n
    batch = Batch(
        "eojeol", np.array([0, n]), np.ones(n, bool), sentence_keys(["a"]), np.array(initial or [True] * n), **known
    )
    arranged = Arrangement(np.array(permuted, np.int64), np.array([0, len(permuted)]))
    return figures_of(batch, arranged, np.array(same or range(n)), np.zeros(1))


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


def test_units_left_out_and_put_in_are_counted() -> None:
    """a b c d → a d X: two of four left out, one of three put in; a and d are on their places among what is left."""
    pool = Pool(np.array([-1]), np.array([99]), {"mark": 0})
    found = figures([0, 3, 4], n=4, pool=pool)
    assert (found["dropped"], found["put_in"]) == (0.5, pytest.approx(1 / 3))
    assert (found["kept_bigrams"], found["fixed_points"], found["kendall_tau"]) == (1.0, 1.0, 1.0)
    assert figures([3, 4, 0], n=4, pool=pool)["kept_bigrams"] == 0.0, "d X a: turned round"
    assert found["unmoved"] == found["identical"] == 0.0


def test_dependency_length_and_head_finality_by_hand() -> None:
    """학생이 책을 읽었다: arcs 학생이→읽었다 (2) and 책을→읽었다 (1), both heads last. Reversed: 2 and 1, heads first."""
    tree = {"head": np.array([2, 2, ROOT], np.int32), "relation": np.array([2, 3, 1], np.uint8)}
    natural, reverse, verb_second = (figures(order, **tree) for order in ([0, 1, 2], [2, 1, 0], [0, 2, 1]))
    assert (natural["dependency_length"], natural["head_final"]) == (1.5, 1.0)
    assert (reverse["dependency_length"], reverse["head_final"]) == (1.5, 0.0)
    assert (verb_second["dependency_length"], verb_second["head_final"]) == (1.0, 0.5)
    assert (verb_second["dependency_length_before"], verb_second["head_final_before"]) == (1.5, 1.0)


def test_chance_of_an_unchanged_sentence() -> None:
    assert figures([1, 0, 2])["identical_by_chance"] == pytest.approx(1 / 6)


def test_by_length_against_the_expectation_of_a_uniform_shuffle() -> None:
    """Of n! orders one is the natural one; a shuffle keeps (n − 1)/n! · (n − 1)! = (n − 1)/n of its neighbour pairs, so
    1/n of each pair; and one unit of n stands on its own place on average."""
    texts = [f"가{i} 나{i} 다{i}." for i in range(3000)] + [f"가{i} 나{i} 다{i} 라{i} 마{i}." for i in range(3000)]
    ids = [f"s{i}" for i in range(len(texts))]
    table = audit_text(texts, ids, "ko", get_unit("eojeol", "ko"), get_order("shuffle")).set_index("length")
    assert list(table.index) == ["3", "5–6", "all"]
    for name, n in (("3", 3), ("5–6", 5)):
        assert table.loc[name, "sentences"] == 3000
        assert table.loc[name, "identical"] == pytest.approx(1 / math.factorial(n), abs=0.025)
        assert table.loc[name, "identical_by_chance"] == pytest.approx(1 / math.factorial(n))
        assert table.loc[name, "kept_bigrams"] == pytest.approx(1 / n, abs=0.02)
        assert table.loc[name, "fixed_points"] == pytest.approx(1 / n, abs=0.02)
        assert table.loc[name, "kendall_tau"] == pytest.approx(0.0, abs=0.03)


def test_particles_come_off_their_hosts_when_they_are_units() -> None:
    texts = [f"학생{i}이 책{i}을 읽었다." for i in range(300)]
    ids = [f"s{i}" for i in range(300)]
    table = audit_text(texts, ids, "ko", get_unit("particle", "ko"), get_order("shuffle")).set_index("length")
    assert table.loc["all", "host_separation"] > 0.6


def test_units_counted_by_hand() -> None:
    """고양이|가 생선|을 먹|었다 are six hosts and chains, seven morphemes; the stop is none of them."""
    from pipelines.unit_counts import unit_counts

    korean = unit_counts(["고양이가 생선을 먹었다.", "비."], "ko")
    assert {name: counts.tolist() for name, counts in korean.items()} == {"particle": [6, 1], "morpheme": [7, 1]}
    english = unit_counts(["the cat ate the fish on the table."], "en")
    assert {name: counts.tolist() for name, counts in english.items()} == {"chunk": [4]}
    assert unit_counts(["ㄱㅇㅇㅇㄱ"], "ko", "drop_vowels") == {}
