"""Charts as Vega-Lite specifications: a language has one colour, a model one shape, every seed is a mark."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import altair as alt
import pandas as pd

from experiments.variants import variants
from reports.analysis import Analysis, Curve
from reports.gain import ORDER_GAIN
from reports.inputs import Group, in_rank, in_turn, is_floor
from reports.quantities import ACCURACY, Row
from reports.words import Words

COLOURS = {"ko": "#c2410c", "en": "#2563a8"}
"""Vermilion and blue keep apart for every common kind of colour blindness, on white and on black."""
AnyChart = Any
"""Altair's charts share no base class that mypy sees."""
Found = TypeVar("Found", Row, Curve)
SHAPES = ("triangle-up", "square", "circle", "diamond", "cross", "triangle-down", "stroke")


@dataclass(frozen=True)
class Chart:
    """A chart, the table behind it, and the group that each row of the table is about."""

    drawn: AnyChart
    table: pd.DataFrame
    groups: list[Group]


SHADES = 0.5
"""How far the darkest and lightest shades of a language lie from its colour, toward black and white."""
MOST = 20
"""Seeds whose values are written out beside a chart."""


MANY = 12
"""Lines of a chart over which they stand closer together."""


def first(analysis: Analysis, words: Words) -> tuple[str, Chart | None]:
    """The chart of the first screen, and what its caption is called: classifiers each in its own order where a study
    trains them for several, conditions where it compares them, profiles where it asks how far models look, what order
    is worth where models were trained for several, else what orders cost."""
    told = learnt(analysis, words)
    if told is not None:
        return "learnt", told
    compared = conditions(analysis, words)
    if compared is not None:
        return "condition", compared
    looked = profiles(analysis, words)
    if looked is not None:
        return "profile", looked
    worth = gains(analysis, words)
    if worth is not None:
        return "gain", worth
    return "order", order_costs(analysis, words)


def order_costs(analysis: Analysis, words: Words) -> Chart | None:
    """What each order costs each recurrent model: point and interval, and a tick for every seed."""
    rows = [row for row in analysis.rows if row.quantity == "order_cost" and not is_floor(row.group.model)]
    rows = _of_base(_of_natural(rows), analysis)
    if not rows:
        return None
    names = _named([row.group for row in rows], words)
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
        rows, side, under = _of_base(rows, analysis), "order", [order for order in analysis.orders if order in orders]
        own = [row.order for row in rows]
    else:
        side, under, own = "condition", sort, [row.group.condition for row in rows]
    names = _named([replace(row.group, condition="") for row in rows], words)
    return _intervals(rows, names, (side, own), under, "gain", words, alt.Scale(zero=False))


def learnt(analysis: Analysis, words: Words) -> Chart | None:
    """How often classifiers are right, each in the order it was trained for; None where that is natural order alone."""
    rows = [row for row in analysis.rows if row.quantity == ACCURACY and row.order == row.group.train_order]
    rows = _of_base(rows, analysis)
    sort = [order for order in analysis.orders if any(row.order == order for row in rows)]
    if len(sort) < 2:
        return None
    names = _named([row.group for row in rows], words)
    orders = [row.order for row in rows]
    return _intervals(rows, names, ("order", orders), sort, "accuracy", words, alt.Scale(zero=False))


