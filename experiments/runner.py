"""Running a study: what is missing is trained and tracked, what is there is left alone."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from corpora.errors import unknown
from experiments.cells import Cell, Prepared, plan, prepare
from experiments.engine import STARTED, cell_folder, has_results, run_cells
from experiments.errors import StudyError
from experiments.progress import Events, Silent, StudyProgress, TextProgress
from experiments.results import Results
from experiments.served import add_models
from experiments.study import Study
from experiments.tracker import Tracker
from experiments.tracking import Store, open_store, shown_address
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


def prepared_text(study: Study, languages: tuple[str, ...], *, shown: bool = True) -> Prepared:
    """Build corpus and datasets, with a bar while they are built."""
    with TextProgress(shown) as progress:
        return prepare(study, check_languages(study, languages), progress)


def prepared_cells(study: Study, languages: tuple[str, ...], *, shown: bool = True) -> tuple[Prepared, list[Cell]]:
    """Build corpus and datasets, with a bar while they are built, and plan the cells."""
    prepared = prepared_text(study, languages, shown=shown)
    return prepared, plan(prepared, languages)


def run_study(
    study: Study,
    languages: tuple[str, ...],
    *,
    preset: str,
    workers: int | None,
    command: str,
    events: Events | None = None,
) -> Outcome:
    """Run the cells of a study that the tracking store does not have yet.

    Every finished cell is tracked at once, so an interrupted call loses only the cells that were running, and the
    same call goes on from there. `command` is what a reader would type to get these runs; `events` are told instead of
    shown where they have a stream.
    """
    events = events or Events()
    check_languages(study, languages)
    store = open_store()
    prepared, cells = prepared_cells(study, languages, shown=not events)
    design = cells[0].design
    runs = store.runs(study.name, f"tags.design = '{design}'")
    if study.log_model:
        add_models(store, runs)
    tracked = {run.data.tags["cell"] for run in runs}
    missing = [cell for cell in cells if cell.sha256 not in tracked]
    events.tell("study_started", study=study.name, design=design, cells=len(cells), missing=len(missing),
                store=shown_address(store.uri))  # fmt: skip
    context = {"preset": preset, "corpus_source": prepared.source, "command": command}
    there = sum(has_results(cell) for cell in missing)
    failures = _Call(store, prepared, missing, workers or default_workers(), context, events).run() if missing else []
    return Outcome(study, design, len(cells), len(missing) - there - len(failures), tuple(failures))


class _Call:
    """The cells that one call runs, with what follows them: the store, a person, a program."""

    def __init__(
        self, store: Store, prepared: Prepared, missing: list[Cell], workers: int, context: dict[str, str],
        events: Events,
    ) -> None:  # fmt: skip
        self.prepared, self.missing, self.workers, self.events = prepared, missing, workers, events
        self.cells = {cell.sha256: cell for cell in missing}
        self.failures: list[str] = []
        self.finished: set[str] = set()
        self.tracker = Tracker(store, prepared, context, prepared.study.log_model)
        self.progress = (Silent if events else StudyProgress)(missing, prepared.study.name, workers)

    def run(self) -> list[str]:
        """Run or track what is missing; returns what failed, a line each."""
        to_train = [cell for cell in self.missing if not has_results(cell)]
        with self.tracker, self.progress:
            for cell in self.missing:
                if has_results(cell):
                    self._finish(cell, cell_folder(cell))
            if to_train:
                running = run_cells(to_train, self.prepared.datasets, self.workers, self._follow)
                with closing(running):  # type: ignore[type-var]
                    for done in running:
                        self._fail(done.cell, done.failure) if done.failure else self._finish(done.cell, done.folder)
        return self.failures

    def _follow(self, sha256: str, share: float, note: str) -> None:
        cell = self.cells[sha256]
        if sha256 in self.finished:
            return
        if note == STARTED:
            run_id = self.tracker.start(cell)
            self.events.tell("cell_started", cell=sha256, title=cell.title, run_id=run_id, **cell.axes)
        self.tracker.advance(cell, share, note)
        self.progress.advance(sha256, share, note)

    def _finish(self, cell: Cell, folder: Path) -> None:
        self.finished.add(cell.sha256)
        results, run_id = Results.of(folder), self.tracker.finish(cell, folder)
        said = f"{results.note}, {results.found['wall_s']:.0f} s" + ("" if run_id else ", not tracked yet")
        self.progress.finish(cell, said)
        self.events.tell(
            "cell_finished", cell=cell.sha256, title=cell.title, run_id=run_id, **cell.axes, gate=results.gate,
            folder=str(folder.resolve()), wall_s=results.found["wall_s"], metrics=results.figures(),
        )  # fmt: skip

    def _fail(self, cell: Cell, reason: str) -> None:
        self.finished.add(cell.sha256)
        self.failures.append(f"{cell.title}: {reason}")
        run_id = self.tracker.fail(cell, reason)
        self.progress.finish(cell, f"failed: {reason}")
        self.events.tell("cell_failed", cell=cell.sha256, title=cell.title, run_id=run_id, **cell.axes, reason=reason)
