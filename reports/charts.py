"""Charts as Vega-Lite specifications: a language has one colour, a model one shape, every seed is a mark."""

from __future__ import annotations

import json
import os
from functools import cache
from importlib.metadata import version
from typing import Any, TypeVar

import altair as alt
import pandas as pd

from corpora.table import var_folder
from pipelines.fonts import font_folder
from reports.analysis import Analysis, Curve, Row
from reports.inputs import LANGUAGES, Group, in_rank, is_floor

COLOURS = {"ko": "#c2410c", "en": "#2563a8"}
"""Vermilion and blue keep apart for every common kind of colour blindness, on white and on black."""
AnyChart = Any
"""Altair's charts share no base class that mypy sees."""
Found = TypeVar("Found", Row, Curve)
FONT = "NanumGothic"
SHAPES = ("triangle-up", "square", "circle", "diamond", "cross", "triangle-down", "stroke")


def _languages(analysis: Analysis) -> list[str]:
    found = {row.group.lang for row in analysis.rows}
    return [lang for lang in LANGUAGES if lang in found] + sorted(found - LANGUAGES.keys())


def _colour(langs: list[str]) -> alt.Color:
    names = [LANGUAGES.get(lang, lang) for lang in langs]
    colours = [COLOURS.get(lang, "#6b7280") for lang in langs]
    return alt.Color(
        "language:N",
        scale=alt.Scale(domain=names, range=colours),
        legend=alt.Legend(title=None, orient="top", symbolType="square", symbolOpacity=1),
    )


def order_costs(analysis: Analysis) -> tuple[AnyChart | None, pd.DataFrame]:
    """What each order costs each recurrent model: point and interval, and a tick for every seed."""
    rows = [row for row in analysis.rows if row.quantity == "order_cost" and not is_floor(row.group.model)]
    rows = _of_natural(rows)
    if not rows:
        return None, pd.DataFrame()
    table = pd.DataFrame(
        [
            {
                **_names(row.group),
                "order": row.order,
                "cost": round(row.estimate.value, 2),
                "low": round(row.estimate.low, 2),
                "high": round(row.estimate.high, 2),
            }
            for row in rows
        ]
    )
    seeds = pd.DataFrame(
        [
            {**_names(row.group), "order": row.order, "seed": seed, "cost": round(value, 2)}
            for row in rows
            for seed, value in sorted(row.by_seed.items())
        ]
    )
    models = in_rank(set(table["model"]))
    y = alt.Y(
        "order:N",
        sort=[order for order in analysis.orders if order != "natural"],
        title=None,
        axis=alt.Axis(labelFontSize=13),
    )
    offset = alt.YOffset("series:N", sort=list(dict.fromkeys(table["series"])))
    x = alt.X("low:Q", title="order cost, bits per sentence", scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=8))
    base = alt.Chart(table).encode(y=y, yOffset=offset, color=_colour(_languages(analysis)))
    bars = base.mark_rule(strokeWidth=2).encode(x=x, x2="high:Q")
    points = base.mark_point(filled=True, size=80, opacity=1).encode(
        x="cost:Q",
        shape=alt.Shape(
            "model:N",
            scale=alt.Scale(domain=models, range=[SHAPES[i % len(SHAPES)] for i in range(len(models))]),
            legend=alt.Legend(title=None, orient="top", symbolFillColor="#888888", symbolStrokeColor="#888888"),
        ),
        tooltip=["language", "model", "order", "cost", "low", "high"],
    )
    ticks = (
        alt.Chart(seeds)
        .mark_tick(thickness=1.2, size=11, opacity=0.6)
        .encode(
            x="cost:Q",
            y=y,
            yOffset=offset,
            color=_colour(_languages(analysis)),
            tooltip=["language", "model", "order", "seed", "cost"],
        )
    )
    chart = alt.layer(bars, ticks, points).properties(width=620, height=alt.Step(15, **{"for": "offset"}))
    return chart, table.drop(columns="series")


def _of_natural(found: list[Found]) -> list[Found]:
    """What was trained on natural order, where there is any: charts leave the rest to the tables."""
    return [one for one in found if one.group.train_order == "natural"] or found


def _names(group: Group) -> dict[str, str]:
    return {
        "language": LANGUAGES.get(group.lang, group.lang),
        "model": group.model,
        "series": " ".join(filter(None, (group.model, group.lang, group.unit, group.condition))),
    }