def conditions(analysis: Analysis, words: Words) -> Chart | None:
    """What a study of several conditions is about (`Analysis.asked`) under each: point and interval of every recurrent
    model, and a tick for every seed; None where there is one condition."""
    quantity, order = analysis.asked
    rows = [row for row in analysis.rows if (row.quantity, row.order) == (quantity, order)]
    rows = _of_natural([row for row in rows if not is_floor(row.group.model)])
    sort = [name for name in analysis.conditions if any(row.group.condition == name for row in rows)]
    if len(sort) < 2:
        return None
    names = _named([replace(row.group, condition="") for row in rows], words)
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
    colour, about = _colour(names), ("language", "model", side)
    base = alt.Chart(table).encode(y=y, yOffset=offset, color=colour)
    bars = base.mark_rule(strokeWidth=2).encode(x=x, x2="high:Q")
    points = base.mark_point(filled=True, size=80, opacity=1).encode(
        x=f"{column}:Q",
        shape=_shape(in_rank(set(table["model"]))),
        tooltip=_tooltip(words, about, (column, "low", "high")),
    )
    ticks = (
        alt.Chart(seeds)
        .mark_tick(thickness=1.2, size=9, opacity=0.9)
        .encode(y=y, yOffset=offset, x=f"{column}:Q", color=colour, tooltip=_tooltip(words, about, ("seed", column)))
    )
    step = alt.Step(15 if len(rows) <= MANY else 11, **{"for": "offset"})
    chart = alt.layer(bars, ticks, points).properties(width=620, height=step)
    own = [_each((round(factor * value, digits) for _, value in sorted(row.by_seed.items())), digits) for row in rows]
    return _chart(chart, table, [row.group for row in rows], own)


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
    names_of = _named([row.group for row in rows], words)
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
        cells = base.mark_rect().encode(color=shade, tooltip=_tooltip(words, names, ("bits", "low", "high")))
        middle = (own["bits"].min() + own["bits"].max()) / 2
        ink = alt.condition(alt.datum.bits > middle, alt.value("white"), alt.value("black"))
        digits = ".2f" if analysis.classifies else ".1f"
        text = base.mark_text(fontSize=12).encode(text=alt.Text("bits:Q", format=digits), color=ink)
        height = alt.Step(30)
        drawn.append(alt.layer(cells, text).properties(width=190, height=height, title=name))
    chart = alt.concat(*drawn, columns=3).resolve_scale(color="independent")
    return _chart(chart, table.drop(columns="panel"), [row.group for row in rows])


