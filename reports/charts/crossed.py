"""Training order by test order: bits in a grid."""

from __future__ import annotations

import altair as alt
import pandas as pd

from reports.analysis import Analysis
from reports.charts.marks import Chart, charted, named_in, tooltip
from reports.inputs import Group, is_floor
from reports.quantities import Row
from reports.words import Words


def matrix(analysis: Analysis, words: Words) -> Chart | None:
    """Bits of models trained on one order and tested on another, a panel a language, unit, model and condition; None
    where no network was trained on more than one order."""
    rows = [row for row in analysis.rows if row.quantity == "bits_per_sentence" and not is_floor(row.group.model)]
    panels: dict[str, set[str]] = {}
    for row in rows:
        panels.setdefault(_panel(row.group, words), set()).add(row.group.train_order)
    rows = [row for row in rows if len(panels[_panel(row.group, words)]) > 1]
    if not rows:
        return None
    names_of = named_in([row.group for row in rows], words)
    table = pd.DataFrame(
        {
            "panel": _panel(row.group, words),
            **named,
            "train_order": row.group.train_order,
            "test_order": row.order,
            **_rounded(row, {"value": "bits", "low": "low", "high": "high"}),
        }
        for row, named in zip(rows, names_of, strict=True)
    )
    drawn = []
    for name in dict.fromkeys(table["panel"]):
        own = table[table["panel"] == name]
        base = alt.Chart(own).encode(
            x=alt.X("test_order:N", sort=list(analysis.orders), title=words("chart.tested"),
                    axis=alt.Axis(labelAngle=-30, grid=False)),
            y=alt.Y("train_order:N", sort=list(analysis.orders), title=words("chart.trained"),
                    axis=alt.Axis(grid=False)),
        )  # fmt: skip
        shade = alt.Color("bits:Q", scale=alt.Scale(scheme="greys", zero=False), legend=None)
        names = ("language", "model", "train_order", "test_order")
        cells = base.mark_rect().encode(color=shade, tooltip=tooltip(words, names, ("bits", "low", "high")))
        middle = (own["bits"].min() + own["bits"].max()) / 2
        ink = alt.condition(alt.datum.bits > middle, alt.value("white"), alt.value("black"))
        digits = ".2f" if analysis.classifies else ".1f"
        text = base.mark_text(fontSize=12).encode(text=alt.Text("bits:Q", format=digits), color=ink)
        height = alt.Step(30)
        drawn.append(alt.layer(cells, text).properties(width=190, height=height, title=name))
    chart = alt.concat(*drawn, columns=3).resolve_scale(color="independent")
    return charted(chart, table.drop(columns="panel"), [row.group for row in rows])


def _panel(group: Group, words: Words) -> str:
    named = words("named", language=words.language(group.lang), name=group.unit)
    return ", ".join(filter(None, (named, group.model, group.condition)))


def _rounded(row: Row, names: dict[str, str]) -> dict[str, float]:
    return {said: round(getattr(row.estimate, name), 2) for name, said in names.items()}
