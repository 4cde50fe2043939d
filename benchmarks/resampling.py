"""Intervals of a report by ten thousand resamples, against SciPy's bootstrap of each table's sentences alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import stats

from reports.resampling import RESAMPLES, Combination, _drawn
from reports.statistics import LEVEL, means

SEEDS, SENTENCES, ORDERS = 5, 2000, 10
"""Bits in ten orders: with the cost of each over the first, and two ratios, some twenty quantities."""


def contenders() -> dict[str, Callable[[], float]]:
    """Each returns how many quantities it has given intervals of; SciPy's are of the means over seeds, which is less:
    seeds are not drawn again, and there is no t interval beside."""
    generator = np.random.default_rng(0)
    hard = generator.normal(0, 15, SENTENCES)
    bits = [100 + 5 * i + hard + generator.normal(0, 3, (SEEDS, SENTENCES)) for i in range(ORDERS)]
    quantities = [*bits, *(table - bits[0] for table in bits)]

    def ours() -> float:
        _drawn.cache_clear()
        orders = [Combination.of(table) for table in bits]
        return float(len(means([*orders, *(order - orders[0] for order in orders)])))

    def kept() -> float:
        return float(len(means([Combination.of(table) for table in quantities])))

    def scipy() -> float:
        for table in quantities:
            stats.bootstrap((table.mean(0),), np.mean, n_resamples=RESAMPLES, confidence_level=LEVEL, batch=500)
        return float(len(quantities))

    ours()
    return {"ours, two-way, drawn anew": ours, "ours, draws kept": kept, "SciPy, sentences alone (BCa)": scipy}
