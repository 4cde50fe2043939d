"""The audit of an order by sentence length: what `eosun audit` prints and every run keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from corpora.syntax import Word
from pipelines.audit import FIGURES, audit
from pipelines.layout import Indices, ranges
from pipelines.orders import Order, check_order
from pipelines.plain import Training, plain
from pipelines.reorder import Batch, lay_out
from pipelines.units import Unit

BINS = ((2, 2), (3, 3), (4, 4), (5, 6), (7, 9), (10, 14), (15, 24), (25, 10**9))
"""Lengths in movable units, first and last of each row; one-unit sentences have no order and are in no row."""


def audit_text(
    texts: Sequence[str],
    ids: Sequence[str],
    lang: str,
    unit: Unit,
    order: Order,
    *,
    seed: int = 0,
    draws: int = 1,
    syntax: Sequence[Sequence[Word]] | None = None,
    training: Training | None = None,
) -> pd.DataFrame:
    """One row a length bin and one for all: length, sentences, and the mean over draws of every figure of `audit`.

    Only lengths that occur have a row. See `audit.audit` for the figures and `plain.plain` for syntax and training.
    """
    check_order(order, lang, unit.name)
    given = plain(texts, ids, lang, unit, order, syntax=syntax, training=training)
    return by_length(given.batch, order, given.same, seed=seed, draws=draws)


def by_length(batch: Batch, order: Order, same: Indices, *, seed: int = 0, draws: int = 1) -> pd.DataFrame:
    """The table of `audit_text` for sentences that are cut already; `batch` and `same` as `audit.audit` takes them."""
    sentence, _ = lay_out(batch.offsets)
    movable_units = np.bincount(sentence[batch.movable], minlength=len(batch.offsets) - 1)
    rows = []
    for first, last in (*BINS, (2, 10**9)):
        chosen = np.flatnonzero((movable_units >= first) & (movable_units <= last))
        if not len(chosen):
            continue
        part, own = _part(batch, same, chosen)
        found = [audit(part, order, own, seed=seed, draw=draw) for draw in range(draws if order.random else 1)]
        name = "all" if (first, last) == (2, 10**9) else _span(first, last)
        figures = {figure: float(np.mean([one[figure] for one in found])) for figure in FIGURES[1:]}
        rows.append({"length": name, "sentences": len(chosen), **figures})
    return pd.DataFrame(rows, columns=["length", *FIGURES])


def _part(batch: Batch, same: Indices, chosen: Indices) -> tuple[Batch, Indices]:
    """Some sentences of a batch."""
    lengths = np.diff(batch.offsets)[chosen]
    units = ranges(batch.offsets[chosen], lengths)
    facts = {
        name: values[units] if len(values) else values
        for name in ("movable", "initial", "tag", "head", "relation", "traits")
        for values in [getattr(batch, name)]
    }
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return replace(batch, offsets=offsets, keys=batch.keys[chosen], **facts), same[units]


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}+" if last == 10**9 else f"{first}–{last}"
