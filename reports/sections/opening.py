"""The first screen: what was asked, what was found, one chart, and what to bear in mind."""

from __future__ import annotations

from dataclasses import replace

from experiments.study import load_study
from reports.answers import Verdict
from reports.document import Block, Claim, Items, Paragraph, Text, span
from reports.inputs import in_turn
from reports.sections import Report, anchor
from reports.sections.figures import figure
from reports.verdicts import between, caveats, verdict


def title(report: Report) -> Text:
    return _declared(report, "title")


def opening(report: Report) -> tuple[Block, ...]:
    analysis, words = report.analysis, report.words
    langs = in_turn({group.lang for group in report.inputs.groups()})
    claims = [_claim(verdict(analysis, lang, words), lang) for lang in langs]
    apart = between(analysis, words)
    name, chart = report.first
    return (
        Paragraph(_declared(report, "question"), "question"),
        *claims,
        *((_claim(apart, ""),) if apart else ()),
        *((figure(report, name, chart),) if chart else ()),
        Items(tuple(caveats(analysis, words)), numbered=True),
    )


def _claim(found: Verdict, tone: str) -> Claim:
    """The verdict, its figure leading to the runs that it rests on."""
    link = f"#{anchor(found.group)}" if found.group else ""
    said = tuple(replace(part, link=link) if part.style == "strong" else part for part in found.said)
    return Claim(said, span(" ".join(found.notes)) if found.notes else (), tone)


def _declared(report: Report, name: str) -> Text:
    """The study's own title or question, in the report's language where it is known in it."""
    study, lang = report.inputs.study, report.words.lang
    known = report.words.studies.get(str(study["name"]), {})
    if name in known and load_study(str(study["name"])).title == study["title"]:
        return span(known[name])
    return span(str(study[name]), lang="" if lang == "en" else "en")
