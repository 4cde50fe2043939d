"""What all charts share: a language has one colour, a model one shape, every seed is a mark."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import altair as alt
import pandas as pd

from experiments.variants import variants
from reports.analysis import Analysis, Curve
from reports.inputs import Group, in_turn
from reports.quantities import Row
from reports.words import Words

COLOURS = {"ko": "#c2410c", "en": "#2563a8"}
"""Vermilion and blue keep apart for every common kind of colour blindness, on white and on black."""
AnyChart = Any
"""Altair's charts share no base class that mypy sees."""
Found = TypeVar("Found", Row, Curve)
SHAPES = ("triangle-up", "square", "circle", "diamond", "cross", "triangle-down", "stroke")
SHADES = 0.5
"""How far the darkest and lightest shades of a language lie from its colour, toward black and white."""
MOST = 20
"""Seeds whose values are written out beside a chart."""


@dataclass(frozen=True)
class Chart:
    """A chart, the table behind it, and the group that each row of the table is about."""

    drawn: AnyChart
    table: pd.DataFrame
    groups: list[Group]


def charted(
    drawn: AnyChart, table: pd.DataFrame, groups: list[Group], seeds: list[tuple[str, str]] | None = None
) -> Chart:
    """A chart with the numbers behind it, those of every seed among them."""
    shown = table.drop(columns=["series", "lang"])
    if seeds:
        shown = shown.assign(median=[one[0] for one in seeds], each_seed=[one[1] for one in seeds])
    return Chart(drawn, shown, groups)


def each_seed(values: Iterable[float], digits: int) -> tuple[str, str]:
    """The median over seeds, and what every seed gave, in their order; of more than can be read, the least and the
    greatest."""
    known = list(values)
    found = [f"{value:z.{digits}f}" for value in known]
    each = ", ".join(found) if len(found) <= MOST else f"{min(found, key=float)} … {max(found, key=float)}"
    return f"{statistics.median(known):z.{digits}f}" if known else "–", each or "–"


def of_natural(found: list[Found]) -> list[Found]:
    """What was trained on natural order, where there is any: charts leave the rest to the tables."""
    return [one for one in found if one.group.train_order == "natural"] or found


def of_base(rows: list[Row], analysis: Analysis) -> list[Row]:
    """What was measured under the study's own variant, where there are several: the others stand in the tables."""
    base = {name for name, one in variants(analysis.settings["study"]).items() if one.base}
    return [row for row in rows if row.group.condition in base] or rows


def named_in(groups: list[Group], words: Words) -> list[dict[str, str]]:
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


def colour_of(names: Iterable[dict[str, str]]) -> alt.Color:
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


def shape_of(models: list[str]) -> alt.Shape:
    return alt.Shape(
        "model:N",
        scale=alt.Scale(domain=models, range=[SHAPES[i % len(SHAPES)] for i in range(len(models))]),
        legend=alt.Legend(title=None, orient="top", symbolFillColor="#888888", symbolStrokeColor="#888888"),
    )


def tooltip(words: Words, names: Iterable[str], figures: Iterable[str]) -> list[alt.Tooltip]:
    return [
        *(alt.Tooltip(f"{name}:N", title=words(f"column.{name}")) for name in names),
        *(alt.Tooltip(f"{name}:Q", title=words(f"column.{name}")) for name in figures),
    ]
