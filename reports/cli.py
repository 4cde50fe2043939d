"""Commands of the reports room, and `experiment`, which runs a study and reports it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.cli import CorpusName, Language, Preset, Seeds, Settings, StudyName, Workers, execute

app = typer.Typer(no_args_is_help=True)


def _report(study: str, design: str | None) -> None:
    """Build the report of a study, print its table and say where everything is."""
    from experiments.tracking import open_store, shown_address, store_uri
    from reports.build import build, reports_folder
    from reports.summary import show
    from reports.tracked import tracked

    open_store()
    inputs = tracked(study, design)
    page, analysis = build(inputs, reports_folder() / str(inputs.study["name"]))
    show(analysis)
    print()
    print(f"report     {page}")
    print(f"MLflow UI  make ui   (store: {shown_address(store_uri())})")


@app.command()
def experiment(
    study: StudyName = "word_order",
    lang: Language = None,
    preset: Preset = "quick",
    corpus: CorpusName = None,
    seeds: Seeds = None,
    workers: Workers = None,
    settings: Settings = None,
) -> None:
    """Run what is missing of a study, then build its report and print the table: what `make experiment` does."""
    outcome = execute(study, lang, preset, corpus, seeds, workers, settings)
    _report(study, outcome.design)


@app.command()
def report(
    study: StudyName = "word_order",
    design: Annotated[str | None, typer.Option(help="A design by its hash; the one tracked last by default.")] = None,
) -> None:
    """Build the report of a study again from what is tracked. Trains nothing."""
    _report(study, design)


@app.command()
def verify(folder: Annotated[Path, typer.Argument(help="A report's folder.")]) -> None:
    """Say whether a report's files are still the ones its manifest names (exit code 1 if not)."""
    from reports.build import verify as changed

    names = changed(folder)
    for name in names:
        print(f"changed: {folder / name}")
    if names:
        raise typer.Exit(1)
    print(f"{folder}: every file is as the manifest says.")
