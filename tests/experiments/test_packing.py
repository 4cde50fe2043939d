"""Packing: every step once, nothing across sentences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.packing import Passages, fit, pack, pack_texts, passages, right_to_left, stream, streams
from pipelines.sequences import Sequences
from pipelines.vocabulary import EOS

LENGTHS = st.lists(st.integers(1, 20), min_size=1, max_size=60)
SEEDS = st.sampled_from([None, 0, 1])


def made(lengths: list[int]) -> Passages:
    total = sum(lengths)
    steps = np.arange(1, total + 1, dtype=np.int32)
    offsets = np.cumsum([0, *lengths]).astype(np.int64)
    return Passages(steps, steps + 1000, offsets, offsets)


def texts(lengths: list[int]) -> Sequences:
    """Texts of single-piece units; the pieces are 1, 2, 3 … over all texts."""
    total = sum(lengths)
    return Sequences(
        np.arange(1, total + 1, dtype=np.int32), np.arange(total + 1), np.cumsum([0, *lengths]).astype(np.int64)
    )


def dealt(seed: int | None) -> np.random.Generator | None:
    return None if seed is None else np.random.Generator(np.random.Philox(seed))


@settings(deadline=None)
@given(LENGTHS, st.integers(20, 40), st.sampled_from([None, 1, 3]))
def test_passages_fit_without_overlap(lengths: list[int], row: int, most: int | None) -> None:
    rows, columns, before, count = fit(np.array(lengths), row, most)
    used = np.zeros((count, row), int)
    for r, c, length in zip(rows, columns, lengths, strict=True):
        used[r, c : c + length] += 1
    assert used.max() == 1
    assert used.sum() == sum(lengths)
    for r in range(count):
        held = np.flatnonzero(rows == r)
        assert sorted(before[held]) == list(range(len(held)))
        assert most is None or len(held) <= most


@settings(deadline=None)
@given(LENGTHS, SEEDS)
def test_every_step_is_in_exactly_one_place(lengths: list[int], seed: int | None) -> None:
    given_ = made(lengths)
    rows = pack(given_, 24, 4, dealt(seed))
    assert len(rows.ids) % 4 == 0
    assert rows.weight.sum() == sum(lengths)
    np.testing.assert_array_equal(rows.ids.reshape(-1)[rows.place], given_.inputs)
    np.testing.assert_array_equal(rows.targets.reshape(-1)[rows.place], given_.targets)
    np.testing.assert_array_equal(np.flatnonzero(rows.keep.reshape(-1)[rows.place] == 0), given_.offsets[:-1])


def test_the_deal_depends_on_the_generator_alone() -> None:
    given_ = made([5, 9, 3, 8, 8, 2, 7] * 5)
    first, same, other = (pack(given_, 24, 4, dealt(seed)).ids for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, same)
    assert not np.array_equal(first, other)


def test_little_room_is_wasted() -> None:
    lengths = np.random.default_rng(0).integers(3, 40, 2000).tolist()
    rows = pack(made(lengths), 64, 32)
    assert rows.weight.mean() > 0.97


def test_a_passage_longer_than_a_row_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        fit(np.array([30]), 20)


@settings(deadline=None)
@given(st.lists(st.integers(1, 90), min_size=1, max_size=40), SEEDS)
def test_streams_hold_every_step_and_go_on_where_they_stopped(lengths: list[int], seed: int | None) -> None:
    """Read stream by stream, step by step, a passage's next step comes right after it, unless it was cut and restarts."""
    given_, row, together = made(lengths), 16, 3
    rows = stream(given_, row, together, dealt(seed))
    np.testing.assert_array_equal(rows.ids.reshape(-1)[rows.place], given_.inputs)
    assert len(np.unique(rows.place)) == sum(lengths)
    streams = rows.ids.reshape(-1, together, row).transpose(1, 0, 2).reshape(together, -1)
    keeps = rows.keep.reshape(-1, together, row).transpose(1, 0, 2).reshape(together, -1)
    starts = set((given_.offsets[:-1] + 1).tolist())
    cuts = 0
    for line, keep in zip(streams.tolist(), keeps.tolist(), strict=True):
        for at, (piece, kept) in enumerate(zip(line, keep, strict=True)):
            if not piece:
                continue
            if kept:
                assert line[at - 1] == piece - 1
            else:
                cuts += piece not in starts
    assert cuts <= (together - 1 if seed is not None else 0)


