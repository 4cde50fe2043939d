"""The document as a PDF, set by Typst: text reaches it as data, never as markup."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.fonts import font_folder
from reports.document import Document
from reports.errors import ReportError

TEMPLATE = Path(__file__).parent / "templates" / "report.typ"


def pdf(document: Document) -> bytes:
    """The same document, page by page; ReportError where a font is missing or Typst is not installed.

    No date, no path and no font of the machine enters, so that the bytes are the same wherever it is set.
    """
    data = json.dumps(document, default=_fields, ensure_ascii=False, sort_keys=True)
    made, warnings = _compiler()(
        TEMPLATE.read_bytes(),
        format="pdf",
        font_paths=[str(font_folder())],
        ignore_system_fonts=True,
        sys_inputs={"document": data},
    )
    for warning in warnings:
        if "font" in str(warning.message):
            raise ReportError(f"The PDF cannot be set: {warning.message}. Run make setup.")
    return bytes(made)


def _fields(part: Any) -> dict[str, Any]:
    """What a part of the document holds, the specification of a chart excepted: its SVG is set."""
    return {name: getattr(part, name) for name in part.__dataclass_fields__ if name != "spec"}


def _compiler() -> Callable[..., tuple[bytes, list[Any]]]:
    try:
        from typst import compile_with_warnings
    except ImportError as error:
        raise ReportError("The package typst, which sets the PDF, is missing: run make setup.") from error
    found: Callable[..., tuple[bytes, list[Any]]] = compile_with_warnings
    return found
