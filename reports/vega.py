"""What Vega makes of a chart: its specification, its static form, and the script that draws it on the page."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from importlib.metadata import version
from typing import Any

import altair as alt

from corpora.table import var_folder
from pipelines.fonts import font_folder

FONT = "NanumGothic"


def specification(chart: Any) -> dict[str, Any]:
    """The chart as a Vega-Lite object, its colours of text and rules left to the page."""
    configured = chart.configure(
        font=FONT,
        background="transparent",
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(labelFontSize=12, titleFontSize=12, titleFontWeight="normal", gridOpacity=0.35),
        legend=alt.LegendConfig(labelFontSize=12, titleFontSize=12),
        title=alt.TitleConfig(fontSize=14, anchor="start"),
    )  # at once: every call of configure copies the chart with its data
    return dict(configured.to_dict())


@cache
def _with_fonts() -> Any:
    import vl_convert

    vl_convert.register_font_directory(str(font_folder()))
    return vl_convert


def ready() -> None:
    """Start the engine that draws: it takes a third of a second, which can pass beside other work."""
    _with_fonts().vega_to_svg({})


def svg(spec: dict[str, Any]) -> str:
    """The chart as SVG, for print and for readers without scripts."""
    return str(_with_fonts().vegalite_to_svg(spec))


@cache
def _beside() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1)


def drawing(spec: dict[str, Any]) -> Future[str]:
    """The same, drawn while other work goes on."""
    return _beside().submit(svg, spec)


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