def test_streams_start_again_at_a_share_of_all_steps() -> None:
    """Of 60,000 steps a fiftieth, within four standard errors; nothing else changes, and scoring knows no resets."""
    given_ = made([2_000] * 30)
    rows, plain = (stream(given_, 16, 3, dealt(5), resets) for resets in (0.02, 0.0))
    np.testing.assert_array_equal(rows.ids, plain.ids)
    emptied = (rows.keep == 0) & (plain.keep == 1)
    assert emptied.mean() == pytest.approx(0.02, abs=4 * (0.02 * 0.98 / 60_000) ** 0.5)
    assert (rows.keep <= plain.keep).all()
    np.testing.assert_array_equal(stream(given_, 16, 3, None, 0.02).keep, stream(given_, 16, 3).keep)


@settings(deadline=None)
@given(LENGTHS, SEEDS, st.booleans())
def test_texts_lie_where_their_slots_say(lengths: list[int], seed: int | None, pairs: bool) -> None:
    lengths = lengths * 2
    given_ = texts(lengths)
    labels = np.arange(len(lengths) // (2 if pairs else 1))
    rows = pack_texts(given_, labels, 44, 3, 4, dealt(seed), pairs=pairs)
    np.testing.assert_array_equal(rows.labels.reshape(-1)[rows.place], labels)
    assert rows.weight.sum() == len(labels)
    found = []
    for row, slot, ends, weight in zip(rows.ids, rows.slot, rows.ends, rows.weight, strict=True):
        weight = np.repeat(weight, 2) if pairs else weight
        for k in range(4):
            held = row[slot == k].tolist()
            assert bool(held) == bool(weight[k])
            if held:
                assert held == row[ends[0, k] : ends[1, k] + 1].tolist(), "the ends are those of the text"
                found.append(held)
    expected = [given_.ids[a:b].tolist() for a, b in zip(given_.tokens[:-1], given_.tokens[1:], strict=True)]
    assert sorted(found) == expected
    if pairs:
        couples = rows.ends.reshape(len(rows.ids), 2, 2, 2)
        first, second = couples[:, 0, :, 1][rows.weight > 0], couples[:, 0, :, 0][rows.weight > 0]
        assert (first > second).all(), "the second text of a pair stands right of the first"


def test_from_right_to_left_pieces_and_units_are_reversed() -> None:
    """Two sentences: units (1 2)(3)(4 5 6) and (7)(8 9)."""
    given_ = Sequences(np.arange(1, 10, dtype=np.int32), np.array([0, 2, 3, 6, 7, 9]), np.array([0, 3, 5]))
    turned = right_to_left(given_)
    assert turned.ids.tolist() == [6, 5, 4, 3, 2, 1, 9, 8, 7]
    assert turned.units.tolist() == [0, 3, 4, 6, 8, 9]
    back = right_to_left(turned)
    assert back.ids.tolist() == given_.ids.tolist()
    assert back.units.tolist() == given_.units.tolist()
    assert passages(turned).targets.tolist() == [6, 5, 4, 3, 2, 1, EOS, 9, 8, 7, EOS]


def test_as_many_streams_as_passages_fill() -> None:
    """Three long passages leave nearly all streams empty; a thousand short ones fill all there are."""
    assert streams(np.array([900, 1000, 950]), 64, 128) == 8
    assert streams(np.array([5000] * 20), 64, 128) == 16
    assert streams(np.full(1000, 40), 64, 128) == 128
    for lengths in ([900] * 3, [5000] + [30] * 400, [70] * 20):
        given, chosen = made(lengths), streams(np.array(lengths), 16, 128)
        steps = {count: stream(given, 16, count).ids.size for count in (chosen, 128)}
        assert steps[chosen] <= steps[128]
