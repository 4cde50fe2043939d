"""The document as one self-contained HTML page."""

from __future__ import annotations

import json
from pathlib import Path

import jinja2
from markupsafe import Markup

from pipelines.fonts import subset
from reports import vega
from reports.document import Document

TEMPLATES = Path(__file__).parent / "templates"


def page(document: Document) -> str:
    """The page: charts drawn by the script that it carries, letters from the font that it carries, no request."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES, encoding="utf-8"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    template = environment.get_template("report.html")
    css, code = (Markup((TEMPLATES / f"report.{name}").read_text(encoding="utf-8")) for name in ("css", "js"))
    bare = {"document": document, "css": css, "code": code, "vega": "", "specs": "{}", "font": "", "bold": ""}
    letters = template.render(bare)
    specs = {figure.name: figure.spec for figure in document.figures()}
    return template.render(
        {
            **bare,
            "font": Markup(subset(letters)),
            "bold": Markup(subset(letters, "Bold")),
            "vega": Markup(vega.script().replace("</script", "<\\/script")),
            "specs": Markup(json.dumps(specs, sort_keys=True, ensure_ascii=False).replace("<", "\\u003c")),
        }
    )
