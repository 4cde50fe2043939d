"""Sections of the measures that have a file of their own: a table each, from what they found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reports.document import Block, Cell, Column, Paragraph, Section, Table
from reports.findings import MODULES, module
from reports.inputs import Group
from reports.sections import Report, cell, cells, grouped

Rows = Iterable[tuple[Group, Sequence[str]]]


def further(report: Report) -> list[Section]:
    """What every measure has to show, in their order."""
    found = report.analysis.findings
    own = {name: [one for one in found if one.measure == name] for name in MODULES}
    return [section for name, some in own.items() if some for section in module(name).show(some, report)]


def section(
    report: Report, name: str, wordy: Sequence[str], figures: Sequence[str | Column], rows: Rows
) -> Section | None:
    """A section of that name: a table of a row a group, its language and model before the texts given, and a note where
    there are words for one. wordy, figures: keys of heads, or columns as they are. None without rows."""
    words, lines = report.words, list(rows)
    if not lines:
        return None
    heads = [*report.columns(("language", "model", *wordy), ())]
    heads += [one if isinstance(one, Column) else report.columns((), (one,))[0] for one in figures]
    table = Table(
        words(f"caption.{name}"),
        tuple(heads),
        grouped((group, (*_lead(report, group), *cells(texts))) for group, texts in lines),
    )
    blocks: list[Block] = [table]
    if f"note.{name}" in words.phrases:
        blocks.append(Paragraph(words.text(f"note.{name}"), "small"))
    return Section(words(f"heading.{name}"), tuple(blocks))


def listed(*sections: Section | None) -> list[Section]:
    """Those that there are."""
    return [one for one in sections if one]


def _lead(report: Report, group: Group) -> tuple[Cell, Cell]:
    """Language and model; a group that stands for all models, or for the difference of two languages, has no runs of
    its own to lead to."""
    if group.model == "all":
        return cell(report.language(group), group.lang), cell(report.words("all_models"))
    first, minus, second = group.lang.partition("-")
    if minus:
        name = f"{report.words.language(first)} − {report.words.language(second)}"
        return cell(name), cell(report.trained(group))
    return report.lead(group)
