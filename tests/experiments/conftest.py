"""A tiny study on the generated grammar, run once a session, so that many tests can look at one real result."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks.tracking import fill, variant
from experiments.cells import Cell, Prepared, plan, prepare
from experiments.engine import cell_folder
from experiments.migrate import migrate
from experiments.study import load_study
from experiments.tracker import Tracker
from experiments.tracking import Store, open_store
from tests.experiments.stores import PostgreSQL, Server, store_in

TINY = (
    "sample.train=400", "sample.valid=60", "sample.test=60", "training.epochs=2", "training.rows=8",
    "sizes.embedding=32", "sizes.units=64", "recency.sentences=20", "corpus_options.pairs=1500", "vocabulary=900",
    "gate.margin=0", "draws=2",
)  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """TensorFlow as a cell has it, before any test makes it work."""
    from experiments.trainer import fix_runtime

    fix_runtime()


@pytest.fixture(scope="session")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A `var` folder with a tracked tiny run of word_order in Korean: unigram, bigram and one gru of one seed."""
    folder = tmp_path_factory.mktemp("laboratory")
    before = {name: os.environ.get(name) for name in ("EOSUN_VAR", "MLFLOW_TRACKING_URI")}
    os.environ["EOSUN_VAR"] = str(folder)
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    from experiments.runner import run_study
    from experiments.study import load_study

    study = load_study("word_order", preset="smoke", settings=[*TINY, "models=[unigram, bigram, gru]"])
    outcome = run_study(study, ("ko",), preset="smoke", workers=1, command="eosun run word_order --lang ko")
    assert not outcome.failures
    yield folder
    for name, value in before.items():
        os.environ.pop(name, None) if value is None else os.environ.update({name: value})


@pytest.fixture
def in_laboratory(laboratory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EOSUN_VAR", str(laboratory))
    return laboratory


CONTEXT = {"preset": "smoke", "corpus_source": "grammar", "command": "eosun run word_order"}
MADE = 12
"""Finished runs of the store below."""


@pytest.fixture
def prepared(in_laboratory: Path) -> Prepared:
    settings = [*TINY, "models=[unigram, bigram, gru]"]
    return prepare(load_study("word_order", preset="smoke", settings=settings), ("ko",))


@pytest.fixture
def gru(prepared: Prepared) -> Cell:
    return plan(prepared, ("ko",))[2]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("server"))
    yield made
    made.stop()


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite store with its tables and nothing in them."""
    path = tmp_path_factory.mktemp("empty") / "mlflow.db"
    open_store(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def store(laboratory: Path, empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store of runs that differ: two languages, five networks, seeds, flags, one that failed, one interrupted and one
    that runs."""
    os.environ["EOSUN_VAR"] = str(laboratory)
    room = tmp_path_factory.mktemp("store")
    prepared = prepare(load_study("word_order", preset="smoke", settings=[*TINY, "models=[gru]"]), ("ko",))
    (cell,) = plan(prepared, ("ko",))
    made = store_in(room, empty)
    for _ in fill(made, prepared, cell, cell_folder(cell), MADE, room):
        pass
    with Tracker(made, prepared, CONTEXT) as tracker:
        tracker.fail(variant(cell, 0), "a planted failure")
        tracker.start(variant(cell, 2))
    running = Tracker(made, prepared, CONTEXT).__enter__()
    running.start(variant(cell, 4))
    yield made
    running.__exit__(None, None, None)


@pytest.fixture(scope="session")
def elsewhere(
    server: Server, store: Store, empty: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Store]]:
    """The same runs where they were made, and moved: to another SQLite file, to a server over HTTP, and to PostgreSQL
    where this machine has it."""
    stores = {"sqlite": store_in(tmp_path_factory.mktemp("moved"), empty), "http": open_store(server.uri)}
    with ExitStack() as room:
        if PostgreSQL.BINARIES.is_dir() and importlib.util.find_spec("psycopg"):
            database = PostgreSQL()
            room.callback(database.stop)
            stores["postgresql"] = open_store(database.uri)
        for target in stores.values():
            assert [(one.study, one.moved) for one in migrate(store, target, [])] == [("word_order", MADE + 2)]
        yield {"made": store, **stores}
