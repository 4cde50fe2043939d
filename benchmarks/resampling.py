"""Intervals of a report by ten thousand resamples, against SciPy's bootstrap of each table's sentences alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import stats

from reports.resampling import RESAMPLES, _drawn
from reports.statistics import LEVEL, means

SEEDS, SENTENCES, CONDITIONS = 5, 2000, 20


def contenders() -> dict[str, Callable[[], float]]:
    """Each returns how many conditions it has given intervals of; SciPy's are of the means over seeds, which is less:
    seeds are not drawn again, and there is no t interval beside."""
    generator = np.random.default_rng(0)
    hard = generator.normal(0, 15, SENTENCES)
    bits = [100 + 5 * i + hard + generator.normal(0, 3, (SEEDS, SENTENCES)) for i in range(CONDITIONS)]

    def ours() -> float:
        _drawn.cache_clear()
        return kept()

    def kept() -> float:
        return float(len(means(bits)))

    def scipy() -> float:
        for table in bits:
            stats.bootstrap((table.mean(0),), np.mean, n_resamples=RESAMPLES, confidence_level=LEVEL, batch=500)
        return float(len(bits))

    ours()
    return {"ours, two-way, drawn anew": ours, "ours, draws kept": kept, "SciPy, sentences alone (BCa)": scipy}