def recency(analysis: Analysis, words: Words) -> Chart | None:
    """What is missing when only the last units are seen: line and band of the 95 % interval, a thin line a seed."""
    curves = _of_natural(list(analysis.curves))
    if not curves:
        return None
    groups = [curve.group for curve in curves]
    names = dict(zip(groups, _named(groups, words), strict=True))
    points = [(curve, at, found) for curve in curves for at, found in zip(curve.contexts, curve.missing, strict=True)]
    table = pd.DataFrame(
        {
            **names[curve.group],
            "context": context,
            "missing": round(found.value, 2),
            "low": round(found.low, 2),
            "high": round(found.high, 2),
        }
        for curve, context, found in points
    )
    seeds = pd.DataFrame(
        {
            **names[curve.group],
            "seed": f"{curve.group.lang}-{curve.group.unit}-{curve.group.condition}-{seed}",
            "context": context,
            "missing": round(value, 2),
        }
        for curve in curves
        for seed, values in sorted(curve.by_seed.items())
        for context, value in zip(curve.contexts, values, strict=True)
    )
    x = alt.X(
        "context:Q",
        title=words("chart.visible"),
        scale=alt.Scale(type="log", base=2),
        axis=alt.Axis(values=sorted(set(table["context"])), grid=False),
    )
    colour, detail = _colour(names.values()), "series:N"
    models = in_rank(set(table["model"]))
    panels = []
    for number, model in enumerate(models):
        mine = alt.datum.model == model
        base = alt.Chart(table).transform_filter(mine).encode(x=x, color=colour, detail=detail)
        title = words("chart.missing") if number == 0 else None
        band = base.mark_area(opacity=0.15).encode(y=alt.Y("low:Q", title=title), y2="high:Q")
        line = base.mark_line(strokeWidth=2).encode(y="missing:Q")
        marks = base.mark_point(filled=True, size=45, opacity=1).encode(
            y="missing:Q", tooltip=_tooltip(words, ("language", "model"), ("context", "missing", "low", "high"))
        )
        thin = (
            alt.Chart(seeds)
            .transform_filter(mine)
            .mark_line(strokeWidth=0.8, opacity=0.5)
            .encode(x=x, y="missing:Q", color=colour, detail="seed:N")
        )
        layers = alt.layer(band, thin, line, marks)
        panels.append(layers.properties(width=640 // len(models) - 15, height=220, title=model.upper()))
    own = [
        _each((values[curve.contexts.index(at)] for _, values in sorted(curve.by_seed.items())), 2)
        for curve, at, _ in points
    ]
    return _chart(alt.hconcat(*panels).resolve_scale(y="shared"), table, [curve.group for curve, *_ in points], own)


def profiles(analysis: Analysis, words: Words) -> Chart | None:
    """Every kind of recency profile as a share of its worth: a panel a kind, a line a group, thin ones a seed."""
    worth = {reach.group: reach.worth.value for reach in analysis.reaches if reach.worth.value > 0}
    if not worth:
        return None
    rows, seeds, groups, each = [], [], [], []
    looked = [one for one in analysis.profiles if one.group in worth]
    names = dict(zip(worth, _named([*worth], words), strict=True))
    for profile in looked:
        steepest = max(found.value for found in profile.values)
        whole = steepest if profile.kind == "gradient" else worth[profile.group]
        named = {"kind": words(f"chart.{profile.kind}"), **names[profile.group]}
        for i, (distance, found) in enumerate(zip(profile.distances, profile.values, strict=True)):
            shares = {name: round(getattr(found, name) / whole, 4) for name in ("value", "low", "high")}
            rows.append({**named, "distance": distance, **shares})
            groups.append(profile.group)
            each.append(_each((values[i] / whole for _, values in sorted(profile.by_seed.items())), 4))
            for seed, values in sorted(profile.by_seed.items()):
                own = {"seed": f"{named['series']}-{seed}", "share": round(values[i] / whole, 4)}
                seeds.append({**named, "distance": distance, **own})
    table = pd.DataFrame(rows).rename(columns={"value": "share"})
    models = in_rank(set(table["model"]))
    dash = alt.StrokeDash(
        "model:N", sort=models, legend=alt.Legend(title=None, orient="top", symbolType="stroke", symbolSize=300)
    )
    colour, panels = _colour(names[profile.group] for profile in looked), []
    measured = sorted(set(table["distance"]))
    axis = alt.Axis(values=measured[:: max(1, len(measured) // 8)], grid=False)
    x = alt.X("distance:Q", title=words("chart.distance"), scale=alt.Scale(type="log", base=2), axis=axis)
    for kind in dict.fromkeys(table["kind"]):
        base = alt.Chart(table).transform_filter(alt.datum.kind == kind).encode(x=x, color=colour, detail="series:N")
        band = base.mark_area(opacity=0.15).encode(y=alt.Y("low:Q", title=None), y2="high:Q")
        line = base.mark_line(strokeWidth=1.8, point=alt.OverlayMarkDef(size=18)).encode(
            y="share:Q",
            strokeDash=dash,
            tooltip=_tooltip(words, ("language", "model"), ("distance", "share", "low", "high")),
        )
        thin = alt.Chart(pd.DataFrame(seeds)).transform_filter(alt.datum.kind == kind)
        thin = thin.mark_line(strokeWidth=0.6, opacity=0.5).encode(x=x, y="share:Q", color=colour, detail="seed:N")
        panels.append(alt.layer(band, thin, line).properties(width=190, height=170, title=kind))
    chart = alt.concat(*panels, columns=3).resolve_scale(y="independent", color="shared", strokeDash="shared")
    return _chart(chart, table, groups, each)


def _chart(
    drawn: AnyChart, table: pd.DataFrame, groups: list[Group], seeds: list[tuple[str, str]] | None = None
) -> Chart:
    """A chart with the numbers behind it, those of every seed among them."""
    shown = table.drop(columns=["series", "lang"])
    if seeds:
        shown = shown.assign(median=[one[0] for one in seeds], each_seed=[one[1] for one in seeds])
    return Chart(drawn, shown, groups)


def _each(values: Iterable[float], digits: int) -> tuple[str, str]:
    """The median over seeds, and what every seed gave, in their order; of more than can be read, the least and the
    greatest."""
    known = list(values)
    found = [f"{value:z.{digits}f}" for value in known]
    each = ", ".join(found) if len(found) <= MOST else f"{min(found, key=float)} … {max(found, key=float)}"
    return f"{statistics.median(known):z.{digits}f}" if known else "–", each or "–"


def _of_natural(found: list[Found]) -> list[Found]:
    """What was trained on natural order, where there is any: charts leave the rest to the tables."""
    return [one for one in found if one.group.train_order == "natural"] or found


def _of_base(rows: list[Row], analysis: Analysis) -> list[Row]:
    """What was measured under the study's own variant, where there are several: the others stand in the tables."""
    base = {name for name, one in variants(analysis.settings["study"]).items() if one.base}
    return [row for row in rows if row.group.condition in base] or rows


def _named(groups: list[Group], words: Words) -> list[dict[str, str]]:
    """What each group is called in a chart of all of them: its language, with its unit and condition where the language
    has several of them there; its model; and its line."""
    units: dict[str, set[str]] = {}
    conditions: dict[str, set[str]] = {}
    for group in groups:
        units.setdefault(group.lang, set()).add(group.unit)
        conditions.setdefault(group.lang, set()).add(group.condition)
    found = []
    for group in groups:
        parts = [
            group.unit if len(units[group.lang]) > 1 else "",
            group.condition if len(conditions[group.lang]) > 1 else "",
        ]
        language, parted = words.language(group.lang), ", ".join(filter(None, parts))
        found.append(
            {
                "language": words("named", language=language, name=parted) if parted else language,
                "model": group.model,
                "series": " ".join(filter(None, (group.model, group.lang, group.unit, group.condition))),
                "lang": group.lang,
            }
        )
    return found


def _panel(group: Group, words: Words) -> str:
    named = words("named", language=words.language(group.lang), name=group.unit)
    return ", ".join(filter(None, (named, group.model, group.condition)))


def _rounded(row: Row, names: dict[str, str]) -> dict[str, float]:
    return {said: round(getattr(row.estimate, name), 2) for name, said in names.items()}


def _colour(names: Iterable[dict[str, str]]) -> alt.Color:
    """A colour a language, in shades from dark to light where a language has several lines of its own."""
    langs: dict[str, list[str]] = {}
    for named in names:
        own = langs.setdefault(named["lang"], [])
        own += [named["language"]] if named["language"] not in own else []
    shades = {
        name: _shade(COLOURS.get(lang, "#6b7280"), i, len(langs[lang]))
        for lang in in_turn(set(langs))
        for i, name in enumerate(langs[lang])
    }
    return alt.Color(
        "language:N",
        scale=alt.Scale(domain=list(shades), range=list(shades.values())),
        legend=alt.Legend(title=None, orient="top", symbolType="square", symbolOpacity=1),
    )


def _shade(colour: str, place: int, count: int) -> str:
    """The colour of a place among several: toward black in the first, toward white in the last."""
    at = 0.0 if count == 1 else SHADES * (2.0 * place / (count - 1) - 1.0)
    end = 255.0 if at > 0 else 0.0
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(part + abs(at) * (end - part)):02x}" for part in parts)


def _shape(models: list[str]) -> alt.Shape:
    return alt.Shape(
        "model:N",
        scale=alt.Scale(domain=models, range=[SHAPES[i % len(SHAPES)] for i in range(len(models))]),
        legend=alt.Legend(title=None, orient="top", symbolFillColor="#888888", symbolStrokeColor="#888888"),
    )


def _tooltip(words: Words, names: Iterable[str], figures: Iterable[str]) -> list[alt.Tooltip]:
    return [
        *(alt.Tooltip(f"{name}:N", title=words(f"column.{name}")) for name in names),
        *(alt.Tooltip(f"{name}:Q", title=words(f"column.{name}")) for name in figures),
    ]
