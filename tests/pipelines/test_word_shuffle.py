"""Whole words in random order, whatever unit they are cut in."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
from scipy.stats import chisquare

from pipelines.orders import get_order
from pipelines.reorder import Batch, arrange
from pipelines.stream import sentence_keys
from tests.pipelines.putting import every


def test_all_orders_of_the_words_are_as_likely() -> None:
    """Three words of two, one and three units: six orders, and inside a word none."""
    times, opens = 6000, np.array([1, 0, 1, 1, 0, 0], bool)
    offsets = 6 * np.arange(times + 1)
    keys = sentence_keys([f"sentence {i}" for i in range(times)])
    batch = Batch("particle", offsets, np.ones(6 * times, bool), keys, initial=np.tile(opens, times))
    placed = arrange(batch, get_order("word_shuffle")).units.reshape(times, 6) - offsets[:-1, None]
    found = Counter(map(tuple, placed.tolist()))
    words = ((0, 1), (2,), (3, 4, 5))
    assert set(found) == {tuple(itertools.chain(*order)) for order in itertools.permutations(words)}
    assert chisquare(list(found.values())).pvalue > 1e-4


def test_particles_stay_on_their_words() -> None:
    for unit, parts in (("particle", ("학생 이", "책 을", "읽 었다")), ("morpheme", ("학생 이", "책 을", "읽 었 다"))):
        found = set(every(60, "학생이 책을 읽었다.", "ko", "word_shuffle", unit))
        assert found == {" ".join(order) + "." for order in itertools.permutations(parts)}


def test_without_particles_words_are_shuffled_all_the_same() -> None:
    found = set(every(60, "학생이 책을 읽었다.", "ko", "particle_drop_structural+word_shuffle", "particle"))
    assert found == {" ".join(order) + "." for order in itertools.permutations(("학생", "책", "읽 었다"))}
    assert get_order("word_shuffle").pure
