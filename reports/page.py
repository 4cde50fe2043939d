"""The document as one self-contained HTML page."""

from __future__ import annotations

import json
from pathlib import Path

import jinja2
from markupsafe import Markup

from pipelines.fonts import subset
from reports import vega
from reports.document import Document
from reports.errors import ReportError

TEMPLATES = Path(__file__).parent / "templates"


def page(document: Document) -> str:
    """The page: charts drawn by the script that it carries, letters from the font that it carries, no request."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES, encoding="utf-8"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    css, code = (Markup((TEMPLATES / f"report.{name}").read_text(encoding="utf-8")) for name in ("css", "js"))
    later = {name: Markup(f"{{\0{name}}}") for name in ("font", "bold", "vega", "specs")}
    written = environment.get_template("report.html").render(document=document, css=css, code=code, **later)
    letters = written.replace("\0", "")
    specs = {figure.name: figure.spec for figure in document.figures()}
    heavy = {
        "font": subset(letters),
        "bold": subset(letters, "Bold"),
        "vega": vega.script().replace("</script", "<\\/script"),
        "specs": json.dumps(specs, sort_keys=True, ensure_ascii=False).replace("<", "\\u003c"),
    }
    for name, mark in later.items():
        if written.count(mark) != 1:
            raise ReportError("A text of the report holds the letter U+0000, which no page can show: clean the corpus.")
        written = written.replace(mark, heavy[name], 1)
    return written