def recency(analysis: Analysis) -> tuple[AnyChart | None, pd.DataFrame]:
    """What is missing when only the last units are seen: line and band of the 95 % interval, a thin line a seed."""
    curves = _of_natural(list(analysis.curves))
    if not curves:
        return None, pd.DataFrame()
    table = pd.DataFrame(
        [
            {
                **_names(curve.group),
                "context": context,
                "missing": round(found.value, 2),
                "low": round(found.low, 2),
                "high": round(found.high, 2),
            }
            for curve in curves
            for context, found in zip(curve.contexts, curve.missing, strict=True)
        ]
    )
    seeds = pd.DataFrame(
        [
            {
                **_names(curve.group),
                "seed": f"{curve.group.lang}-{seed}",
                "context": context,
                "missing": round(value, 2),
            }
            for curve in curves
            for seed, values in sorted(curve.by_seed.items())
            for context, value in zip(curve.contexts, values, strict=True)
        ]
    )
    x = alt.X(
        "context:Q",
        title="units visible",
        scale=alt.Scale(type="log", base=2),
        axis=alt.Axis(values=sorted(set(table["context"])), grid=False),
    )
    colour = _colour(_languages(analysis))
    models = in_rank(set(table["model"]))
    panels = []
    for number, model in enumerate(models):
        mine = alt.datum.model == model
        base = alt.Chart(table).transform_filter(mine).encode(x=x, color=colour)
        title = "bits per sentence missing" if number == 0 else None
        band = base.mark_area(opacity=0.15).encode(y=alt.Y("low:Q", title=title), y2="high:Q")
        line = base.mark_line(strokeWidth=2).encode(y="missing:Q")
        points = base.mark_point(filled=True, size=45, opacity=1).encode(
            y="missing:Q", tooltip=["language", "model", "context", "missing", "low", "high"]
        )
        thin = (
            alt.Chart(seeds)
            .transform_filter(mine)
            .mark_line(strokeWidth=0.8, opacity=0.5)
            .encode(x=x, y="missing:Q", color=colour, detail="seed:N")
        )
        layers = alt.layer(band, thin, line, points)
        panels.append(layers.properties(width=640 // len(models) - 15, height=220, title=model.upper()))
    return alt.hconcat(*panels).resolve_scale(y="shared"), table.drop(columns="series")


def profiles(analysis: Analysis) -> tuple[AnyChart | None, pd.DataFrame]:
    """Every kind of recency profile as a share of its largest worth: a panel a kind, a line a group."""
    worth = {reach.group: reach.worth.value for reach in analysis.reaches if reach.worth.value > 0}
    if not worth:
        return None, pd.DataFrame()
    rows = []
    for profile in (one for one in analysis.profiles if one.group in worth):
        steepest = max(found.value for found in profile.values)
        whole = steepest if profile.kind == "gradient" else worth[profile.group]
        for distance, found in zip(profile.distances, profile.values, strict=True):
            shares = {name: round(getattr(found, name) / whole, 4) for name in ("value", "low", "high")}
            rows.append({"kind": profile.kind, **_names(profile.group), "distance": distance, **shares})
    table = pd.DataFrame(rows).rename(columns={"value": "share"})
    models = in_rank(set(table["model"]))
    dash = alt.StrokeDash(
        "model:N", sort=models, legend=alt.Legend(title=None, orient="top", symbolType="stroke", symbolSize=300)
    )
    panels = []
    for kind in dict.fromkeys(table["kind"]):
        values = sorted(set(table["distance"]))
        axis = alt.Axis(values=values[:: max(1, len(values) // 8)], grid=False)
        x = alt.X("distance:Q", title="distance, units", scale=alt.Scale(type="log", base=2), axis=axis)
        base = alt.Chart(table).transform_filter(alt.datum.kind == kind)
        base = base.encode(x=x, color=_colour(_languages(analysis)), detail="series:N")
        band = base.mark_area(opacity=0.15).encode(y=alt.Y("low:Q", title=None), y2="high:Q")
        line = base.mark_line(strokeWidth=1.8, point=alt.OverlayMarkDef(size=18)).encode(
            y="share:Q", strokeDash=dash, tooltip=["language", "model", "distance", "share", "low", "high"]
        )
        panels.append(alt.layer(band, line).properties(width=190, height=170, title=kind))
    chart = alt.concat(*panels, columns=3).resolve_scale(y="independent", color="shared", strokeDash="shared")
    return chart, table.drop(columns="series")


def specification(chart: AnyChart) -> dict[str, Any]:
    """The chart as a Vega-Lite object, its colours of text and rules left to the page."""
    configured = chart.configure(font=FONT, background="transparent").configure_view(stroke=None)
    configured = configured.configure_axis(
        labelFontSize=12, titleFontSize=12, titleFontWeight="normal", gridOpacity=0.35
    )
    configured = configured.configure_legend(labelFontSize=12, titleFontSize=12).configure_title(
        fontSize=14, anchor="start"
    )
    return dict(json.loads(configured.to_json()))


@cache
def _with_fonts() -> Any:
    import vl_convert

    vl_convert.register_font_directory(str(font_folder()))
    return vl_convert


def svg(spec: dict[str, Any]) -> str:
    """The chart as SVG, for print and for readers without scripts."""
    return str(_with_fonts().vegalite_to_svg(spec))


@cache
def script() -> str:
    """Vega, Vega-Lite and Vega-Embed in one script, from the wheel: the page asks nothing of the network.

    Bundling takes 1.4 s and gives the same script for one version of the wheel, so it is kept.
    """
    kept = var_folder() / "cache" / f"vega-{version('vl-convert-python')}.js"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        draft = kept.with_suffix(f".{os.getpid()}.draft")
        draft.write_text(str(_with_fonts().javascript_bundle()), encoding="utf-8")
        draft.replace(kept)
    return kept.read_text(encoding="utf-8")
