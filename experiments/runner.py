"""Running a study: what is missing is trained and tracked, what is there is left alone."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass

from corpora.errors import unknown
from experiments.cells import Cell, Prepared, plan, prepare
from experiments.engine import Finished, cell_folder, has_results, run_cells
from experiments.errors import StudyError
from experiments.progress import StudyProgress, TextProgress
from experiments.study import Study
from experiments.tracking import Store, experiment_id, log_cell, open_store
from pipelines.engines import default_workers

LANGUAGES = ("ko", "en")


@dataclass(frozen=True)
class Outcome:
    """What a call of `run_study` did: the design, its cells, how many were trained now, and what failed."""

    study: Study
    design: str
    cells: int
    trained: int
    failures: tuple[str, ...]


def check_languages(study: Study, languages: tuple[str, ...]) -> tuple[str, ...]:
    """The languages, if the study has them; StudyError suggests the nearest."""
    for lang in languages:
        if lang not in study.languages:
            raise StudyError(unknown("language", lang, study.languages))
    return languages


def prepared_text(study: Study, languages: tuple[str, ...]) -> Prepared:
    """Build corpus and datasets, with a bar while they are built."""
    with TextProgress() as progress:
        return prepare(study, check_languages(study, languages), progress)


def prepared_cells(study: Study, languages: tuple[str, ...]) -> tuple[Prepared, list[Cell]]:
    """Build corpus and datasets, with a bar while they are built, and plan the cells."""
    prepared = prepared_text(study, languages)
    return prepared, plan(prepared, languages)


def run_study(study: Study, languages: tuple[str, ...], *, preset: str, workers: int | None, command: str) -> Outcome:
    """Run the cells of a study that the tracking store does not have yet.

    Every finished cell is tracked at once, so an interrupted call loses only the cells that were running, and the
    same call goes on from there. `command` is what a reader would type to get these runs.
    """
    check_languages(study, languages)
    store = open_store()
    prepared, cells = prepared_cells(study, languages)
    design = cells[0].design
    tracked = {run.data.tags["cell"] for run in store.runs(study.name, f"tags.design = '{design}'")}
    missing = [cell for cell in cells if cell.sha256 not in tracked]
    failures = _run_missing(store, prepared, missing, preset, workers, command) if missing else []
    return Outcome(study, design, len(cells), len(missing) - len(failures), tuple(failures))


def _run_missing(
    store: Store, prepared: Prepared, missing: list[Cell], preset: str, workers: int | None, command: str
) -> list[str]:
    study = prepared.study
    experiment_id(store, study)
    context = {
        "preset": preset,
        "invocation": uuid.uuid4().hex[:12],
        "corpus_source": prepared.source,
        "command": command,
    }
    kept = [cell for cell in missing if has_results(cell)]
    to_train = [cell for cell in missing if not has_results(cell)]
    failures = []
    with StudyProgress(missing, study.name) as progress:
        for cell in kept:
            progress.finish(cell, _tracked(store, study, Finished(cell, cell_folder(cell)), context))
        if to_train:
            running = run_cells(to_train, prepared.datasets, workers or default_workers(), progress.advance)
            try:
                for finished in running:
                    if finished.failure:
                        failures.append(f"{finished.cell.title}: {finished.failure}")
                        progress.finish(finished.cell, f"failed: {finished.failure}")
                    else:
                        progress.finish(finished.cell, _tracked(store, study, finished, context))
            finally:
                running.close()  # type: ignore[attr-defined]
    return failures


def _tracked(store: Store, study: Study, finished: Finished, context: dict[str, str]) -> str:
    """Track a finished cell; returns a note of what came out."""
    log_cell(store, study, finished.cell, finished.folder, context)
    results = json.loads((finished.folder / "results.json").read_text(encoding="utf-8"))
    metrics = results["metrics"]
    found = f"{metrics['bits_per_sentence.natural']:.1f} bits per natural sentence"
    if "accuracy.natural" in metrics:
        found = f"{100 * metrics['accuracy.natural']:.1f} % right in natural order"
    note = "" if results["gate"] == "passed" else f", {results['gate']}"
    return f"{found}, {results['wall_s']:.0f} s{note}"
