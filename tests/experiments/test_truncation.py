"""The truncation curve on models whose memory is known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from experiments.measures.truncation import truncated
from experiments.packing import Passages, documents, passages
from pipelines.sequences import Sequences


class Counting:
    """A stand-in for a model: the bits of a target are the number of steps since the passage began."""

    def bits(self, given: Passages, wanted: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        return np.concatenate([np.arange(n) for n in given.lengths]).astype(float)


def sentences() -> Sequences:
    """Two sentences of 4 and 2 units of 1, 2, 1, 1 and 3, 1 pieces."""
    lengths = [1, 2, 1, 1, 3, 1]
    return Sequences(np.arange(10, 19, dtype=np.int32), np.cumsum([0, *lengths]), np.array([0, 4, 6]))


def test_windows_counted_by_hand() -> None:
    """At context 1, unit 0 and unit 1 see their whole past; later units see the one unit before them, without the mark
    of the beginning, so their first piece stands at the step after that unit's first piece.

    First sentence, pieces a | b c | d | e and the end. Whole past: 0 | 1 2 | 3 | 4 | 5. At context 1: d is read after
    b c (steps b→c, c→d: d at 1), e after d (0), the end after e (0). So 0 + 1 + 2 + 1 + 0 + 0 = 4.
    Second, a b c | d and the end: 0 1 2 | 3, then the end after d (0): 6.
    """
    sequences = sentences()
    given = passages(sequences)
    full = Counting().bits(given)
    assert truncated(Counting(), sequences, given, full, 1).tolist() == [4.0, 6.0]


def test_a_long_context_is_the_whole_past() -> None:
    sequences = sentences()
    given = passages(sequences)
    full = Counting().bits(given)
    assert truncated(Counting(), sequences, given, full, 9).tolist() == [0 + 1 + 2 + 3 + 4 + 5, 0 + 1 + 2 + 3 + 4]


class CopyBack:
    """Knows one thing: that a piece repeats the one k steps before. 0 bits where it can see that far, else 3."""

    def __init__(self, k: int) -> None:
        self.k = k

    def bits(self, given: Passages, wanted: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        return np.concatenate([np.where(np.arange(n) >= self.k - 1, 0.0, 3.0) for n in given.lengths])


@pytest.mark.parametrize("lag", [2, 4])
def test_a_planted_lag_shows_at_its_context(lag: int) -> None:
    """With one piece a unit, contexts of `lag` units and more lose nothing, shorter ones lose 3 bits a late unit."""
    ids = np.arange(20, dtype=np.int32)
    sequences = Sequences(ids, np.arange(21), np.array([0, 20]))
    given = passages(sequences)
    model = CopyBack(lag)
    full = model.bits(given)
    losses = [float(truncated(model, sequences, given, full, c)[0] - full.sum()) for c in range(1, 8)]
    assert all(loss > 0 for loss in losses[: lag - 1])
    assert all(loss == 0 for loss in losses[lag - 1 :])


def test_in_documents_the_context_reaches_over_the_ends_of_sentences() -> None:
    """Units of one piece: a b </s> c </s>. At context 2 the second sentence's c sees b </s>, its end sees </s> c."""
    sequences = Sequences(np.array([10, 11, 12], np.int32), np.arange(4), np.array([0, 2, 3]))
    given = documents(sequences, np.array([2]))
    full = Counting().bits(given)
    assert full.tolist() == [0, 1, 2, 3, 4]
    assert truncated(Counting(), sequences, given, full, 2).tolist() == [0 + 1 + 2, 1 + 1]
    second_only = truncated(Counting(), sequences, given, full, 1, np.array([False, True]))
    assert second_only.tolist() == [0 + 1 + 2, 0 + 0]
