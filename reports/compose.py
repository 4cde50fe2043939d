"""The document of a report: its first screen and its sections, in the words of one language."""

from __future__ import annotations

from dataclasses import replace

from reports.analysis import Analysis
from reports.document import Block, Document, Figure, Section
from reports.inputs import Inputs
from reports.sections import Report, distance, gloss, opening, order, runs, text
from reports.sections.further import further
from reports.words import words_of

SECTIONS = (
    order.meaning, order.order, order.matrix, distance.recency, distance.occlusion, distance.reach, further,
    gloss.gloss, text.text, text.audit, runs.method, runs.statistics, runs.runs, runs.again, runs.cite,
)  # fmt: skip


def compose(inputs: Inputs, analysis: Analysis, lang: str = "en") -> Document:
    """Everything that a report says; a section that has nothing to say is left out."""
    report = Report(inputs, analysis, words_of(lang))
    first, sections = opening.opening(report), list[Section]()
    for section in SECTIONS:
        found = section(report)
        sections += [one for one in (found if isinstance(found, list) else [found]) if one and one.blocks]
    drawn = [replace(one, blocks=_drawn(report, one.blocks)) for one in sections]
    return Document(lang, opening.title(report), _drawn(report, first), tuple(drawn))


def _drawn(report: Report, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks with their charts, drawn by now or waited for."""
    return tuple(
        replace(one, svg=report.drawings[one.name].result()) if isinstance(one, Figure) else one for one in blocks
    )
