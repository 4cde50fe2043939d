"""Moving studies from one tracking store to another: runs, their curves, datasets, files and models."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.served import log_model
from experiments.tracker import BATCH, MOVING
from experiments.tracking import Store, experiment_id

if TYPE_CHECKING:
    from mlflow.entities import Experiment, Metric, Run

SOURCE = "source_run_id"
"""The tag that keeps what a run was called where it was made, however often it moves."""
NOTE = "mlflow.note.content"


@dataclass(frozen=True)
class Moved:
    """What a migration did to an experiment: runs that were moved now, and that were there."""

    study: str
    moved: int
    there: int


def migrate(
    source: Store, target: Store, studies: list[str], told: Callable[[str], None] = lambda _: None
) -> list[Moved]:
    """Copy experiments with all their runs; what the target has already stays as it is, so a second call moves nothing.

    A run is known in the target by the tag `source_run_id`. One that was left half-copied (tag `moving`) is removed and
    copied again. Runs that still run are left out: they move when they have ended. Nothing is taken from the source.
    """
    found = []
    for name in studies or _names(source):
        experiment = source.experiment(name)
        if experiment is None:
            continue
        with target.answering():
            into = experiment_id(target, name, experiment.tags.get(NOTE, ""))
            there = _there(target, into)
        moved = 0
        for run in _ended(source, experiment):
            if identity(run) in there:
                continue
            told(f"{name}: {run.info.run_name}")
            with target.answering():
                _copy(source, target, run, into)
            moved += 1
        found.append(Moved(name, moved, len(there)))
    return found


def identity(run: Run) -> str:
    """What a run was called where it was made."""
    return str(run.data.tags.get(SOURCE, run.info.run_id))


def _names(store: Store) -> list[str]:
    """Experiments with runs of cells, oldest first."""
    with store.answering():
        return [
            found.name for found in reversed(store.client.search_experiments()) if store.runs(found.name, status="")
        ]


def _all(store: Store, experiment: str) -> Iterator[Run]:
    token = None
    while True:
        page = store.client.search_runs([experiment], "", max_results=1000, page_token=token,
                                        order_by=["attributes.start_time ASC"])  # fmt: skip
        yield from page
        token = page.token
        if not token:
            return


def _ended(store: Store, experiment: Experiment) -> list[Run]:
    with store.answering():
        return [run for run in _all(store, experiment.experiment_id) if run.info.status != "RUNNING"]


def _there(target: Store, experiment: str) -> set[str]:
    """What the target has whole; half-copied runs are removed."""
    whole = set()
    for run in _all(target, experiment):
        if MOVING in run.data.tags:
            target.client.delete_run(run.info.run_id)
        else:
            whole.add(identity(run))
    return whole


def _copy(source: Store, target: Store, run: Run, experiment: str) -> None:
    from mlflow.entities import Param

    tags = {**run.data.tags, SOURCE: identity(run), MOVING: "half-copied"}
    name = tags.pop("mlflow.runName", run.info.run_name)
    made = target.client.create_run(experiment, start_time=run.info.start_time, tags=tags, run_name=name)
    run_id = str(made.info.run_id)
    params = [Param(key, value) for key, value in run.data.params.items()]
    with source.answering():
        points = list(_history(source, run))
    for begin in range(0, max(len(points), 1), BATCH):
        target.client.log_batch(run_id, points[begin : begin + BATCH], params if begin == 0 else [])
    if run.inputs and run.inputs.dataset_inputs:
        target.client.log_inputs(run_id, run.inputs.dataset_inputs)
    room = Path(tempfile.mkdtemp(prefix="eosun-"))
    try:
        folder = None
        with source.answering():
            if source.client.list_artifacts(run.info.run_id):
                folder = Path(source.client.download_artifacts(run.info.run_id, "", str(room)))
        if folder is not None:
            target.client.log_artifacts(run_id, str(folder))
            if run.outputs and run.outputs.model_outputs:
                log_model(target, run_id, folder)
    finally:
        shutil.rmtree(room, ignore_errors=True)
    target.client.set_terminated(run_id, run.info.status, end_time=run.info.end_time)
    target.client.delete_tag(run_id, MOVING)


def _history(store: Store, run: Run) -> Iterator[Metric]:
    for name in run.data.metrics:
        yield from store.client.get_metric_history(run.info.run_id, name)
