"""A chart as a figure of the document: its caption, its specification, its static form, and its numbers."""

from __future__ import annotations

import pandas as pd

from reports import charts, vega
from reports.document import Cell, Column, Figure, Row, Table, span
from reports.inputs import Group
from reports.sections import Report, anchor

WORDS = ("language", "model", "order", "condition", "kind", "train_order", "test_order")


def figure(report: Report, name: str, chart: charts.Chart) -> Figure:
    """The chart as a figure that is still to be drawn: that goes on beside other work, in `report.drawings`."""
    spec, place = vega.specification(chart.drawn), f"{name}-chart"
    report.drawings[place] = vega.drawing(spec)
    caption = report.words(f"caption.{name}_chart")
    return Figure(place, caption, spec, "", _numbers(report, chart.table, chart.groups))


def _numbers(report: Report, table: pd.DataFrame, groups: list[Group]) -> Table:
    """The rows behind a chart, each leading to the runs of its group."""
    columns = tuple(Column(report.words(f"column.{name}"), name in WORDS) for name in table.columns)
    rows = []
    for group, values in zip(groups, table.itertuples(index=False), strict=True):
        links = (f"#{anchor(group)}" if name == "model" else "" for name in table.columns)
        rows.append(Row(tuple(Cell(span(str(value), link=link)) for value, link in zip(values, links, strict=True))))
    return Table("", columns, tuple(rows), fold=report.words("caption.chart_data"))
