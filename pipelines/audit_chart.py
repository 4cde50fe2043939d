"""The audit of an order as a chart: every figure by sentence length."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipelines.errors import PipelineError

SHOWN = (
    "kept_bigrams", "kendall_tau", "mean_displacement", "identical", "fixed_points", "host_separation", "dropped",
    "put_in", "dependency_length_before", "dependency_length", "head_final_before", "head_final",
)  # fmt: skip


def draw(figures: pd.DataFrame, title: str, path: Path) -> None:
    """Write a chart of the table of `audit_text` as .svg, .png or .html: one small panel a figure that is known."""
    import altair as alt

    if path.suffix not in (".svg", ".png", ".html"):
        raise PipelineError(f"{path.name}: a chart is written as .svg, .png or .html.")
    rows = figures[figures["length"] != "all"].dropna(axis="columns", how="all")
    names = [name for name in SHOWN if name in rows and (rows[name].abs() > 0).any()]
    long = rows.melt(["length", "sentences"], names, "figure", "value").dropna()
    long["figure"] = long["figure"].str.replace("_", " ")
    chart = (
        alt.Chart(long)
        .mark_line(point=True, color="#1f5f8b")
        .encode(
            x=alt.X(
                "length:N", sort=list(rows["length"]), title="units in the sentence", axis=alt.Axis(labelAngle=-40)
            ),
            y=alt.Y("value:Q", title=None),
            tooltip=["length:N", "sentences:Q", "figure:N", alt.Tooltip("value:Q", format=".3f")],
        )
        .properties(width=210, height=120)
        .facet(alt.Facet("figure:N", sort=[name.replace("_", " ") for name in names], title=None), columns=3)
        .resolve_scale(y="independent", x="independent")
        .properties(title=title)
    )
    chart.save(str(path))
