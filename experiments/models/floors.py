"""The floors: what is to be had from counting, without a trained network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from experiments.packing import Passages
from pipelines.vocabulary import BOS

Bits = NDArray[np.float64]


class Floor(Protocol):
    """A language model without training steps. `weights` counts what it stores; `bits` gives [steps] surprisals."""

    weights: int

    def bits(self, given: Passages, wanted: NDArray[np.bool_] | None = None) -> Bits: ...


class Unigram:
    """Every piece drawn alone: P(w) = (c(w) + 1) / (N + V), add-one so that no piece is impossible.

    Knows nothing of order: its surprisal of a sentence is the same in every order.
    """

    def __init__(self, given: Passages, vocabulary: int) -> None:
        counts = np.bincount(given.targets, minlength=vocabulary) + 1.0
        self._bits = -np.log2(counts / counts.sum())
        self.weights = vocabulary

    def bits(self, given: Passages, wanted: NDArray[np.bool_] | None = None) -> Bits:
        bits: Bits = self._bits[given.targets]
        return bits


@dataclass(frozen=True)
class _Level:
    """The k-grams of one k: `keys` (context number · V + piece, sorted), their counts, and by context the sum of counts
    and the mass that discounting spares."""

    keys: NDArray[np.int64]
    counts: Bits
    totals: Bits
    spared: Bits
    discounts: Bits

    def numbers(self, contexts: NDArray[np.int64], pieces: NDArray[np.int64], vocabulary: int) -> NDArray[np.int64]:
        """[steps]: the number of each k-gram, −1 where it was never seen (or its context was not)."""
        wanted = contexts * vocabulary + pieces
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where((contexts >= 0) & (self.keys[at] == wanted), at, -1)


class Ngram:
    """Interpolated modified Kneser–Ney (Chen & Goodman 1999, section 3) over n-grams of pieces.

    P(w | h) = (a(hw) − D(a(hw))) / a(h·) + γ(h) P(w | h′), where h′ is h without its first piece; a is the count for
    the longest n-grams and for those that begin a passage, and elsewhere the number of kinds of piece seen before (the
    continuation count); D is D1, D2 or D3+ by the count, from the numbers of n-grams seen once to four times; and γ(h)
    is what D has spared after h. Below the unigrams stands the uniform distribution, so that every piece has finite
    surprisal everywhere. A context never seen gives way to the shorter one.
    """

    def __init__(self, given: Passages, vocabulary: int, order: int) -> None:
        self._vocabulary = vocabulary
        pieces, begins = _marked(given)
        self._levels: list[_Level] = []
        grams = self._grams(pieces, begins, order)
        for k in range(1, order + 1):
            self._levels.append(self._level(pieces, grams, k, order))
        self.weights = sum(2 * len(level.keys) + 2 * len(level.totals) for level in self._levels)

    def _grams(
        self, pieces: NDArray[np.int64], begins: NDArray[np.bool_], order: int
    ) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """For k = 1 … order: the sorted keys of all k-grams, and [positions] the number of the one that ends there
        (−1 where it would reach over the beginning)."""
        found = []
        before = np.zeros(len(pieces), np.int64)
        for k in range(1, order + 1):
            inside = before >= 0
            if k > 1:
                inside = inside & ~begins
            keys, numbers = np.unique((before * self._vocabulary + pieces)[inside], return_inverse=True)
            here = np.full(len(pieces), -1, np.int64)
            here[inside] = numbers
            found.append((keys, here))
            before = np.concatenate([[-1], here[:-1]])
        return found

    def _level(
        self, pieces: NDArray[np.int64], grams: list[tuple[NDArray[np.int64], NDArray[np.int64]]], k: int, order: int
    ) -> _Level:
        keys, here = grams[k - 1]
        raw = np.bincount(here[here >= 0], minlength=len(keys)).astype(np.float64)
        counts = raw
        if k < order:
            kinds, firsts = np.unique(grams[k][1], return_index=True)
            ends = firsts[kinds >= 0]
            continuations = np.bincount(here[ends], minlength=len(keys)).astype(np.float64)
            counts = np.where(continuations > 0, continuations, raw)
        real = np.ones(len(keys), bool)
        if k == 1:
            real = keys != BOS
            counts = np.where(real, counts, 0.0)
        discounts = _discounts(counts[real])
        contexts = keys // self._vocabulary
        many = int(contexts.max()) + 1
        spared, totals = (
            np.bincount(contexts, values, many).astype(np.float64)
            for values in (discounts[np.minimum(counts, 3).astype(np.int64)], counts)
        )
        return _Level(keys, counts, totals, spared, discounts)

    def probabilities(self, given: Passages) -> Bits:
        """[steps]: P(target | all that stands before it in its passage, as far back as the order reaches)."""
        pieces, begins = _marked(given)
        chance: Bits = np.full(len(pieces), 1.0 / self._vocabulary)
        contexts = np.zeros(len(pieces), np.int64)
        for k, level in enumerate(self._levels):
            if k:
                contexts = np.where(begins, -1, contexts)
            numbers = level.numbers(contexts, pieces, self._vocabulary)
            known = (contexts >= 0) & (contexts < len(level.totals))
            at = np.where(known, contexts, 0)
            totals = np.where(known, level.totals[at], 0.0)
            counts = np.where(numbers >= 0, level.counts[numbers], 0.0)
            direct = counts - level.discounts[np.minimum(counts, 3).astype(np.int64)]
            seen = totals > 0
            chance = np.where(seen, (direct + level.spared[at] * chance) / np.where(seen, totals, 1.0), chance)
            contexts = np.concatenate([[-1], numbers[:-1]])
        return chance[~begins]

    def bits(self, given: Passages, wanted: NDArray[np.bool_] | None = None) -> Bits:
        return -np.log2(self.probabilities(given))


def _marked(given: Passages) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Every passage with its first input before its targets, end to end; and where passages begin."""
    starts = given.offsets[:-1] + np.arange(len(given.offsets) - 1)
    pieces = np.zeros(len(given.targets) + len(starts), np.int64)
    begins = np.zeros(len(pieces), bool)
    begins[starts] = True
    pieces[starts] = given.inputs[given.offsets[:-1]]
    pieces[~begins] = given.targets
    return pieces, begins


def _discounts(counts: Bits) -> Bits:
    """[4]: 0 and D1, D2, D3+ (Chen & Goodman 1999, equation 17), held between 0 and the count where a small corpus has
    no n-grams that were seen once to four times."""
    once, twice, thrice, fourth = (float(np.count_nonzero(counts == n)) for n in (1, 2, 3, 4))
    if not once or not twice:
        return np.array([0.0, 0.5, 0.5, 0.5])
    share = once / (once + 2.0 * twice)
    found = [1.0 - 2.0 * share * twice / once, 2.0 - 3.0 * share * thrice / twice]
    found.append(3.0 - 4.0 * share * fourth / thrice if thrice else found[1])
    return np.array([0.0, *(min(max(d, 0.05), n - 0.05) for n, d in enumerate(found, 1))])


def new_floor(order: int, given: Passages, vocabulary: int) -> Floor:
    """The n-gram model of an order; 1 is the unigram model. No order is longer than the longest passage."""
    if order == 1:
        return Unigram(given, vocabulary)
    return Ngram(given, vocabulary, min(order, int(given.lengths.max()) + 1))
