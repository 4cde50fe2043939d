"""The audit of an order over plain sentences, by sentence length: what `eosun audit` prints."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipelines.audit import FIGURES, audit
from pipelines.encoding import is_movable
from pipelines.normalise import MARK, normalise
from pipelines.orders import Order
from pipelines.perturb import refuse_pieces
from pipelines.reorder import permutation, sentence_keys
from pipelines.units import Unit

BINS = ((2, 2), (3, 3), (4, 4), (5, 6), (7, 9), (10, 14), (15, 24), (25, 10**9))
"""Lengths in movable units, first and last of each row; one-unit sentences have no order and are in no row."""


def audit_text(
    texts: Sequence[str], ids: Sequence[str], lang: str, unit: Unit, order: Order, *, seed: int = 0, draws: int = 1
) -> pd.DataFrame:
    """One row a length bin and one for all: length, sentences, and the mean over draws of every figure of `audit`.

    Only lengths that occur have a row. See `audit.audit` for the figures.
    """
    refuse_pieces(unit)
    cut = unit.segment([normalise(text, lang) for text in texts])
    flags = [is_movable(units, keep_final=True) for units in cut]
    movable_units = np.array([sum(row) for row in flags], dtype=np.int64)
    keys = sentence_keys(ids)
    rows = []
    for first, last in (*BINS, (2, 10**9)):
        chosen = np.flatnonzero((movable_units >= first) & (movable_units <= last))
        if not len(chosen):
            continue
        units = [piece for i in chosen for piece in cut[i]]
        offsets = np.cumsum([0, *(len(cut[i]) for i in chosen)]).astype(np.int64)
        movable = np.array([flag for i in chosen for flag in flags[i]], dtype=bool)
        same = sentence_keys(units).astype(np.int64)
        initial = np.array([piece.startswith(MARK) for piece in units])
        found = []
        for draw in range(draws if order.random else 1):
            placed = permutation(offsets, movable, keys[chosen], order, unit=unit.name, seed=seed, draw=draw)
            found.append(audit(offsets, movable, placed, same=same, initial=initial))
        name = "all" if (first, last) == (2, 10**9) else _span(first, last)
        figures = {figure: float(np.mean([one[figure] for one in found])) for figure in FIGURES}
        rows.append({"length": name, "sentences": len(chosen), **figures})
    return pd.DataFrame(rows)


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}+" if last == 10**9 else f"{first}–{last}"
