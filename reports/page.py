"""The page: figures, rows and fonts put into the template."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from pipelines.fonts import subset
from reports import charts, provenance, rows, text_rows
from reports.analysis import Analysis, settings_of
from reports.inputs import LANGUAGES, Inputs, is_floor
from reports.quantities import ACCURACY
from reports.verdicts import between, caveats, verdict

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Figure:
    """A chart with its caption, its static form and the table behind it."""

    name: str
    caption: str
    spec: dict[str, Any]
    svg: Markup
    columns: list[str]
    rows: list[list[str]]


def render(inputs: Inputs, analysis: Analysis) -> str:
    """The whole page as one self-contained HTML document."""
    figures = _figures(analysis)
    settings = settings_of(inputs)
    langs = sorted(
        {group.lang for group in inputs.groups()},
        key=lambda lang: list(LANGUAGES).index(lang) if lang in LANGUAGES else 9,
    )
    context = {
        "title": inputs.study["title"],
        "question": inputs.study["question"],
        "verdicts": [(lang, verdict(analysis, lang)) for lang in langs],
        "between": between(analysis),
        "caveats": caveats(analysis),
        "charts": figures,
        "orders": rows.order_rows(analysis),
        "gains": rows.gain_rows(analysis),
        "accuracies": rows.accuracy_rows(analysis),
        "classifies": any(row.quantity == ACCURACY for row in analysis.rows),
        "ladder": rows.ladder_sentence(analysis),
        "comparisons": rows.comparison_rows(analysis),
        "aligned": max((c.estimate.sentences for c in analysis.comparisons), default=0),
        "first_context": analysis.curves[0].contexts[0] if analysis.curves else 1,
        "occlusions": rows.occlusion_rows(analysis),
        "reaches": rows.reach_rows(analysis),
        "effective": rows.effective_rows(analysis),
        "count_heads": text_rows.count_heads(inputs),
        "counts": text_rows.count_rows(inputs),
        "vocabularies": text_rows.vocabulary_rows(inputs),
        "per_unit": text_rows.per_unit_rows(analysis),
        "examples": inputs.study.get("examples", []),
        "audits": text_rows.audit_rows(inputs, analysis),
        "audit_lengths": text_rows.audit_length_rows(inputs),
        "flagged": analysis.flagged.to_dict("records"),
        "runs": provenance.run_rows(inputs),
        "family": sum(r.quantity == "order_cost" and not is_floor(r.group.model) for r in analysis.rows),
        "documents": provenance.documents(inputs),
        "reproduction": provenance.reproduction(inputs, settings),
        "citation": provenance.citation(inputs),
    }
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES, encoding="utf-8"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=False, keep_trailing_newline=True,
    )  # fmt: skip
    template = environment.get_template("report.html")
    css = Markup((TEMPLATES / "report.css").read_text(encoding="utf-8"))
    bare = {"css": css, "vega": "", "specs": "{}", "font": "", "bold": ""}
    letters = template.render({**context, **bare})
    specs = {figure.name: figure.spec for figure in figures if figure.spec}
    return template.render(
        {
            **context,
            "css": css,
            "font": Markup(subset(letters)),
            "bold": Markup(subset(letters, "Bold")),
            "vega": Markup(charts.script().replace("</script", "<\\/script")),
            "specs": Markup(json.dumps(specs, sort_keys=True, ensure_ascii=False).replace("<", "\\u003c")),
        }
    )


def _figures(analysis: Analysis) -> list[Figure]:
    captions = (
        "Order cost of every recurrent model: mean and 95 % interval; every short tick is one seed.",
        "Bits missing per sentence when only so many units before the predicted one are seen, with 95 % bands; thin "
        "lines are seeds.",
        "What the past is worth at every distance, as a share of what the longest context saves over none (the "
        "gradient: of its largest value), with 95 % bands.",
    )
    figures = []
    for name, caption, (chart, table) in zip(
        ("order-chart", "recency-chart", "profile-chart"),
        captions,
        (charts.order_costs(analysis), charts.recency(analysis), charts.profiles(analysis)),
        strict=True,
    ):
        spec = charts.specification(chart) if chart is not None else {}
        drawn = Markup(charts.svg(spec)) if spec else Markup("")
        cells = [[str(cell) for cell in row] for row in table.itertuples(index=False)]
        figures.append(Figure(name, caption, spec, drawn, list(table.columns), cells))
    return figures
