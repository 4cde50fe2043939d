"""Charts as Vega-Lite specifications, and the one that a report begins with."""

from __future__ import annotations

from reports.analysis import Analysis
from reports.charts.crossed import matrix
from reports.charts.distances import profiles, recency
from reports.charts.intervals import conditions, gains, learnt, order_costs
from reports.charts.marks import COLOURS, Chart
from reports.words import Words

__all__ = [
    "COLOURS", "Chart", "conditions", "first", "gains", "learnt", "matrix", "order_costs", "profiles", "recency",
]  # fmt: skip


def first(analysis: Analysis, words: Words) -> tuple[str, Chart | None]:
    """The chart of the first screen, and what its caption is called: classifiers each in its own order where a study
    trains them for several, conditions where it compares them, profiles where it asks how far models look, what order
    is worth where models were trained for several, else what orders cost."""
    for name, drawn in (("learnt", learnt), ("condition", conditions), ("profile", profiles), ("gain", gains)):
        chart = drawn(analysis, words)
        if chart is not None:
            return name, chart
    return "order", order_costs(analysis, words)
