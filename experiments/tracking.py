"""The tracking store: one MLflow experiment a study, one flat run a cell."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from corpora.table import var_folder
from experiments.errors import StudyError

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
SQLITE = "sqlite:///"
FINISHED = "attributes.status = 'FINISHED'"
_DRIVERS = {"psycopg": "psycopg: make postgresql", "psycopg2": "psycopg2: install it, or write postgresql+psycopg://",
            "MySQLdb": "mysqlclient: install it"}  # fmt: skip
"""The distribution that brings a database driver, and how it comes."""
_PASSWORD = re.compile(r"//[^/@\s]*@")


def store_uri() -> str:
    """`MLFLOW_TRACKING_URI`, else an SQLite file below `var`."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"{SQLITE}{(var_folder() / 'mlflow' / 'mlflow.db').resolve()}"


@dataclass(frozen=True)
class Store:
    """A tracking store."""

    uri: str

    @cached_property
    def client(self) -> MlflowClient:
        os.environ.update(QUIET)
        import logging

        from mlflow.tracking import MlflowClient

        for name in ("mlflow", "alembic", "mlflow.store.db.utils", "urllib3.connectionpool"):
            logging.getLogger(name).setLevel(logging.ERROR)
        return MlflowClient(self.uri)

    @property
    def is_server(self) -> bool:
        """Whether it is reached over HTTP, and so has a UI of its own."""
        return self.uri.startswith(("http://", "https://"))

    def experiment(self, study: str) -> Experiment | None:
        with self.answering():
            return self.client.get_experiment_by_name(study)

    def runs(self, study: str, filter_string: str = "", status: str = FINISHED) -> list[Run]:
        """All runs of a study's cells, oldest first: the finished ones, or those of another `status` clause ("" for
        any)."""
        found = self.experiment(study)
        if found is None:
            return []
        clauses = " and ".join(filter(None, (status, "tags.kind = 'cell'", filter_string)))
        result: list[Run] = []
        token = None
        with self.answering():
            while True:
                page = self.client.search_runs(
                    [found.experiment_id],
                    clauses,
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
        with self.answering():
            page = self.client.search_runs(
                [found.experiment_id], f"{FINISHED} and tags.kind = 'cell'", max_results=1, order_by=order
            )
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
        here = self.file_of(run, name)
        if here is not None:
            return Path(shutil.copy2(here, into))
        try:
            return Path(self.client.download_artifacts(run.info.run_id, name, str(into)))
        except Exception:
            raise StudyError(f'The run {run.info.run_id} has no stored "{name}": run its study again.') from None

    def file_of(self, run: Run, name: str) -> Path | None:
        """A run's artifact where it lies on this machine: where the store says, or, since a store in a file may have
        been moved with what lies beside it, there. None where it is in neither place."""
        root = run.info.artifact_uri or ""
        if not root.startswith("file://"):
            return None
        places = [Path(unquote(root.removeprefix("file://")))]
        if self.uri.startswith(SQLITE):
            places.append(Path(self.uri.removeprefix(SQLITE)).parent.joinpath("artifacts", *places[0].parts[-3:]))
        return next((place / name for place in places if (place / name).is_file()), None)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Whatever the store refuses meanwhile becomes a StudyError of one line."""
        from mlflow.exceptions import MlflowException

        try:
            yield
        except (MlflowException, OSError) as error:
            raise StudyError(
                f"The tracking store {shown_address(self.uri)} does not answer: {reason_of(error)}. {_REMEDY}"
            ) from None


_REMEDY = "Start it, or unset MLFLOW_TRACKING_URI to use a local file."


def reason_of(error: BaseException) -> str:
    """What an error says, in a line and without a password."""
    return _PASSWORD.sub("//", " ".join(str(error).split()))[:120].rstrip(". ")


def open_store(uri: str | None = None) -> Store:
    """The tracking store at an address (by default `store_uri`), made if it is a file that does not exist yet; opened
    once a process. Raises StudyError where the address does not answer."""
    return _opened(uri or store_uri())


@cache
def _opened(uri: str) -> Store:
    store = Store(uri)
    if uri.startswith(SQLITE):
        Path(uri.removeprefix(SQLITE)).parent.mkdir(parents=True, exist_ok=True)
    try:
        with _alone(uri):
            store.client.search_experiments(max_results=1)
    except ModuleNotFoundError as error:
        package = _DRIVERS.get(error.name or "", f"{error.name}: install it")
        raise StudyError(f"The tracking store {shown_address(uri)} needs the Python package {package}.") from None
    except Exception as error:
        raise StudyError(
            f"The tracking store {shown_address(uri)} does not answer: {reason_of(error)}. {_REMEDY}"
        ) from None
    return store


@contextmanager
def _alone(uri: str) -> Iterator[None]:
    """No other process opens the same file meanwhile, since MLflow makes or migrates its tables when it does. Where no
    file can be written beside it, the store is only read, and nobody is waited for."""
    with ExitStack() as held:
        if uri.startswith(SQLITE):
            with suppress(OSError):
                file = held.enter_context(Path(f"{uri.removeprefix(SQLITE)}.lock").open("w"))
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def shown_address(uri: str) -> str:
    """A store's address as a reader would write it: relative to the current folder, and without a password."""
    here = f"{SQLITE}{Path.cwd().resolve()}/"
    return uri.removeprefix(here) if uri.startswith(here) else _PASSWORD.sub("//", uri)


def experiment_id(store: Store, name: str, description: str) -> str:
    """The experiment of a study, made with a description where it is new."""
    found = store.experiment(name)
    if found is not None:
        if found.lifecycle_stage != "active":
            raise StudyError(
                f'The experiment "{name}" was deleted in the tracking store: restore it, or rename the study.'
            )
        return str(found.experiment_id)
    tags = {"mlflow.note.content": description, "mlflow.experimentKind": "custom_model_development"}
    with store.answering(), _alone(store.uri):
        found = store.experiment(name)  # another call may have made it meanwhile
        return str(
            found.experiment_id if found else store.client.create_experiment(name, _artifacts(store, name), tags)
        )


def _artifacts(store: Store, name: str) -> str | None:
    """Where an experiment's files go: beside an SQLite file, below `var` for a database, and where a server says."""
    if store.is_server:
        return None
    beside = Path(store.uri.removeprefix(SQLITE)).parent if store.uri.startswith(SQLITE) else var_folder() / "mlflow"
    return (beside / "artifacts" / name).resolve().as_uri()
