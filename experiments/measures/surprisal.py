"""Surprisal of whole sentences under every test order: what order costs is counted from these rows."""

from __future__ import annotations

import pandas as pd

from experiments.measures import Subject, measure, sum_by_passage, table
from experiments.packing import passages
from pipelines.orders import get_order
from pipelines.sequences import gather


@measure("surprisal")
def surprisal(subject: Subject) -> pd.DataFrame:
    """Bits of each test sentence, end of sentence included, under every test order; x is the draw.

    Unit: bits per sentence. Deterministic orders have the draw 0 only. The order cost of a sentence is its surprisal
    under an order minus its surprisal under `natural`, by the same model.
    """
    study, rows = subject.study, []
    for name in study.test_orders:
        order = get_order(name)
        for draw in range(study.draws if order.random else 1):
            given = passages(gather(subject.dataset, subject.numbers, order, seed=study.perturbation_seed, draw=draw))
            bits = sum_by_passage(subject.scorer.bits(given), given)
            rows.append(table(name, subject.ids(subject.numbers), "surprisal", draw, bits))
    return pd.concat(rows, ignore_index=True)
