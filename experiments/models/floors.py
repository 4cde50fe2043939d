"""The floors: what is to be had without a memory of more than one piece."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from experiments.packing import Passages

Bits = NDArray[np.float64]


class Floor(Protocol):
    """A model without training steps. `weights` counts what it stores; `bits` gives [steps] surprisals."""

    weights: int

    def bits(self, given: Passages) -> Bits: ...


class Unigram:
    """Every piece drawn alone: P(w) = (c(w) + 1) / (N + V), add-one so that no piece is impossible.

    Knows nothing of order: its surprisal of a sentence is the same in every order.
    """

    def __init__(self, given: Passages, vocabulary: int) -> None:
        counts = np.bincount(given.targets, minlength=vocabulary) + 1.0
        self._bits = -np.log2(counts / counts.sum())
        self.weights = vocabulary

    def bits(self, given: Passages) -> Bits:
        bits: Bits = self._bits[given.targets]
        return bits


class Bigram:
    """Interpolated Kneser–Ney over pairs of pieces (Kneser & Ney 1995, interpolated as in Chen & Goodman 1999).

    P(w | v) = max(c(v, w) − D, 0) / c(v) + D · N(v, ·) / c(v) · P(w), where N(v, ·) counts the kinds of piece seen
    after v; P(w) is the same form over continuation counts N(·, w), and below it stands the uniform distribution, so
    every piece has finite surprisal everywhere. D = n1 / (n1 + 2 n2) at each level (Ney, Essen & Kneser 1994).
    """

    def __init__(self, given: Passages, vocabulary: int) -> None:
        self._vocabulary = vocabulary
        pairs, counts = np.unique(_pairs(given, vocabulary), return_counts=True)
        self._pairs, self._counts = pairs, counts.astype(np.float64)
        first, second = pairs // vocabulary, pairs % vocabulary
        self._discount = _discount(counts)
        self._totals = np.bincount(first, weights=self._counts, minlength=vocabulary)
        self._kinds = np.bincount(first, minlength=vocabulary).astype(np.float64)
        continuations = np.bincount(second, minlength=vocabulary)
        low = _discount(continuations[continuations > 0])
        total = continuations.sum()
        spared = low * np.count_nonzero(continuations) / total
        self._lower = np.maximum(continuations - low, 0.0) / total + spared / vocabulary
        self.weights = len(pairs) + 3 * vocabulary

    def probability(self, first: NDArray[np.integer], second: NDArray[np.integer]) -> Bits:
        """P(second | first), elementwise."""
        wanted = first.astype(np.int64) * self._vocabulary + second
        at = np.minimum(np.searchsorted(self._pairs, wanted), len(self._pairs) - 1)
        count = np.where(self._pairs[at] == wanted, self._counts[at], 0.0)
        total = self._totals[first]
        seen = np.maximum(total, 1.0)
        direct = np.maximum(count - self._discount, 0.0) / seen
        spared = np.where(total > 0, self._discount * self._kinds[first] / seen, 1.0)
        result: Bits = direct + spared * self._lower[second]
        return result

    def bits(self, given: Passages) -> Bits:
        return -np.log2(self.probability(given.inputs, given.targets))


def _pairs(given: Passages, vocabulary: int) -> NDArray[np.int64]:
    return given.inputs.astype(np.int64) * vocabulary + given.targets


def _discount(counts: NDArray[np.integer]) -> float:
    """n1 / (n1 + 2 n2), kept inside (0, 1) where a corpus has no singletons or no doubletons."""
    once, twice = np.count_nonzero(counts == 1), np.count_nonzero(counts == 2)
    return min(max(once / (once + 2 * twice), 0.05), 0.95) if once + twice else 0.5


FLOOR_MODELS: dict[str, type[Unigram] | type[Bigram]] = {"unigram": Unigram, "bigram": Bigram}
