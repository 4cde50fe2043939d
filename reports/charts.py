"""Charts as Vega-Lite specifications: a language has one colour, a model one shape, every seed is a mark."""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd

from reports.analysis import Analysis
from reports.errors import ReportError
from reports.inputs import FLOORS, LANGUAGES, MODELS

COLOURS = {"ko": "#c2410c", "en": "#2563a8"}
"""Vermilion and blue keep apart for every common kind of colour blindness, on white and on black."""
FONT = "NanumGothic"
SHAPES = {"unigram": "cross", "bigram": "stroke", "rnn": "triangle-up", "gru": "square", "lstm": "circle"}


def font_folder() -> Path:
    """Where the wheel keeps NanumGothic; found without importing the wheel, which would load Matplotlib."""
    spec = find_spec("koreanize_matplotlib")
    if spec is None or not spec.submodule_search_locations:
        raise ReportError("The font wheel koreanize-matplotlib is missing: run make setup.")
    return Path(next(iter(spec.submodule_search_locations))) / "fonts"


def _languages(analysis: Analysis) -> list[str]:
    found = {row.group.lang for row in analysis.rows}
    return [lang for lang in LANGUAGES if lang in found] + sorted(found - LANGUAGES.keys())


def _colour(langs: list[str]) -> alt.Color:
    names = [LANGUAGES.get(lang, lang) for lang in langs]
    colours = [COLOURS.get(lang, "#6b7280") for lang in langs]
    return alt.Color("language:N", scale=alt.Scale(domain=names, range=colours), legend=None)


def order_costs(analysis: Analysis) -> tuple[alt.Chart | None, pd.DataFrame]:
    """What each order costs each recurrent model: point and interval, a tick for every seed, a panel a language."""
    langs = _languages(analysis)
    rows = [row for row in analysis.rows if row.quantity == "order_cost" and row.group.model not in FLOORS]
    table = pd.DataFrame(
        [
            {
                "language": LANGUAGES.get(row.group.lang, row.group.lang),
                "unit": row.group.unit,
                "order": row.order,
                "model": row.group.model,
                "cost": round(row.estimate.value, 2),
                "low": round(row.estimate.low, 2),
                "high": round(row.estimate.high, 2),
            }
            for row in rows
        ]
    )
    if table.empty:
        return None, table
    seeds = pd.DataFrame(
        [
            {
                "language": LANGUAGES.get(row.group.lang, row.group.lang),
                "order": row.order,
                "model": row.group.model,
                "seed": seed,
                "cost": round(value, 2),
            }
            for row in rows
            for seed, value in sorted(row.by_seed.items())
        ]
    )
    orders = [order for order in analysis.orders if order != "natural"]
    models = [model for model in MODELS if model in set(table["model"])]
    shape = alt.Shape(
        "model:N",
        scale=alt.Scale(domain=models, range=[SHAPES[model] for model in models]),
        legend=alt.Legend(title="model", orient="top", symbolFillColor="#888888", symbolStrokeColor="#888888"),
    )
    y = alt.Y("order:N", sort=orders, title=None, axis=alt.Axis(labelFontSize=13))
    offset = alt.YOffset("model:N", sort=models)
    base = alt.Chart(table).encode(y=y, yOffset=offset, color=_colour(langs))
    scale = alt.Scale(zero=True)
    bars = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title="order cost, bits per sentence", scale=scale), x2="high:Q"
    )
    points = base.mark_point(filled=True, size=90, opacity=1).encode(
        x=alt.X("cost:Q", scale=scale),
        shape=shape,
        tooltip=["language", "unit", "model", "order", "cost", "low", "high"],
    )
    ticks = (
        alt.Chart(seeds)
        .mark_tick(thickness=1.2, size=13, opacity=0.55)
        .encode(
            x="cost:Q",
            y=y,
            yOffset=offset,
            color=_colour(langs),
            tooltip=["language", "model", "order", "seed", "cost"],
        )
    )
    panels = [
        alt.layer(bars, ticks, points)
        .transform_filter(alt.datum.language == LANGUAGES.get(lang, lang))
        .properties(
            width=620 // len(langs) - 40 * (len(langs) - 1),
            height=alt.Step(17, **{"for": "offset"}),
            title=LANGUAGES.get(lang, lang),
        )
        for lang in langs
    ]
    return alt.hconcat(*panels).resolve_scale(x="shared", shape="shared"), table


def recency(analysis: Analysis) -> tuple[alt.Chart | None, pd.DataFrame]:
    """What is missing when only the last units are seen: bits above the whole past, band, and a thin line a seed."""
    table = pd.DataFrame(
        [
            {
                "language": LANGUAGES.get(curve.group.lang, curve.group.lang),
                "model": curve.group.model,
                "context": context,
                "missing": round(estimate.value - curve.whole, 2),
                "low": round(estimate.low - curve.whole, 2),
                "high": round(estimate.high - curve.whole, 2),
                "bits": round(estimate.value, 2),
            }
            for curve in analysis.curves
            for context, estimate in zip(curve.contexts, curve.estimates, strict=True)
        ]
    )
    if table.empty:
        return None, table
    seeds = pd.DataFrame(
        [
            {
                "language": LANGUAGES.get(curve.group.lang, curve.group.lang),
                "model": curve.group.model,
                "seed": f"{curve.group.lang}-{seed}",
                "context": context,
                "missing": round(value - curve.whole, 2),
            }
            for curve in analysis.curves
            for seed, values in sorted(curve.by_seed.items())
            for context, value in zip(curve.contexts, values, strict=True)
        ]
    )
    langs = _languages(analysis)
    contexts = sorted(set(table["context"]))
    x = alt.X(
        "context:Q",
        title="units visible",
        scale=alt.Scale(type="log", base=2),
        axis=alt.Axis(values=contexts, grid=False),
    )
    colour = alt.Color(
        "language:N",
        scale=alt.Scale(
            domain=[LANGUAGES.get(lang, lang) for lang in langs], range=[COLOURS.get(lang, "#6b7280") for lang in langs]
        ),
        legend=alt.Legend(title=None, orient="top"),
    )
    models = [model for model in MODELS if model in set(table["model"])]
    panels = []
    for model in models:
        mine = alt.datum.model == model
        base = alt.Chart(table).transform_filter(mine).encode(x=x, color=colour)
        line = base.mark_line(strokeWidth=2).encode(
            y=alt.Y("missing:Q", title="bits per sentence above the whole past")
        )
        points = base.mark_point(filled=True, size=45).encode(
            y="missing:Q", tooltip=["language", "model", "context", "missing", "bits"]
        )
        thin = (
            alt.Chart(seeds)
            .transform_filter(mine)
            .mark_line(strokeWidth=0.8, opacity=0.5)
            .encode(x=x, y="missing:Q", color=colour, detail="seed:N")
        )
        panels.append(
            alt.layer(thin, line, points).properties(width=640 // len(models) - 20, height=220, title=model.upper())
        )
    return alt.hconcat(*panels).resolve_scale(y="shared"), table


def specification(chart: alt.Chart) -> dict[str, Any]:
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
    """Vega, Vega-Lite and Vega-Embed in one script, from the wheel: the page asks nothing of the network."""
    return str(_with_fonts().javascript_bundle())
