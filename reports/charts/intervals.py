"""Points with intervals: what orders cost, what order is worth, what classifiers get right, how conditions differ."""

from __future__ import annotations

from dataclasses import replace

import altair as alt
import pandas as pd

from experiments.variants import variants
from reports.analysis import Analysis
from reports.charts.marks import Chart, charted, colour_of, each_seed, named_in, of_base, of_natural, shape_of, tooltip
from reports.gain import ORDER_GAIN
from reports.inputs import in_rank, is_floor
from reports.quantities import ACCURACY, Row
from reports.words import Words

MANY = 12
"""Lines of a chart over which they stand closer together."""


def order_costs(analysis: Analysis, words: Words) -> Chart | None:
    """What each order costs each recurrent model: point and interval, and a tick for every seed."""
    rows = [row for row in analysis.rows if row.quantity == "order_cost" and not is_floor(row.group.model)]
    rows = of_base(of_natural(rows), analysis)
    if not rows:
        return None
    names = named_in([row.group for row in rows], words)
    sort = [order for order in analysis.orders if order != "natural"]
    column = "cost_label" if analysis.classifies else "cost"
    return _intervals(rows, names, ("order", [row.order for row in rows]), sort, column, words, alt.Scale(zero=True))


def gains(analysis: Analysis, words: Words) -> Chart | None:
    """The order gain of every recurrent model, under each variant of the vocabulary where there are several, else by
    order; None where no models were trained for other orders."""
    rows = [row for row in analysis.rows if row.quantity == ORDER_GAIN and not is_floor(row.group.model)]
    orders = list(dict.fromkeys(row.order for row in rows))
    sort = [name for name in variants(analysis.settings["study"]) if any(row.group.condition == name for row in rows)]
    if not rows:
        return None
    if len(orders) > 1 or len(sort) < 2:
        rows, side, under = of_base(rows, analysis), "order", [order for order in analysis.orders if order in orders]
        own = [row.order for row in rows]
    else:
        side, under, own = "condition", sort, [row.group.condition for row in rows]
    names = named_in([replace(row.group, condition="") for row in rows], words)
    return _intervals(rows, names, (side, own), under, "gain", words, alt.Scale(zero=False))


def learnt(analysis: Analysis, words: Words) -> Chart | None:
    """How often classifiers are right, each in the order it was trained for; None where that is natural order alone."""
    rows = [row for row in analysis.rows if row.quantity == ACCURACY and row.order == row.group.train_order]
    rows = of_base(rows, analysis)
    sort = [order for order in analysis.orders if any(row.order == order for row in rows)]
    if len(sort) < 2:
        return None
    names = named_in([row.group for row in rows], words)
    orders = [row.order for row in rows]
    return _intervals(rows, names, ("order", orders), sort, "accuracy", words, alt.Scale(zero=False))


def conditions(analysis: Analysis, words: Words) -> Chart | None:
    """What a study of several conditions is about (`Analysis.asked`) under each: point and interval of every recurrent
    model, and a tick for every seed; None where there is one condition."""
    quantity, order = analysis.asked
    rows = [row for row in analysis.rows if (row.quantity, row.order) == (quantity, order)]
    rows = of_natural([row for row in rows if not is_floor(row.group.model)])
    sort = [name for name in analysis.conditions if any(row.group.condition == name for row in rows)]
    if len(sort) < 2:
        return None
    names = named_in([replace(row.group, condition="") for row in rows], words)
    column = {ACCURACY: "accuracy", ORDER_GAIN: "gain"}.get(quantity, "bits")
    under = ("condition", [row.group.condition for row in rows])
    return _intervals(rows, names, under, sort, column, words, alt.Scale(zero=False))


def _intervals(
    rows: list[Row],
    names: list[dict[str, str]],
    under: tuple[str, list[str]],
    sort: list[str],
    column: str,
    words: Words,
    scale: alt.Scale,
) -> Chart:
    """Points with intervals and a tick a seed, a line for each row.

    under: what the rows are put under, and each row's own, to stand in the order of `sort`.
    """
    side, names = under[0], [{**named, under[0]: own} for named, own in zip(names, under[1], strict=True)]
    said, column = column, column.removesuffix("_label")
    factor, digits = {"accuracy": (100.0, 2), "gain": (1.0, 4), "cost_label": (1.0, 4)}.get(said, (1.0, 2))
    table = pd.DataFrame(
        {
            **named,
            **{
                head: round(factor * getattr(row.estimate, name), digits)
                for name, head in {"value": column, "low": "low", "high": "high"}.items()
            },
        }
        for row, named in zip(rows, names, strict=True)
    )
    seeds = pd.DataFrame(
        {**named, "seed": seed, column: round(factor * value, digits)}
        for row, named in zip(rows, names, strict=True)
        for seed, value in sorted(row.by_seed.items())
    )
    y = alt.Y(f"{side}:N", sort=sort, title=None, axis=alt.Axis(labelFontSize=13, labelLimit=320))
    offset = alt.YOffset("series:N", sort=list(dict.fromkeys(table["series"])))
    x = alt.X("low:Q", title=words(f"chart.{said}"), scale=scale, axis=alt.Axis(tickCount=8))
    colour, about = colour_of(names), ("language", "model", side)
    base = alt.Chart(table).encode(y=y, yOffset=offset, color=colour)
    bars = base.mark_rule(strokeWidth=2).encode(x=x, x2="high:Q")
    points = base.mark_point(filled=True, size=80, opacity=1).encode(
        x=f"{column}:Q",
        shape=shape_of(in_rank(set(table["model"]))),
        tooltip=tooltip(words, about, (column, "low", "high")),
    )
    ticks = (
        alt.Chart(seeds)
        .mark_tick(thickness=1.2, size=9, opacity=0.9)
        .encode(y=y, yOffset=offset, x=f"{column}:Q", color=colour, tooltip=tooltip(words, about, ("seed", column)))
    )
    step = alt.Step(15 if len(rows) <= MANY else 11, **{"for": "offset"})
    chart = alt.layer(bars, ticks, points).properties(width=620, height=step)
    own = [
        each_seed((round(factor * value, digits) for _, value in sorted(row.by_seed.items())), digits) for row in rows
    ]
    return charted(chart, table, [row.group for row in rows], own)
