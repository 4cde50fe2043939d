"""Packing: every step once, nothing across sentences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.packing import Passages, fit, pack

LENGTHS = st.lists(st.integers(1, 20), min_size=1, max_size=60)


def made(lengths: list[int]) -> Passages:
    total = sum(lengths)
    steps = np.arange(1, total + 1, dtype=np.int32)
    return Passages(steps, steps + 1000, np.cumsum([0, *lengths]).astype(np.int64))


@settings(deadline=None)
@given(LENGTHS, st.integers(20, 40))
def test_passages_fit_without_overlap(lengths: list[int], row: int) -> None:
    rows, columns, count = fit(np.array(lengths), row)
    used = np.zeros((count, row), int)
    for r, c, length in zip(rows, columns, lengths, strict=True):
        used[r, c : c + length] += 1
    assert used.max() == 1
    assert used.sum() == sum(lengths)


@settings(deadline=None)
@given(LENGTHS, st.sampled_from([None, 0, 1]))
def test_every_step_is_in_exactly_one_place(lengths: list[int], seed: int | None) -> None:
    given_ = made(lengths)
    rows = pack(given_, 24, 4, None if seed is None else np.random.Generator(np.random.Philox(seed)))
    assert len(rows.ids) % 4 == 0
    assert rows.weight.sum() == sum(lengths)
    np.testing.assert_array_equal(rows.ids.reshape(-1)[rows.place], given_.inputs)
    np.testing.assert_array_equal(rows.targets.reshape(-1)[rows.place], given_.targets)
    fresh = rows.keep.reshape(-1)[rows.place] == 0
    assert np.flatnonzero(fresh).tolist() == given_.offsets[:-1].tolist(), "a state is emptied where a passage begins"


def test_best_fit_leaves_little_room() -> None:
    lengths = np.random.default_rng(0).integers(5, 40, 4000)
    _, _, count = fit(lengths, 128)
    assert lengths.sum() / (count * 128) > 0.98


def test_another_seed_deals_the_rows_otherwise() -> None:
    given_ = made([7] * 50)
    first, again, other = (pack(given_, 24, 4, np.random.Generator(np.random.Philox(seed))).ids for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_passage_longer_than_a_row_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        fit(np.array([30]), 24)
