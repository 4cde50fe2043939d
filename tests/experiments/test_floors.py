"""Floors against counts made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.models.floors import Bigram, Unigram
from experiments.packing import Passages, passages
from pipelines.sequences import Sequences
from pipelines.vocabulary import BOS, EOS

A, B, C = 4, 5, 6


def text(*sentences: list[int]) -> Passages:
    """Passages of sentences whose units are single pieces."""
    ids = np.array([i for sentence in sentences for i in sentence], np.int32)
    return passages(Sequences(ids, np.arange(len(ids) + 1), np.cumsum([0, *map(len, sentences)])))


def test_passages_begin_and_end() -> None:
    given = text([A, B], [C])
    assert given.inputs.tolist() == [BOS, A, B, BOS, C]
    assert given.targets.tolist() == [A, B, EOS, C, EOS]
    assert given.offsets.tolist() == [0, 3, 5]


def test_unigram_by_hand() -> None:
    """Ten targets a b a b </s> … over a vocabulary of 10: P(a) = (2 + 1) / (5 + 10)."""
    floor = Unigram(text([A, B, A, B]), 10)
    assert floor.bits(text([A]))[0] == pytest.approx(-np.log2(3 / 15))
    assert floor.bits(text([C]))[0] == pytest.approx(-np.log2(1 / 15))


def test_unigram_does_not_see_order() -> None:
    floor = Unigram(text([A, B, A, C]), 10)
    assert floor.bits(text([A, B, C])).sum() == pytest.approx(floor.bits(text([C, A, B])).sum())


def test_bigram_by_hand() -> None:
    """Text: a b, a b, a c, b c. Pairs: ^a 3, ^b 1, ab 2, ac 1, bc 1, b$ 2, c$ 2; n1 = 3, n2 = 3, so D = 1/3.

    Kinds after a: b, c. Continuation counts N(·, w): a 1, b 2, c 2, $ 2 out of 7 kinds of pair; of these n1 = 1, n2 = 3,
    so D' = 1/7, and what is spared, 4 · (1/7) / 7, is spread over 10 pieces.
    P(b | a) = (2 − 1/3) / 3 + (1/3 · 2 / 3) · P(b), P(b) = (2 − 1/7) / 7 + (4 / 49) / 10.
    """
    floor = Bigram(text([A, B], [A, B], [A, C], [B, C]), 10)
    lower = (2 - 1 / 7) / 7 + (4 / 49) / 10
    assert floor.probability(np.array([A]), np.array([B]))[0] == pytest.approx((2 - 1 / 3) / 3 + (2 / 9) * lower)
    assert floor.probability(np.array([A]), np.array([7]))[0] == pytest.approx((2 / 9) * (4 / 490))


def test_bigram_is_a_distribution_after_every_piece_seen_or_not() -> None:
    generator = np.random.default_rng(0)
    floor = Bigram(text(*(generator.integers(4, 20, 8).tolist() for _ in range(50))), 25)
    everything = np.arange(25)
    for first in everything:
        chances = floor.probability(np.full(25, first), everything)
        assert chances.sum() == pytest.approx(1.0)
        assert (chances > 0).all()


def test_bigram_learns_a_planted_order() -> None:
    """The successor of each piece is certain: nearly no bits in order, many when the order is reversed."""
    sentences = [[4, 5, 6, 7, 8, 9]] * 40
    floor = Bigram(text(*sentences), 12)
    assert floor.bits(text(sentences[0])).sum() < 1.0
    assert floor.bits(text(sentences[0][::-1])).sum() > 20.0
