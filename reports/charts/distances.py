"""Curves over distance: what is missing at each context, and recency profiles."""

from __future__ import annotations

import altair as alt
import pandas as pd

from reports.analysis import Analysis
from reports.charts.marks import Chart, charted, colour_of, each_seed, named_in, of_natural, tooltip
from reports.inputs import in_rank
from reports.words import Words


def recency(analysis: Analysis, words: Words) -> Chart | None:
    """What is missing when only the last units are seen: line and band of the 95 % interval, a thin line a seed."""
    curves = of_natural(list(analysis.curves))
    if not curves:
        return None
    groups = [curve.group for curve in curves]
    names = dict(zip(groups, named_in(groups, words), strict=True))
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
    colour, detail = colour_of(names.values()), "series:N"
    models = in_rank(set(table["model"]))
    panels = []
    for number, model in enumerate(models):
        mine = alt.datum.model == model
        base = alt.Chart(table).transform_filter(mine).encode(x=x, color=colour, detail=detail)
        title = words("chart.missing") if number == 0 else None
        band = base.mark_area(opacity=0.15).encode(y=alt.Y("low:Q", title=title), y2="high:Q")
        line = base.mark_line(strokeWidth=2).encode(y="missing:Q")
        marks = base.mark_point(filled=True, size=45, opacity=1).encode(
            y="missing:Q", tooltip=tooltip(words, ("language", "model"), ("context", "missing", "low", "high"))
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
        each_seed((values[curve.contexts.index(at)] for _, values in sorted(curve.by_seed.items())), 2)
        for curve, at, _ in points
    ]
    return charted(alt.hconcat(*panels).resolve_scale(y="shared"), table, [curve.group for curve, *_ in points], own)


def profiles(analysis: Analysis, words: Words) -> Chart | None:
    """Every kind of recency profile as a share of its worth: a panel a kind, a line a group, thin ones a seed."""
    worth = {reach.group: reach.worth.value for reach in analysis.reaches if reach.worth.value > 0}
    if not worth:
        return None
    rows, seeds, groups, each = [], [], [], []
    looked = [one for one in analysis.profiles if one.group in worth]
    names = dict(zip(worth, named_in([*worth], words), strict=True))
    for profile in looked:
        steepest = max(found.value for found in profile.values)
        whole = steepest if profile.kind == "gradient" else worth[profile.group]
        named = {"kind": words(f"chart.{profile.kind}"), **names[profile.group]}
        for i, (distance, found) in enumerate(zip(profile.distances, profile.values, strict=True)):
            shares = {name: round(getattr(found, name) / whole, 4) for name in ("value", "low", "high")}
            rows.append({**named, "distance": distance, **shares})
            groups.append(profile.group)
            each.append(each_seed((values[i] / whole for _, values in sorted(profile.by_seed.items())), 4))
            for seed, values in sorted(profile.by_seed.items()):
                own = {"seed": f"{named['series']}-{seed}", "share": round(values[i] / whole, 4)}
                seeds.append({**named, "distance": distance, **own})
    table = pd.DataFrame(rows).rename(columns={"value": "share"})
    models = in_rank(set(table["model"]))
    dash = alt.StrokeDash(
        "model:N", sort=models, legend=alt.Legend(title=None, orient="top", symbolType="stroke", symbolSize=300)
    )
    colour, panels = colour_of(names[profile.group] for profile in looked), []
    measured = sorted(set(table["distance"]))
    axis = alt.Axis(values=measured[:: max(1, len(measured) // 8)], grid=False)
    x = alt.X("distance:Q", title=words("chart.distance"), scale=alt.Scale(type="log", base=2), axis=axis)
    for kind in dict.fromkeys(table["kind"]):
        base = alt.Chart(table).transform_filter(alt.datum.kind == kind).encode(x=x, color=colour, detail="series:N")
        band = base.mark_area(opacity=0.15).encode(y=alt.Y("low:Q", title=None), y2="high:Q")
        line = base.mark_line(strokeWidth=1.8, point=alt.OverlayMarkDef(size=18)).encode(
            y="share:Q",
            strokeDash=dash,
            tooltip=tooltip(words, ("language", "model"), ("distance", "share", "low", "high")),
        )
        thin = alt.Chart(pd.DataFrame(seeds)).transform_filter(alt.datum.kind == kind)
        thin = thin.mark_line(strokeWidth=0.6, opacity=0.5).encode(x=x, y="share:Q", color=colour, detail="seed:N")
        panels.append(alt.layer(band, thin, line).properties(width=190, height=170, title=kind))
    chart = alt.concat(*panels, columns=3).resolve_scale(y="independent", color="shared", strokeDash="shared")
    return charted(chart, table, groups, each)
