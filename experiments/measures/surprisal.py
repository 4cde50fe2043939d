"""Surprisal of whole sentences under every test order: what order costs is counted from these rows."""

from __future__ import annotations

import pandas as pd

from experiments.measures import LANGUAGE_MODELS, Subject, measure, sum_by_sentence, table
from pipelines.orders import get_order


@measure("surprisal", LANGUAGE_MODELS)
def surprisal(subject: Subject) -> pd.DataFrame:
    """Bits of each test sentence, end of sentence included, under every test order; x is the draw.

    Unit: bits per sentence. Deterministic orders have the draw 0 only. The order cost of a sentence is its surprisal
    under an order minus its surprisal under `natural`, by the same model. In documents, every sentence of the document
    stands in that order, and what is before it is seen.
    """
    study, rows = subject.study, []
    for name in study.test_orders:
        for draw in range(study.draws if get_order(name).random else 1):
            given = subject.material.passages("test", name, draw)
            bits = sum_by_sentence(subject.bits(given), given)
            rows.append(table(name, subject.ids(subject.numbers), "surprisal", draw, bits))
    return pd.concat(rows, ignore_index=True)
