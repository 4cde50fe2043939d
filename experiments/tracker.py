"""The life of runs in the tracking store: open while a cell trains, ended however it ends, and never lost."""

from __future__ import annotations

import fcntl
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from corpora.table import var_folder
from experiments.cells import Cell, Prepared, dataset_name
from experiments.errors import StudyError
from experiments.record import dataset_of, description_of, name_of, params_of, tags_of
from experiments.results import Results
from experiments.served import log_model
from experiments.tracking import FINISHED, Store, experiment_id, reason_of, shown_address

if TYPE_CHECKING:
    from mlflow.entities import Run

SHOWN_EVERY_S = 10.0
"""Seconds between two signs of life of a run."""
RETRIED_AFTER_S = 30.0
"""Seconds for which a store that did not answer is left alone."""
FOREIGN_S = 24 * 3600.0
"""After so long without a sign of life a run of another machine counts as interrupted."""
BATCH = 900
"""Metrics a call: the store takes a thousand entries."""
PROGRESS, SEEN, FAILURE = "progress", "seen", "failure"
MOVING = "moving"
"""The tag of a run that is being copied from another store; who copies it ends it."""


class Invocation:
    """One call of the laboratory that runs cells: a name, and a locked file that says that it lives."""

    def __init__(self) -> None:
        self.name = uuid.uuid4().hex[:12]
        path = _sign_of(self.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def end(self, *, left_open: bool = False) -> None:
        """Give the file up. Where runs are left open it stays, unlocked, so that the next call knows that they are."""
        self._file.close()
        if not left_open:
            _sign_of(self.name).unlink(missing_ok=True)


def _sign_of(invocation: str) -> Path:
    return var_folder() / "invocations" / Path(invocation).name


def _lives(run: Run, now: float) -> bool:
    """Whether what opened a run still works on it; of another machine that is known by its signs of life only."""
    path = _sign_of(run.data.tags.get("invocation", "none"))
    if not path.is_file():
        seen = run.data.tags.get(SEEN)
        last = datetime.fromisoformat(seen).timestamp() if seen else run.info.start_time / 1000
        return now - last < FOREIGN_S
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def end_stale(store: Store, study: str) -> int:
    """End as KILLED what a call that is gone has left RUNNING; returns how many runs that were."""
    running = store.runs(study, status="attributes.status = 'RUNNING'")
    stale = [run for run in running if MOVING not in run.data.tags and not _lives(run, time.time())]
    with store.answering():
        for run in stale:
            store.client.set_terminated(run.info.run_id, "KILLED")
    for run in stale:
        _sign_of(run.data.tags.get("invocation", "none")).unlink(missing_ok=True)
    return len(stale)


@dataclass
class Tracker:
    """The runs of one invocation. A context: what is open when it ends becomes KILLED; FAILED are cells that failed.

    An interrupted cell goes on in its own run. While the store does not answer cells go on all the same; what they came
    to is tracked when it answers again, at the latest by the next call. What it refuses holds nothing else up.
    """

    store: Store
    prepared: Prepared
    context: dict[str, str]
    with_model: bool = False
    invocation: Invocation = field(default_factory=Invocation)
    _open: dict[str, str] = field(default_factory=dict)
    _described: set[str] = field(default_factory=set)
    _shown: dict[str, float] = field(default_factory=dict)
    _waiting: dict[str, tuple[Cell, Path]] = field(default_factory=dict)
    _failed: dict[str, tuple[Cell, str]] = field(default_factory=dict)
    _refused: tuple[float, str] = (float("-inf"), "")
    _away: bool = False

    def __enter__(self) -> Tracker:
        study = self.prepared.study
        self._experiment = experiment_id(self.store, study.name, description_of(study))
        end_stale(self.store, study.name)
        killed = self.store.runs(study.name, status="attributes.status = 'KILLED'")
        self._interrupted = {run.data.tags["cell"]: str(run.info.run_id) for run in killed}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._refused = float("-inf"), self._refused[1]
        self._catch_up()
        for sha256 in self._open.keys() - self._waiting.keys() - self._failed.keys():
            self._attempt(partial(self._end, sha256, "KILLED", ""))
        self.invocation.end(left_open=bool(self._open))
        if self._waiting and error is None:
            raise StudyError(
                f"Finished, but not tracked yet: {len(self._waiting)} cells. The tracking store "
                f"{shown_address(self.store.uri)} {'does not answer' if self._away else 'refused them'}: "
                f"{self._refused[1]}. The results are kept: the same command tracks them, once it can, and trains "
                "nothing again."
            )

    def start(self, cell: Cell) -> str:
        """Open the run of a cell that begins; returns its id, or "" where the store does not answer."""
        if cell.sha256 not in self._open:
            self._attempt(partial(self._begin, cell))
        return self._open.get(cell.sha256, "")

    def advance(self, cell: Cell, share: float, note: str) -> None:
        """Show how far a cell has come (0 to 1), every ten seconds."""
        now = time.monotonic()
        if cell.sha256 in self._open and now - self._shown.setdefault(cell.sha256, now) >= SHOWN_EVERY_S:
            self._shown[cell.sha256] = now
            signs = {PROGRESS: f"{100 * share:.0f} %, {note}", SEEN: datetime.now(UTC).isoformat(timespec="seconds")}
            self._attempt(partial(self._tag, self._open[cell.sha256], signs))

    def finish(self, cell: Cell, folder: Path) -> str:
        """Track a finished cell; returns its run id, or "" where the store does not answer: then it is tried again."""
        self._waiting[cell.sha256] = cell, folder
        return self._catch_up().get(cell.sha256, "")

    def fail(self, cell: Cell, reason: str) -> str:
        """End the run of a cell as FAILED with its reason in a line; returns its id, or "" where the store does not
        answer: then it is tried again."""
        run_id = self.start(cell)
        self._failed[cell.sha256] = cell, reason
        self._catch_up()
        return run_id

    def _attempt(self, action: Callable[[], Any]) -> bool:
        """Whether the store did it. One that has just not answered is left alone for a while; one that refused this
        but answers is asked the next thing."""
        from mlflow.exceptions import MlflowException

        if time.monotonic() - self._refused[0] < RETRIED_AFTER_S:
            return False
        try:
            action()
            return True
        except (MlflowException, OSError) as error:
            self._away = not self._answers()
            self._refused = time.monotonic() if self._away else float("-inf"), reason_of(error)
            return False

    def _answers(self) -> bool:
        from mlflow.exceptions import MlflowException

        try:
            self.store.client.search_experiments(max_results=1)
            return True
        except (MlflowException, OSError):
            return False

    def _catch_up(self) -> dict[str, str]:
        """Track what is finished or failed and waits; returns the run id of each cell that is tracked now."""
        tracked = {}
        for sha256, (cell, folder) in list(self._waiting.items()):
            if self._attempt(partial(self._complete, cell, folder)):
                del self._waiting[sha256]
                tracked[sha256] = self._open.pop(sha256)
        for sha256, (cell, reason) in list(self._failed.items()):
            if self._attempt(partial(self._fail, cell, reason)):
                del self._failed[sha256]
        return tracked

    def _fail(self, cell: Cell, reason: str) -> None:
        if cell.sha256 not in self._open:
            self._begin(cell)
        self._end(cell.sha256, "FAILED", reason)

    def _begin(self, cell: Cell, started: int | None = None) -> None:
        """Open the run of a cell, the interrupted one where there is one. started: in milliseconds; now by default."""
        client, run_id = self.store.client, self._interrupted.get(cell.sha256, "")
        if run_id and client.get_run(run_id).info.status == "KILLED":  # no other call has gone on with it meanwhile
            client.update_run(run_id, status="RUNNING")
        else:
            run_id = str(client.create_run(self._experiment, started, self._tags(cell), name_of(cell)).info.run_id)
        self._interrupted.pop(cell.sha256, None)
        self._open[cell.sha256] = run_id
        self._describe(cell)

    def _tags(self, cell: Cell) -> dict[str, str]:
        return tags_of(cell, self.prepared.study, {**self.context, "invocation": self.invocation.name})

    def _describe(self, cell: Cell) -> None:
        """What is known of a run that begins or goes on; repeated until the store has all of it."""
        from mlflow.entities import Param

        run_id = self._open[cell.sha256]
        self._tag(run_id, {**self._tags(cell), SEEN: datetime.now(UTC).isoformat(timespec="seconds")})
        self.store.client.log_batch(run_id, params=[Param(key, value) for key, value in params_of(cell).items()])
        dataset = self.prepared.datasets[dataset_name(cell.lang, cell.unit, cell.condition)]
        self.store.client.log_inputs(run_id, [dataset_of(cell, dataset)])
        self._described.add(cell.sha256)

    def _complete(self, cell: Cell, folder: Path) -> None:
        """Everything a finished cell's run holds. May be repeated: the same values at the same time are one entry."""
        from mlflow.entities import Metric

        results = Results.of(folder)
        twin = self._finished_by_another(cell)
        if twin:
            if cell.sha256 in self._open:
                self.store.client.delete_run(self._open[cell.sha256])
            self._open[cell.sha256] = twin
            return
        if cell.sha256 not in self._open:
            self._begin(cell, results.ended - int(1000 * results.found["wall_s"]))
        if cell.sha256 not in self._described:
            self._describe(cell)
        client, run_id = self.store.client, self._open[cell.sha256]
        metrics = [Metric(name, value, results.ended, step) for name, value, step in results.points()]
        for begin in range(0, len(metrics), BATCH):
            client.log_batch(run_id, metrics[begin : begin + BATCH])
        client.log_artifacts(run_id, str(folder))
        there = {file.path for file in client.list_artifacts(run_id, "tables")}  # a table logged again would grow
        for name, table in results.tables().items():
            if f"tables/{name}.json" not in there:
                client.log_table(run_id, table, f"tables/{name}.json")
        if self.with_model:
            log_model(self.store, run_id, folder)
        self._tag(run_id, {"gate": results.gate, "mlflow.note.content": results.note})
        self._leave(run_id, "FINISHED", results.ended)

    def _finished_by_another(self, cell: Cell) -> str:
        """The run in which another call has tracked the same cell meanwhile; "" where none has."""
        own = self._open.get(cell.sha256)
        clauses = f"{FINISHED} and tags.kind = 'cell' and tags.cell = '{cell.sha256}'"
        runs = self.store.client.search_runs([self._experiment], clauses)
        return next((str(run.info.run_id) for run in runs if run.info.run_id != own), "")

    def _end(self, sha256: str, status: str, reason: str) -> None:
        run_id = self._open[sha256]
        if reason:
            self._tag(run_id, {FAILURE: reason[:1000], "mlflow.note.content": f"Failed: {reason}"[:1000]})
        self._leave(run_id, status)
        del self._open[sha256]

    def _leave(self, run_id: str, status: str, ended: int | None = None) -> None:
        for name in self.store.client.get_run(run_id).data.tags.keys() & {PROGRESS, SEEN}:
            self.store.client.delete_tag(run_id, name)
        self.store.client.set_terminated(run_id, status, end_time=ended)

    def _tag(self, run_id: str, tags: dict[str, str]) -> None:
        from mlflow.entities import RunTag

        self.store.client.log_batch(run_id, tags=[RunTag(key, value) for key, value in tags.items()])
