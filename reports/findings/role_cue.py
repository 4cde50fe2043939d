"""Order as a cue beside marks as a cue to who did what: what a shuffle takes of a classifier with marks and without."""

from __future__ import annotations

from collections.abc import Sequence

from reports.document import Section
from reports.findings import Finding
from reports.findings.cue import factorials, shown
from reports.inputs import Inputs, Tables
from reports.sections import Report


def find(inputs: Inputs, tables: Tables, analysis: object) -> list[Finding]:
    """The quantities of the measure `cue` in per cent of the texts whose label is right, instead of bits."""
    return factorials("role_cue", "correct", inputs, tables)


def show(found: Sequence[Finding], report: Report) -> list[Section]:
    return shown("role_cue", found, report)
