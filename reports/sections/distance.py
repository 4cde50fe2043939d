"""How far back models look, and which part of a text they read."""

from __future__ import annotations

from reports import charts
from reports.document import Column, Paragraph, Section, Table
from reports.sections import Report, cells, grouped, runs_cell
from reports.sections.figures import figure
from reports.written import distances, estimated, number


def recency(report: Report) -> Section | None:
    """The truncation curves of sentences."""
    words, curves = report.words, report.analysis.curves
    chart = charts.recency(report.analysis, words)
    if chart is None:
        return None
    rows = [
        (
            curve.group,
            (
                *report.lead(curve.group),
                *cells((number(curve.whole), distances(curve.effective, curve.contexts[-1]))),
                runs_cell(curve.run_ids),
            ),
        )
        for curve in curves
    ]
    heads = (*report.columns(("language", "model"), ("whole", "effective")), *report.columns(("runs",), ()))
    table = Table(words("caption.effective", first=curves[0].contexts[0]), heads, grouped(rows))
    note = Paragraph(words.text("note.recency"), "small")
    return Section(words("heading.recency"), (figure(report, "recency", chart), table, note))


def reach(report: Report) -> Section | None:
    """How far back the past reaches in every group whose recency profiles were taken."""
    words = report.words
    if not report.analysis.reaches:
        return None
    rows = []
    for one in report.analysis.reaches:
        figures = (
            estimated(one.worth, 2),
            distances(one.context, one.longest),
            distances(one.knee, one.longest),
            ", ".join(number(value, 1) for _, value in sorted(one.half.items())),
            ", ".join(number(value * one.characters, 0) for _, value in sorted(one.half.items())),
        )
        rows.append((one.group, (*report.lead(one.group), *cells(figures), runs_cell(one.run_ids))))
    heads = report.columns(("language", "model"), ("past", "effective_units", "knee", "half", "half_characters"))
    table = Table(words("caption.reach"), (*heads, *report.columns(("runs",), ())), grouped(rows))
    chart = None if report.first[0] == "profile" else charts.profiles(report.analysis, words)
    drawn = (figure(report, "profile", chart),) if chart else ()
    return Section(words("heading.reach"), (*drawn, table, Paragraph(words.text("note.reach"), "small")))


def occlusion(report: Report) -> Section | None:
    """Of classifiers, what every tenth of a text is worth."""
    shown = [profile for profile in report.analysis.profiles if profile.kind == "occlusion"]
    if not shown:
        return None
    words = report.words
    names = [words("column.first"), *map(str, range(2, 10)), words("column.last")]
    heads = [*report.columns(("language", "model"), ()), *(Column(name) for name in names)]
    rows = [(one.group, (*report.lead(one.group), *cells(number(v.value, 3) for v in one.values))) for one in shown]
    return Section(words("heading.occlusion"), (Table(words("caption.occlusion"), tuple(heads), grouped(rows)),))
