"""Which sentences are used where an order makes them longer."""

from __future__ import annotations

from typing import Any

import numpy as np

from corpora.build import build as corpus_of
from pipelines.build import build
from pipelines.dataset import Recipe
from pipelines.orders import get_order
from pipelines.selection import select
from pipelines.sequences import gather


def test_sentences_that_an_edit_makes_too_long_are_left_out() -> None:
    """A mark on every subject and object makes some English sentences longer than the median one was. Shuffled, none is
    longer than it was."""
    corpus = corpus_of("grammar", options={"pairs": 400})
    english = build(corpus, "en", Recipe("word", 500, tags=True))
    longest = int(np.median(english.sizes("n_tokens")))
    limits: Any = {"words": (1, 60), "most_tokens": longest, "most": {}}
    before, shuffled, after = (
        select(english, [], **limits, orders=orders) for orders in ((), ("shuffle",), ("case_mark+shuffle",))
    )
    assert all((before[split] == shuffled[split]).all() for split in before)
    gone = np.setdiff1d(before["train"], after["train"])
    assert 0 < len(gone) < len(before["train"])
    assert (np.diff(gather(english, gone, get_order("case_mark")).tokens) > longest).all()
    kept = gather(english, after["train"], get_order("case_mark+shuffle"))
    assert (np.diff(kept.tokens) <= longest).all()
