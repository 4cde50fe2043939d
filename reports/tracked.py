"""From the tracking store to a report's inputs."""

from __future__ import annotations

from typing import Any

from experiments.export import export
from experiments.study import load_study
from reports.inputs import Inputs


def tracked(study: str, design: str | None = None) -> Inputs:
    """The inputs of a report on a study (by name or file) and a design of it, by default the one tracked last."""
    declared = load_study(study)
    found = export(declared.name, design)
    about: dict[str, Any] = {"name": found.study, "title": declared.title, "question": declared.question}
    return Inputs(about, found.runs, found.observations, found.sentences, found.audits)
