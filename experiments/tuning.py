"""Choosing settings on validation data: the same budget for every network and language, kept in SQLite."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from corpora.table import sha256_of, var_folder
from experiments.cells import TUNING, Cell, Prepared, plan, settings_of
from experiments.engine import Workers, cell_folder, has_results, run_cells
from experiments.errors import StudyError
from experiments.fitting import DIVERGED
from experiments.models import get_model
from experiments.progress import StudyProgress
from experiments.results import RESULTS
from experiments.study import Study
from experiments.variants import variants
from pipelines.engines import default_workers

if TYPE_CHECKING:
    import optuna

FOLDER = "tuning"
REFUSED = 200
"""Proposals in a row that a study may refuse before a space is given up."""


@dataclass(frozen=True)
class Best:
    """What tuning found for a network in a language: the loss on validation with the study's own settings (the first
    trial), loss and settings of the best trial, and how many trials there were. Losses are bits, or of a classifier
    whose epochs are not chosen by bits, the share of wrong labels (`labels`)."""

    lang: str
    model: str
    trials: int
    before: float
    loss: float
    settings: dict[str, Any]
    labels: bool

    @property
    def key(self) -> str:
        return f"{self.lang}/{self.model}"

    @property
    def told(self) -> str:
        """The best loss on validation, and the first one."""
        return f"{in_words(self.loss, self.labels)} on validation, {in_words(self.before, self.labels)} at first"


def in_words(loss: float, labels: bool) -> str:
    return f"{100.0 * loss:.2f} % wrong" if labels else f"{loss:.2f} bits"


def tune(prepared: Prepared, languages: tuple[str, ...], workers: int | None) -> tuple[list[Best], Path]:
    """Run the trials that are missing and write a study with the best settings; return them and its path.

    Every network of every language gets `tuning.trials` trials with seed 0, under the study's own variant where it has
    several: the study's own settings first, also where they lie outside the space, then what Optuna's tree-structured
    Parzen estimator (Bergstra et al. 2011) proposes from the trials before. What the study refuses, as a size that
    cannot be matched, is no trial. A trial sees the training and validation splits only; one that diverged is worse
    than any other. The same call goes on where it was stopped, and proposes the same.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = prepared.study
    jobs = _jobs(study, languages)
    settings = {**settings_of(prepared), "purpose": TUNING}
    folder = var_folder() / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{study.name}-{sha256_of(settings)[:12]}"
    storage = f"sqlite:///{folder / name}.db"
    searches = {job: optuna.create_study(storage=storage, study_name=job, load_if_exists=True) for job in jobs}
    own = next(name for name, one in variants(study.model_dump()).items() if one.base)
    planned = plan(replace(prepared, study=study), languages)
    template = {f"{cell.lang}/{cell.model}": cell for cell in planned if cell.condition == own}
    with Workers(min(workers or default_workers(), len(jobs))) as kept:
        while any(_missing(search, study) for search in searches.values()):
            waiting = {job: _next_trial(searches[job], study, job) for job in jobs if _missing(searches[job], study)}
            cells: dict[str, tuple[str, int, Cell]] = {}
            for job, (number, params) in waiting.items():
                cell = _cell(template[job], settings, job, _shortened(study, params))
                cells[cell.sha256] = job, number, cell
            begun = min(number for number, _ in waiting.values()) + 1
            title = f"tuning {study.name}, trial {begun} of {study.tuning.trials}"
            for sha256, loss, failure in _run([cell for *_, cell in cells.values()], prepared, kept, title):
                job, number, _ = cells[sha256]
                if failure:
                    raise StudyError(f"A trial of {job} failed: {failure}")
                searches[job].tell(number, loss)
    best = [_best(searches[job], job, _by_labels(study.model_dump())) for job in jobs]
    path = folder / f"{name}.yaml"
    tuned = study.model_dump(mode="json") | {"tuned": {one.key: one.settings for one in best}}
    path.write_text(yaml.safe_dump(tuned, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return best, path


def _jobs(study: Study, languages: tuple[str, ...]) -> list[str]:
    several = [lang for lang in languages if len(study.units[lang]) > 1]
    if several or len(study.train_orders) > 1:
        raise StudyError(
            "Settings are tuned for one unit a language and one train order: choose them, as in "
            f"--set units.{(several or languages)[0]}=[{study.units[(several or languages)[0]][0]}]."
        )
    if not any(one.base for one in variants(study.model_dump()).values()):
        raise StudyError(
            "Settings are tuned under the study's own options, and every condition changes them: leave one, as in "
            + " ".join(f"--set conditions.{name}=null" for name in list(study.conditions)[1:])
            + ", or declare one that changes nothing ({})."
        )
    return [f"{lang}/{model}" for lang in languages for model in study.models if get_model(model).network]


def _done(search: optuna.Study) -> int:
    return sum(trial.value is not None for trial in search.trials)


def _missing(search: optuna.Study, study: Study) -> bool:
    return _done(search) < study.tuning.trials


def _next_trial(search: optuna.Study, study: Study, job: str) -> tuple[int, dict[str, Any]]:
    """The number and settings of the trial to run: one that was begun and never ended, or a new one."""
    import optuna

    running = (trial for trial in search.trials if trial.state == optuna.trial.TrialState.RUNNING)
    waiting = [trial for trial in running if "settings" in trial.user_attrs]
    if waiting:
        return waiting[0].number, dict(waiting[0].user_attrs["settings"])
    for _ in range(REFUSED):
        trial, params = _proposed(search, study, job)
        refusal = _refusal(study, job, params)
        if refusal is None:
            trial.set_user_attr("settings", params)
            return trial.number, params
        search.tell(trial, state=optuna.trial.TrialState.FAIL)
    raise StudyError(f"Of tuning.space {REFUSED} proposals were refused, the last one so: {refusal}")


def _refusal(study: Study, job: str, params: dict[str, Any]) -> StudyError | None:
    try:
        study.model_copy(update={"tuned": {job: _shortened(study, params)}}).tuned_for(*job.split("/"))
    except StudyError as error:
        return error
    return None


def _shortened(study: Study, params: dict[str, Any]) -> dict[str, Any]:
    """Settings as a trial has them: with the epochs that trials are given, where they are others."""
    return params if study.tuning.epochs is None else {"training.epochs": study.tuning.epochs, **params}


def _proposed(search: optuna.Study, study: Study, job: str) -> tuple[optuna.Trial, dict[str, Any]]:
    import optuna

    own, params = _own(study), None
    if not search.trials and all(_inside(value, study.tuning.space[key]) for key, value in own.items()):
        search.enqueue_trial(own)
    elif not search.trials:
        params = own
    seed = zlib.crc32(f"{job} {len(search.trials)}".encode())
    search.sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=max(4, study.tuning.trials // 3))
    trial = search.ask()
    return trial, params or {key: _suggested(trial, key, values) for key, values in study.tuning.space.items()}


def _own(study: Study) -> dict[str, Any]:
    declared = study.model_dump()
    return {key: declared[key.split(".")[0]][key.split(".")[1]] for key in study.tuning.space}


def _inside(value: Any, values: tuple[Any, ...]) -> bool:
    return value in values if len(values) > 2 else bool(values[0] <= value <= values[1])


def _suggested(trial: optuna.Trial, key: str, values: tuple[Any, ...]) -> Any:
    if len(values) > 2:
        return trial.suggest_categorical(key, list(values))
    low, high = values
    if isinstance(low, int) and isinstance(high, int):
        return trial.suggest_int(key, low, high)
    return trial.suggest_float(key, low, high, log=low > 0 and high >= 10 * low)


def _cell(like: Cell, settings: dict[str, Any], job: str, params: dict[str, Any]) -> Cell:
    return replace(like, seed=0, settings={**settings, "study": {**settings["study"], "tuned": {job: params}}})


def _run(cells: list[Cell], prepared: Prepared, kept: Workers, title: str) -> Iterator[tuple[str, float, str]]:
    """Each cell's hash with its loss on validation (infinite where it diverged), or why it failed."""
    there = [cell for cell in cells if has_results(cell)]
    for cell in there:
        yield cell.sha256, _loss(cell), ""
    left = [cell for cell in cells if cell not in there]
    if not left:
        return
    with StudyProgress(left, title) as progress:
        for finished in run_cells(left, prepared.datasets, len(left), progress.advance, kept=kept):
            loss = float("inf") if finished.failure else _loss(finished.cell)
            labels = _by_labels(finished.cell.settings["study"])
            progress.finish(finished.cell, finished.failure or f"{in_words(loss, labels)} on validation")
            yield finished.cell.sha256, loss, finished.failure


def _loss(cell: Cell) -> float:
    """What a finished trial comes to on validation; its weights are not kept."""
    folder = cell_folder(cell)
    (folder / "model.weights.h5").unlink(missing_ok=True)
    results = json.loads((folder / RESULTS).read_text(encoding="utf-8"))
    if results["gate"] == DIVERGED:
        return float("inf")
    metrics = results["metrics"]
    return float(1.0 - metrics["valid_accuracy"] if _by_labels(cell.settings["study"]) else metrics["valid_bits"])


def _by_labels(declared: dict[str, Any]) -> bool:
    return declared["task"] in ("classification", "pairs") and declared["training"]["keep"] != "bits"


def _best(search: optuna.Study, job: str, labels: bool) -> Best:
    lang, model = job.split("/")
    values = {trial.number: float(trial.value) for trial in search.trials if trial.value is not None}
    best = min(values, key=lambda number: (values[number], number))
    settings = dict(search.trials[best].user_attrs["settings"])
    return Best(lang, model, len(values), values[min(values)], values[best], settings, labels)
