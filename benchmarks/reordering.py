"""Shuffling the units of many sentences: ours in one sort, and the loop over sentences that one would write."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np

from pipelines.orders import get_order
from pipelines.reorder import Batch, arrange
from pipelines.stream import sentence_keys


def contenders() -> dict[str, Callable[[], float]]:
    """Each call shuffles 20,000 sentences and returns the number of their units."""
    lengths = np.random.default_rng(0).integers(4, 25, 20_000)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    movable = np.ones(offsets[-1], bool)
    keys = sentence_keys([f"s{i}" for i in range(len(lengths))])
    order = get_order("shuffle")
    batch = Batch("word", offsets, movable, keys)
    units = np.arange(offsets[-1])

    def ours() -> float:
        arrange(batch, order)
        return float(offsets[-1])

    def loop() -> float:
        """A generator seeded by sentence, so that results do not depend on the order of reading."""
        for number, (begin, end) in enumerate(itertools.pairwise(offsets)):
            np.random.default_rng((0, number)).permutation(units[begin:end])
        return float(offsets[-1])

    return {"one sort over all sentences (eosun)": ours, "NumPy generator a sentence, in a loop": loop}
