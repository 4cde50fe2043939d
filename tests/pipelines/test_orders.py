"""Orders: what they do to literal sentences, and what holds for all of them."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from pipelines.errors import PipelineError
from pipelines.layout import Pool
from pipelines.orders import example_name, get_order, order_names
from pipelines.perturb import perturb
from pipelines.plain import Spelling
from pipelines.reorder import Batch, arrange, layout_of
from pipelines.stream import sentence_keys
from pipelines.tags import TAGS
from pipelines.units import get_unit

PURE = ("natural", "reverse", "local_2", "local_3", "local_5", "shuffle")
ROOT = Path(__file__).parents[2]
KOREAN = "철수는 어제 도서관에서 새 책을 읽었다."
ENGLISH = "Minsu read a new book in the library yesterday."


def one(text: str, lang: str, order: str, **options: object) -> str:
    unit = get_unit({"ko": "eojeol", "en": "word"}[lang], lang)
    return next(perturb([text], lang, unit, get_order(order), **options))  # type: ignore[arg-type]


def places(
    lengths: list[int], order: str, *, seed: int = 0, draw: int = 0, ids: list[str] | None = None
) -> list[list[int]]:
    """The permutation of each of some sentences, whose units are all movable."""
    offsets = np.cumsum([0, *lengths]).astype(np.int64)
    keys = sentence_keys(ids or [f"s{i}" for i in range(len(lengths))])
    batch = Batch("eojeol", offsets, np.ones(offsets[-1], bool), keys)
    flat = arrange(batch, get_order(order), seed=seed, draw=draw).units
    return [(flat[a:b] - a).tolist() for a, b in itertools.pairwise(offsets)]


def test_korean_reversed() -> None:
    assert one(KOREAN, "ko", "reverse") == "읽었다 책을 새 도서관에서 어제 철수는."


def test_english_reversed_and_lower_cased() -> None:
    assert one(ENGLISH, "en", "reverse") == "yesterday library the in book new a read minsu."


def test_capitals_can_be_kept() -> None:
    assert (
        one(ENGLISH, "en", "reverse", spelling=Spelling(lower=False))
        == "yesterday library the in book new a read Minsu."
    )


def test_final_punctuation_stays_put_unless_asked_to_move() -> None:
    assert one("가 나?", "ko", "reverse") == "나 가?"
    assert one("가 나?", "ko", "reverse", spelling=Spelling(keep_final=False)).startswith("?")


def test_natural_is_the_sentence() -> None:
    assert one(KOREAN, "ko", "natural") == KOREAN


def test_local_windows_keep_every_unit_within_its_window() -> None:
    for draw in range(50):
        (placed,) = places([8], "local_3", draw=draw)
        assert sorted(placed[:3]) == [0, 1, 2]
        assert sorted(placed[3:6]) == [3, 4, 5]
        assert sorted(placed[6:]) == [6, 7]


def test_trailing_windows_of_two_are_really_shuffled() -> None:
    """The window shuffles of Kallini et al. (2024) keep every trailing pair: theirs would give 0 here."""
    swapped = sum(places([8], "local_3", draw=draw)[0][6:] == [7, 6] for draw in range(400))
    assert 150 < swapped < 250


@pytest.mark.parametrize("length", [2, 3, 4])
@pytest.mark.parametrize("vary", ["draw", "id", "seed"])
def test_shuffle_is_uniform_on_short_sentences(length: int, vary: str) -> None:
    """Chi-square over all n! permutations, whether the draw, the sentence or the seed varies: no identity bias."""
    times = 4800
    if vary == "id":
        found = places([length] * times, "shuffle", ids=[f"sentence {i}" for i in range(times)])
    else:
        found = [places([length], "shuffle", **{vary: i})[0] for i in range(times)]  # type: ignore[arg-type]
    counts = Counter(map(tuple, found))
    observed = [counts[p] for p in itertools.permutations(range(length))]
    assert chisquare(observed).pvalue > 1e-4


def test_a_new_draw_is_a_new_permutation_and_an_old_one_the_same() -> None:
    first, again, other = (places([12], "shuffle", draw=draw) for draw in (3, 3, 4))
    assert first == again
    assert first != other


def test_a_sentence_does_not_care_about_its_neighbours() -> None:
    together = places([5, 9, 7], "shuffle", ids=["a", "b", "c"])
    assert together[1] == places([9], "shuffle", ids=["b"])[0]
    assert together == places([7, 9, 5], "shuffle", ids=["c", "b", "a"])[::-1]


def test_streams_of_different_orders_are_different() -> None:
    assert places([6], "local_6") != places([6], "shuffle") or places([6], "local_6", draw=1) != places(
        [6], "shuffle", draw=1
    )


def test_another_process_with_another_hash_seed_draws_the_same() -> None:
    command = [sys.executable, "eosun.py", "perturb", "--lang", "ko", "--seed", "5"]
    said = set()
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(
            command, input=KOREAN + "\n", capture_output=True, encoding="utf-8", check=True, env=environment, cwd=ROOT
        )
        said.add(done.stdout)
    assert said == {one(KOREAN, "ko", "shuffle", seed=5) + "\n"}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 15), min_size=1, max_size=8), st.sampled_from(PURE), st.integers(0, 5))
def test_every_order_permutes_each_sentence_within_itself(lengths: list[int], order: str, draw: int) -> None:
    for length, placed in zip(lengths, places(lengths, order, draw=draw), strict=True):
        assert sorted(placed) == list(range(length))


@given(st.integers(0, 20))
def test_reversing_twice_is_the_identity(length: int) -> None:
    (placed,) = places([length], "reverse")
    assert [placed[i] for i in placed] == list(range(length))


def test_an_unknown_order_is_answered_with_the_nearest() -> None:
    with pytest.raises(PipelineError, match='Did you mean "shuffle"'):
        get_order("shufle")


def test_a_window_of_one_is_refused() -> None:
    with pytest.raises(PipelineError, match="k must be 2 or more"):
        get_order("local_1")


def counted(order: str, length: int, times: int = 6000) -> Counter[tuple[int, ...]]:
    return Counter(map(tuple, places([length] * times, order, ids=[f"sentence {i}" for i in range(times)])))


def test_even_units_before_odd_ones() -> None:
    assert places([5], "even_odd") == [[0, 2, 4, 1, 3]]


def test_blocks_move_whole_and_all_arrangements_are_as_likely() -> None:
    """Three blocks of 2, 2 and 1: six arrangements, nothing inside a block changes."""
    found = counted("ngram_shuffle_2", 5)
    blocks = [(0, 1), (2, 3), (4,)]
    expected = {tuple(itertools.chain(*arranged)) for arranged in itertools.permutations(blocks)}
    assert set(found) == expected
    assert chisquare(list(found.values())).pvalue > 1e-4


def test_one_permutation_a_length_whatever_the_sentence_or_draw() -> None:
    first, second = (
        places([7, 7, 5], "deterministic_by_length"),
        places([7, 5], "deterministic_by_length", draw=4, ids=["x", "y"]),
    )
    assert first[0] == first[1] == second[0]
    assert first[2] == second[1]
    assert first[0] != list(range(7))
    assert places([7], "deterministic_by_length", seed=1)[0] != first[0]


def test_two_exchanges_leave_at_most_four_units_out_of_place() -> None:
    for placed in counted("swap_2", 8):
        assert sum(i != unit for i, unit in enumerate(placed)) in (0, 3, 4)


def test_an_odd_number_of_exchanges_is_an_odd_permutation_and_each_pair_as_likely() -> None:
    """After three exchanges of three units only the three transpositions are possible."""
    found = counted("swap_3", 3)
    assert set(found) == {(1, 0, 2), (2, 1, 0), (0, 2, 1)}
    assert chisquare(list(found.values())).pvalue > 1e-4


def test_partial_reversal_from_every_place_alike() -> None:
    found = counted("partial_reverse", 4)
    assert set(found) == {(3, 2, 1, 0), (0, 3, 2, 1), (0, 1, 3, 2), (0, 1, 2, 3)}
    assert chisquare(list(found.values())).pvalue > 1e-4


@pytest.mark.parametrize("theta", [0.0, 0.5, 1.5])
def test_mallows_follows_its_definition(theta: float) -> None:
    """Chi-square against exp(−θ · inversions) over all permutations of four units."""
    found = counted(f"mallows_{theta}", 4, 12_000)
    everything = list(itertools.permutations(range(4)))
    inversions = [sum(a > b for a, b in itertools.combinations(p, 2)) for p in everything]
    weights = np.exp(-theta * np.array(inversions))
    assert chisquare([found[p] for p in everything], 12_000 * weights / weights.sum()).pvalue > 1e-4


def test_a_large_mallows_parameter_is_the_natural_order() -> None:
    assert places([9], "mallows_40") == [list(range(9))]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 15), min_size=1, max_size=8),
    st.sampled_from(
        ["even_odd", "ngram_shuffle_3", "deterministic_by_length", "swap_2", "swap_5", "partial_reverse", "mallows_0.7"]
    ),
    st.integers(0, 5),
)
def test_these_too_permute_each_sentence_within_itself(lengths: list[int], order: str, draw: int) -> None:
    for length, placed in zip(lengths, places(lengths, order, draw=draw), strict=True):
        assert sorted(placed) == list(range(length))


def test_the_page_of_orders_is_what_is_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.catalogue import catalogue

    monkeypatch.delenv("EOSUN_LANGUAGES", raising=False)
    page = Path(__file__).parents[2] / "docs" / "orders.md"
    assert page.read_text(encoding="utf-8") == catalogue(), "eosun catalogue > docs/orders.md"


def test_an_order_leaves_as_many_sentences_unmoved_as_its_definition_says() -> None:
    """For every order that states its chance, on sentences of 1 to 6 units: observed against stated, four errors."""
    lengths = np.tile(np.arange(1, 7), 2000)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    units = int(offsets[-1])
    random = np.random.default_rng(0)
    tags = random.integers(1, 24, units).astype(np.uint8)
    position = np.arange(units) - np.repeat(offsets[:-1], lengths)
    head = np.where(position == np.repeat(lengths, lengths) - 1, -1, np.repeat(lengths, lengths) - 1).astype(np.int32)
    kinds = np.concatenate([[-1, -1], np.arange(2 * len(TAGS))])
    pool = Pool(kinds, np.arange(len(kinds)), {"neutral_open": 0, "neutral_closed": 1})
    batch = Batch(
        "eojeol", offsets, np.ones(units, bool), sentence_keys([f"s{i}" for i in range(len(lengths))]),
        np.ones(units, bool), tags, head, random.integers(2, 14, units).astype(np.uint8),
        random.integers(0, 64, units).astype(np.uint8), pool,
    )  # fmt: skip
    stated = 0
    for template in order_names():
        order = get_order(example_name(template))
        layout = layout_of(batch)
        chance = order.chance(layout)
        if not chance.any() or order.source == "":
            continue
        stated += 1
        arranged = arrange(batch, order)
        same = np.diff(arranged.offsets) == lengths
        for i in np.flatnonzero(same):
            a, b = arranged.offsets[i : i + 2]
            same[i] = (arranged.units[a:b] == np.arange(offsets[i], offsets[i + 1])).all()
        for n in range(1, 7):
            chosen = lengths == n
            expected = chance[chosen].mean()
            spread = (expected * (1 - expected) / chosen.sum()) ** 0.5
            assert abs(same[chosen].mean() - expected) <= 4 * spread + 1e-9, (template, n)
    assert stated >= 18
