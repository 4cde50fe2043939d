"""Running a tracked cell again from its recorded configuration, and comparing bit by bit."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from corpora.table import var_folder
from experiments.cells import Cell, prepare, settings_of
from experiments.engine import run_cells
from experiments.errors import StudyError
from experiments.results import RESULTS
from experiments.study import Study
from experiments.tracking import Store, open_store


@dataclass(frozen=True)
class Verdict:
    """Whether a cell came out the same: differences by name (recorded, again), and what differs in its surroundings."""

    title: str
    metrics: int
    observations: int
    differences: dict[str, tuple[Any, Any]]
    surroundings: dict[str, tuple[Any, Any]]

    @property
    def identical(self) -> bool:
        return not self.differences


def recorded_cell(results: dict[str, Any]) -> Cell:
    return Cell(**results["cell"])


def reproduce(run_id: str) -> Verdict:
    """Train and measure a tracked run's cell once more, in a fresh process, and compare with what was recorded.

    Metrics and every observation are compared by their bits. The corpus and datasets are built again where they are
    missing. Raises StudyError where the text is no longer the same, because then it would be another cell.
    """
    store = open_store()
    run = store.run(run_id)
    with tempfile.TemporaryDirectory(dir=_room()) as room:
        results = json.loads(store.download(run, RESULTS, Path(room)).read_text(encoding="utf-8"))
        recorded = pd.read_parquet(store.download(run, "observations.parquet", Path(room)))
        cell = recorded_cell(results)
        prepared, surroundings = _prepare(store, cell, run.data.tags.get("corpus_source", ""))
        again = Path(room) / "again"
        finished = next(iter(run_cells([cell], prepared.datasets, 1, lambda *_: None, lambda _: again)))
        if finished.failure:
            raise StudyError(f"The cell failed this time: {finished.failure}")
        repeated = json.loads((again / RESULTS).read_text(encoding="utf-8"))
        observed = pd.read_parquet(again / "observations.parquet")
    differences = _differences(results, repeated)
    if not recorded.equals(observed):
        differences["observations"] = (f"{len(recorded)} rows", f"{len(observed)} rows, other values")
    return Verdict(cell.title, len(results["metrics"]), len(recorded), differences, surroundings)


def _room() -> Path:
    room = var_folder() / "reproductions"
    room.mkdir(parents=True, exist_ok=True)
    return room


def _prepare(store: Store, cell: Cell, source: str) -> tuple[Any, dict[str, tuple[Any, Any]]]:
    declared = cell.settings["study"]
    languages = tuple(sorted({name.partition("/")[0] for name in cell.settings["datasets"]}))
    study = Study.model_validate(
        {**declared, "corpus": source or declared["corpus"], "name": "reproduction", "title": "", "question": "",
         "languages": languages, "models": [cell.model], "train_orders": [cell.train_order]}
    )  # fmt: skip
    prepared = prepare(study, languages)
    now = settings_of(prepared)
    if now["corpus_sha256"] != cell.settings["corpus_sha256"]:
        raise StudyError(
            f"The corpus {source} is not what the run was made from (sha256 {now['corpus_sha256'][:12]}, recorded "
            f"{cell.settings['corpus_sha256'][:12]}): restore the text, or check out the commit that built it."
        )
    if now["datasets"] != cell.settings["datasets"]:
        tagged = prepare(study, languages, tags=True)  # as another training order of the study may have asked
        if settings_of(tagged)["datasets"] == cell.settings["datasets"]:
            prepared, now = tagged, settings_of(tagged)
    keys = ("datasets", "code", "versions", "runtime")
    return prepared, {key: (cell.settings[key], now[key]) for key in keys if cell.settings[key] != now[key]}


def _differences(recorded: dict[str, Any], repeated: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Metrics and curve points that are not the same number, NaN being equal to NaN."""
    before, after = _numbers(recorded), _numbers(repeated)
    names = sorted(before.keys() | after.keys())
    return {name: (before.get(name), after.get(name)) for name in names if not _same(before.get(name), after.get(name))}


def _numbers(results: dict[str, Any]) -> dict[str, float]:
    points = {f"{name}[{step}]": value for name, curve in results["curves"].items() for step, value in curve}
    return {**results["metrics"], **points}


def _same(first: float | None, second: float | None) -> bool:
    return first == second or (first is not None and second is not None and first != first and second != second)
