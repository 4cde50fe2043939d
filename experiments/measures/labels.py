"""How well a classifier tells the label under every test order."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.measures import CLASSIFIERS, ClassScorer, Subject, measure, table
from pipelines.orders import get_order


@measure("labels", CLASSIFIERS)
def labels(subject: Subject) -> pd.DataFrame:
    """Of each test text or pair under every test order: `surprisal` of its label, whether it is `correct`, and whether
    the prediction is `consistent`, the same as in natural order, right or wrong.

    Units: bits a text; 0 or 1. x is the draw. A pair is named by its first text. `correct` averages to accuracy; the
    share of right predictions that survive an order (Pham et al. 2020) is that of `correct` times `consistent`.
    """
    scorer: ClassScorer = subject.scorer  # type: ignore[assignment]
    study, right, rows = subject.study, subject.material.labels("test"), []
    ids = subject.ids(subject.numbers[:: 2 if study.task == "pairs" else 1])
    natural = scorer.class_bits(subject.material.sequences(subject.numbers, "natural"))
    before = natural.argmin(1)
    for name in study.test_orders:
        for draw in range(study.draws if get_order(name).random else 1):
            bits = natural
            if name != "natural":
                bits = scorer.class_bits(subject.material.sequences(subject.numbers, name, draw))
            rows.append(table(name, ids, "consistent", draw, (bits.argmin(1) == before).astype(float)))
            rows.append(table(name, ids, "surprisal", draw, bits[np.arange(len(right)), right]))
            rows.append(table(name, ids, "correct", draw, (bits.argmin(1) == right).astype(float)))
    return pd.concat(rows, ignore_index=True)
