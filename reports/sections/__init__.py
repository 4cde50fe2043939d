"""The sections of a report, each from the same findings and in the words of one language."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cached_property

from reports import charts
from reports.analysis import Analysis
from reports.document import Cell, Column, Row, Text, span
from reports.inputs import Group, Inputs
from reports.words import Words


@dataclass(frozen=True)
class Report:
    """What every section is written from: the runs, what was estimated from them, and the words to say it in; and the
    charts that are being drawn."""

    inputs: Inputs
    analysis: Analysis
    words: Words
    drawings: dict[str, Future[str]] = field(default_factory=dict)

    @cached_property
    def first(self) -> tuple[str, charts.Chart | None]:
        """The chart of the first screen and its name: no section shows it again."""
        return charts.first(self.analysis, self.words)

    @property
    def classifies(self) -> bool:
        return self.analysis.classifies

    def columns(self, wordy: Iterable[str], figures: Iterable[str]) -> tuple[Column, ...]:
        """Columns of words, then columns of figures, by the keys of their heads."""
        return (
            *(Column(self.words(f"column.{name}"), words=True) for name in wordy),
            *(Column(self.words(f"column.{name}")) for name in figures),
        )

    def language(self, group: Group, *, unit: bool = True) -> str:
        """Korean (eojeol)."""
        name = self.words.language(group.lang)
        return self.words("named", language=name, name=group.unit) if unit else name

    @property
    def ungated(self) -> frozenset[Group]:
        """Language models that a 5-gram predicts as well as; none of a classifier, which has no such gate."""
        return frozenset() if self.classifies else self.analysis.ungated

    def trained(self, group: Group) -> str:
        """The model, what it was trained on, and a dagger where a 5-gram does as well."""
        named = self.words.trained(group.model, group.train_order, group.condition)
        return f"{named} †" if group in self.ungated else named

    def source(self, lang: str, unit: str = "", condition: str | None = None) -> str:
        """The link to the run that says what the text of a language (of a unit, of a condition) is: the first of it."""
        runs = self.inputs.runs
        for name, value in (("lang", lang), ("unit", unit or None), ("condition", condition)):
            runs = runs[runs[name] == value] if value is not None else runs
        return f"#run-{runs.sort_values(['unit', 'condition', 'model', 'seed', 'run_id'])['run_id'].iloc[0]}"

    def lead(self, group: Group, *, first: bool = True, unit: bool = True) -> tuple[Cell, Cell]:
        """The cells of a group's language and model, empty but in its first row; the model leads to its runs."""
        if not first:
            return cell(""), cell("")
        model = Cell(span(self.trained(group), link=f"#{anchor(group)}"))
        return cell(self.language(group, unit=unit), group.lang), model


def anchor(group: Group) -> str:
    """Where the runs of a group are listed."""
    return "-".join(filter(None, ("of", group.lang, group.unit, group.model, group.train_order, group.condition)))


def cell(text: str, tone: str = "") -> Cell:
    return Cell(span(text), tone)


def cells(texts: Iterable[str]) -> tuple[Cell, ...]:
    return tuple(cell(text) for text in texts)


NAMED = 20
"""Runs that a cell names; of more it says how many there are, and the list of runs has them all."""


def runs_cell(run_ids: Iterable[str], rows: int = 1) -> Cell:
    """Links to the rows of some runs."""
    found = list(dict.fromkeys(run_ids))
    parts: list[Text] = [(*span(run[:6], "code", f"#run-{run}"), *span(" ")) for run in found[:NAMED]]
    if len(found) > NAMED:
        parts.append(span(f"… ({len(found)})"))
    return Cell(tuple(one for part in parts for one in part), rows=rows, narrow=True)


def grouped(rows: Iterable[tuple[object, tuple[Cell, ...]]]) -> tuple[Row, ...]:
    """Rows of which each new key begins a group."""
    found, before = [], object()
    for key, own in rows:
        found.append(Row(own, first=key != before))
        before = key
    return tuple(found)
