"""Floors against counts made by hand, and against another way of counting."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest

from experiments.models.floors import Ngram, Unigram, new_floor
from experiments.packing import Passages, documents, passages, units_apart
from pipelines.sequences import Sequences
from pipelines.vocabulary import BOS, EOS

A, B, C = 4, 5, 6


def sequences(*sentences: list[int]) -> Sequences:
    """Sentences whose units are single pieces."""
    ids = np.array([i for sentence in sentences for i in sentence], np.int32)
    return Sequences(ids, np.arange(len(ids) + 1), np.cumsum([0, *map(len, sentences)]))


def text(*sentences: list[int]) -> Passages:
    return passages(sequences(*sentences))


def after(context: list[int], vocabulary: int) -> Passages:
    """A passage for each piece that may follow a context; its target is the last step but the end."""
    return text(*([*context, piece] for piece in range(vocabulary)))


def chances_after(model: Ngram, context: list[int], vocabulary: int) -> np.ndarray:  # type: ignore[type-arg]
    """P(piece | begin, context) for every piece, pieces 0 to 3 (marks among them) too."""
    given = after(context, vocabulary)
    return model.probabilities(given)[given.offsets[1:] - 2]


class Counted:
    """Modified Kneser–Ney written a second time, with dictionaries and recursion (Chen & Goodman 1999)."""

    def __init__(self, sentences: list[list[int]], vocabulary: int, order: int) -> None:
        self.vocabulary, self.order = vocabulary, order
        marked = [[BOS, *sentence, EOS] for sentence in sentences]
        raw: list[Counter[tuple[int, ...]]] = [Counter() for _ in range(order + 1)]
        for words in marked:
            for k in range(1, order + 1):
                raw[k].update(tuple(words[i : i + k]) for i in range(len(words) - k + 1))
        self.counts: list[dict[tuple[int, ...], int]] = [{} for _ in range(order + 1)]
        for k in range(1, order + 1):
            for gram, count in raw[k].items():
                before = {longer[0] for longer in raw[k + 1] if longer[1:] == gram} if k < order else set()
                self.counts[k][gram] = count if k == order or gram[0] == BOS else len(before)
        self.counts[1].pop((BOS,))
        self.discounts = []
        for k in range(1, order + 1):
            seen = Counter(self.counts[k].values())
            y = seen[1] / (seen[1] + 2 * seen[2])
            d = [1 - 2 * y * seen[2] / seen[1], 2 - 3 * y * seen[3] / seen[2]]
            self.discounts.append([0.0, *d, 3 - 4 * y * seen[4] / seen[3] if seen[3] else d[1]])
        self.following: list[dict[tuple[int, ...], list[int]]] = [defaultdict(list) for _ in range(order + 1)]
        for k in range(1, order + 1):
            for gram, count in self.counts[k].items():
                self.following[k][gram[:-1]].append(count)

    def probability(self, context: tuple[int, ...], piece: int) -> float:
        context = context[-(self.order - 1) :] if self.order > 1 else ()
        k = len(context) + 1
        lower = self.probability(context[1:], piece) if context else 1 / self.vocabulary
        counts = self.following[k].get(context, [])
        if not sum(counts):
            return lower
        d = self.discounts[k - 1]
        count = self.counts[k].get((*context, piece), 0)
        spared = sum(d[min(c, 3)] for c in counts)
        return (count - d[min(count, 3)] + spared * lower) / sum(counts)


def corpus(seed: int = 0, many: int = 60, high: int = 60) -> list[list[int]]:
    """Sentences in which some pieces are frequent and follow each other."""
    generator = np.random.default_rng(seed)
    return [(4 + generator.zipf(1.6, generator.integers(2, 12)) % (high - 4)).tolist() for _ in range(many)]


def test_passages_begin_and_end() -> None:
    given = text([A, B], [C])
    assert given.inputs.tolist() == [BOS, A, B, BOS, C]
    assert given.targets.tolist() == [A, B, EOS, C, EOS]
    assert given.offsets.tolist() == given.sentences.tolist() == [0, 3, 5]


def test_documents_go_on_after_the_end_of_a_sentence() -> None:
    given = documents(sequences([A, B], [C], [B]), np.array([2, 1]))
    assert given.inputs.tolist() == [BOS, A, B, EOS, C, BOS, B]
    assert given.targets.tolist() == [A, B, EOS, C, EOS, B, EOS]
    assert given.offsets.tolist() == [0, 5, 7]
    assert given.sentences.tolist() == [0, 3, 5, 7]


def test_unigram_by_hand() -> None:
    """Ten targets a b a b </s> … over a vocabulary of 10: P(a) = (2 + 1) / (5 + 10)."""
    floor = Unigram(text([A, B, A, B]), 10)
    assert floor.bits(text([A]))[0] == pytest.approx(-np.log2(3 / 15))
    assert floor.bits(text([C]))[0] == pytest.approx(-np.log2(1 / 15))


def test_unigram_does_not_see_order() -> None:
    floor = Unigram(text([A, B, A, C]), 10)
    assert floor.bits(text([A, B, C])).sum() == pytest.approx(floor.bits(text([C, A, B])).sum())


def test_bigram_by_hand() -> None:
    """Text: a b, a b, a c, b c. Pairs: ^a 3, ^b 1, ab 2, ac 1, bc 1, b$ 2, c$ 2; n1 = 3, n2 = 3, n3 = 1, n4 = 0, so
    Y = 1/3, D1 = 1 − 2/3 = 1/3, D2 = 2 − 1/3 = 5/3.

    Kinds of piece before: a 1, b 2, c 2, $ 2 (7 kinds of pair); n1 = 1, n2 = 3, so Y = 1/7, D1 = 1 − 6/7 = 1/7, and
    D2 = 2 − 0 = 2, held to 1.95. What is spared, 1/7 + 3 · 1.95 of 7, is spread over 10 pieces.
    P(b | a) = (2 − 5/3 + (1/3 + 5/3) · P(b)) / 3.
    """
    floor = Ngram(text([A, B], [A, B], [A, C], [B, C]), 10, 2)
    spared = (1 / 7 + 3 * 1.95) / 7
    b = (2 - 1.95) / 7 + spared / 10
    chances = chances_after(floor, [A], 10)
    assert chances[B] == pytest.approx((1 / 3 + 2 * b) / 3)
    assert chances[7] == pytest.approx(2 / 3 * spared / 10)


@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_every_probability_is_that_of_the_definition(order: int) -> None:
    sentences, vocabulary = corpus(many=300), 62
    model, counted = Ngram(text(*sentences), vocabulary, order), Counted(sentences, vocabulary, order)
    for tested in corpus(1, 20, 62):
        found = model.probabilities(text(tested))
        words = (BOS, *tested, EOS)
        expected = [counted.probability(words[:i], words[i]) for i in range(1, len(words))]
        np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("order", [2, 3, 5])
def test_an_ngram_is_a_distribution_after_everything_seen_or_not(order: int) -> None:
    model = Ngram(text(*corpus()), 62, order)
    for context in ([], [4], [4, 5], [5, 4, 5, 4], [20], [4, 21, 5]):
        chances = chances_after(model, context, 62)
        assert chances.sum() == pytest.approx(1.0)
        assert (chances > 0).all()


def test_a_longer_context_helps_where_it_tells_more() -> None:
    """What follows b depends on the piece before it: a bigram cannot know, a trigram does."""
    sentences = [[4, 6, 7], [5, 6, 8]] * 40 + [[7, 8, 4], [8, 5]] * 5
    bits = {order: Ngram(text(*sentences), 12, order).bits(text([4, 6, 7]))[2] for order in (2, 3)}
    assert bits[3] < 0.5 < bits[2]


def test_a_planted_order_costs_much_when_reversed() -> None:
    sentences = [[4, 5, 6, 7, 8, 9]] * 40
    floor = Ngram(text(*sentences), 12, 2)
    assert floor.bits(text(sentences[0])).sum() < 1.0
    assert floor.bits(text(sentences[0][::-1])).sum() > 15.0


def test_documents_let_an_ngram_see_over_the_end_of_a_sentence() -> None:
    pairs = [[4, 5], [6, 7]] * 30 + [[8, 9], [10, 11]] * 30
    sizes = np.full(len(pairs) // 2, 2)
    model = Ngram(documents(sequences(*pairs), sizes), 16, 3)
    given = documents(sequences([4, 5], [6, 7]), np.array([2]))
    assert model.bits(given)[3] < 0.5, "6 is certain after 5 </s>"


def spelled(*sentences: list[list[int]]) -> Sequences:
    """Sentences of units of several pieces."""
    units = [unit for sentence in sentences for unit in sentence]
    ids = np.array([piece for unit in units for piece in unit], np.int32)
    return Sequences(ids, np.cumsum([0, *map(len, units)]), np.cumsum([0, *map(len, sentences)]))


def test_units_apart_by_hand() -> None:
    found = units_apart(spelled([[A, B], [C]], [[C]]))
    assert found.inputs.tolist() == [BOS, A, BOS, BOS, BOS, BOS]
    assert found.targets.tolist() == [A, B, C, EOS, C, EOS]
    assert found.offsets.tolist() == [0, 2, 3, 4, 5, 6]
    assert found.sentences.tolist() == [0, 4, 6]


def test_independent_units_know_spelling_and_no_order() -> None:
    """Of the units AB (half), AC and C (a quarter each), with much text: P(A) = 3/4 of the units, P(B | A) = 2/3."""
    ab, ac, c = [A, B], [A, C], [C]
    train = units_apart(spelled(*[[ab, ac, ab, c]] * 3000))
    model = new_floor(8, train, 7)
    bits = model.bits(units_apart(spelled([ab, ac, c])))
    share = 4 / 5  # an end for every four units
    expected = [-np.log2(share * 3 / 4), -np.log2(2 / 3), -np.log2(share * 3 / 4), -np.log2(1 / 3), -np.log2(share / 4)]
    assert bits[:5] == pytest.approx(expected, abs=0.02)
    moved = model.bits(units_apart(spelled([c, ab, ac])))
    assert moved.sum() == pytest.approx(bits.sum(), abs=1e-9)
