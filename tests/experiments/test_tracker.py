"""What a run holds, how it ends, and what a reviewer's filters find: in SQLite and over HTTP alike."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from mlflow.entities import Run

from benchmarks.tracking import fill, variant
from corpora.errors import EosunError
from experiments.cells import Cell, Prepared, plan, prepare
from experiments.engine import cell_folder
from experiments.export import export
from experiments.migrate import migrate
from experiments.results import Results
from experiments.review import Question, pages, questions
from experiments.score import score
from experiments.study import Study, load_study
from experiments.tracker import Invocation, Tracker, end_stale
from experiments.tracking import Store, open_store
from tests.experiments.conftest import TINY

ROOT = Path(__file__).parent.parent.parent
CONTEXT = {"preset": "smoke", "corpus_source": "grammar", "command": "eosun run word_order"}
MADE = 12


@pytest.fixture
def study() -> Study:
    return load_study("word_order", preset="smoke", settings=[*TINY, "models=[unigram, bigram, gru]"])


@pytest.fixture
def prepared(study: Study, in_laboratory: Path) -> Prepared:
    return prepare(study, ("ko",))


@pytest.fixture
def gru(prepared: Prepared) -> Cell:
    return plan(prepared, ("ko",))[2]


class Server:
    """An MLflow tracking server that also keeps the files, behind a door that can be shut."""

    def __init__(self, room: Path) -> None:
        self.port, behind = _free_port(), _free_port()
        command = [
            sys.executable, "-m", "mlflow", "server", "--backend-store-uri", f"sqlite:///{room}/server.db",
            "--serve-artifacts", "--artifacts-destination", str(room / "files"), "--host", "127.0.0.1",
            "--port", str(behind), "--workers", "1",
        ]  # fmt: skip
        around = {**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
        self.process = subprocess.Popen(
            command, env=around, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        self.behind, self._door = behind, socket.socket()
        self._callers: list[socket.socket] = []
        for _ in range(300):
            with suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{behind}/health", timeout=1).close()
                break
            time.sleep(0.2)
        self.open()

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self) -> None:
        self._door = socket.socket()
        self._door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._door.bind(("127.0.0.1", self.port))
        self._door.listen(20)
        threading.Thread(target=self._receive, args=(self._door,), daemon=True).start()

    def shut(self) -> None:
        """From now on connections are refused, and those that are open are cut."""
        for line in (self._door, *self._callers):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self._door.close()

    def _receive(self, door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                caller = door.accept()[0]
                self._callers.append(caller)
                threading.Thread(target=_pass_on, args=(caller, self.behind), daemon=True).start()


def _pass_on(caller: socket.socket, port: int) -> None:
    with caller, socket.create_connection(("127.0.0.1", port)) as server, suppress(OSError):
        while True:
            for ready in select.select([caller, server], [], [])[0]:
                part = ready.recv(65536)
                if not part:
                    return
                (server if ready is caller else caller).sendall(part)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("server"))
    yield made
    os.killpg(made.process.pid, 15)
    made.process.wait(20)


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite store with its tables and nothing in them: making them takes seconds."""
    path = tmp_path_factory.mktemp("empty") / "mlflow.db"
    open_store(f"sqlite:///{path}")
    return path


def store_in(room: Path, empty: Path) -> Store:
    """A new store in a folder."""
    (room / "mlflow.db").write_bytes(empty.read_bytes())
    return open_store(f"sqlite:///{room}/mlflow.db")


@pytest.fixture(scope="module")
def store(laboratory: Path, empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store of runs that differ: two languages, five networks, seeds, flags, one that failed and one interrupted."""
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
    return made


def test_tags_and_parameters_are_flat_and_keep_their_names(in_laboratory: Path) -> None:
    """Whoever filters by these names goes on finding what she found: take none away."""
    (run,) = open_store().runs("word_order", 'tags.model = "gru"')
    tags = {name for name in run.data.tags if not name.startswith("mlflow.")}
    assert tags == {
        "cell", "command", "condition", "corpus", "corpus_sha256", "corpus_source", "dataset_sha256", "design", "gate",
        "git", "invocation", "kind", "lang", "machine", "model", "order", "preset", "seed", "study", "unit", "versions",
    }  # fmt: skip
    params = run.data.params
    assert {name: params[name] for name in ("tied", "lower", "draws", "sizes.units", "training.learning_rate",
                                            "training.dropout", "test_orders")} == {
        "tied": "true", "lower": "true", "draws": "2", "sizes.units": "64", "training.learning_rate": "0.01",
        "training.dropout": "0.1", "test_orders": "natural,reverse,local_3,shuffle",
    }  # fmt: skip
    assert all("{" not in value and "None" not in value for value in params.values())


def test_charts_hold_curves_and_the_row_of_a_matrix(in_laboratory: Path) -> None:
    store = open_store()
    (run,) = store.runs("word_order", 'tags.model = "gru"')
    row = store.client.get_metric_history(run.info.run_id, "matrix/bits_per_sentence")
    orders = run.data.params["test_orders"].split(",")
    assert [point.step for point in row] == [0, 1, 2, 3]
    assert [point.value for point in row] == [
        run.data.metrics[f"order/bits_per_sentence.{order}"] for order in orders
    ]  # fmt: skip
    note = store.experiment("word_order").tags["mlflow.note.content"]  # type: ignore[union-attr]
    assert "0 natural, 1 reverse, 2 local_3, 3 shuffle" in note
    assert "docs/method.md" in note


def test_a_table_can_be_read_without_its_file(in_laboratory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store.uri)
    (run,) = store.runs("word_order", 'tags.model = "gru"')
    table = store.client.load_table(str(run.info.experiment_id), "tables/orders.json", [run.info.run_id])
    bits = dict(zip(table["test_order"], table["bits_per_sentence"], strict=True))
    assert bits == {order: pytest.approx(run.data.metrics[f"order/bits_per_sentence.{order}"]) for order in bits}
    assert list(bits) == run.data.params["test_orders"].split(",")


def test_a_run_knows_its_dataset_and_what_it_took(in_laboratory: Path, prepared: Prepared) -> None:
    (run,) = open_store().runs("word_order", 'tags.model = "gru"')
    (given,) = run.inputs.dataset_inputs
    whole = prepared.datasets["ko/eojeol"]
    assert run.data.tags["dataset_sha256"] == whole.sha256
    assert given.dataset.digest == whole.sha256[:32]
    assert json.loads(given.dataset.profile)["pieces"] == len(whole.ids)
    assert json.loads(given.dataset.source) == {"tags": {"corpus": "grammar"}}
    took = run.data.metrics
    assert 0 < took["system/cpu_seconds"] < 1.2 * took["wall_s"], "one thread"
    assert 200 < took["system/peak_memory_megabytes"] < 8000


def test_text_from_elsewhere_names_its_address(gru: Cell, prepared: Prepared) -> None:
    from dataclasses import replace

    from experiments.record import dataset_of

    settings = {**gru.settings, "study": {**gru.settings["study"], "corpus": "massive"}}
    given = dataset_of(replace(gru, settings=settings), prepared.datasets["ko/eojeol"])
    assert given.dataset.source_type == "http"
    assert "amazon-massive-dataset" in json.loads(given.dataset.source)["url"]


def test_recency_profiles_are_bits_a_target(tmp_path: Path) -> None:
    """Two sentences of 3 and 1 targets: sums over both, over 4; what an edit costs is counted from the whole past."""
    rows = [
        ("targets", 0, 3.0), ("targets", 0, 1.0), ("context", 1, 20.0), ("context", 1, 4.0), ("context", 2, 12.0),
        ("context", 2, 4.0), ("whole", 0, 10.0), ("whole", 0, 2.0), ("erased", 1, 13.0), ("erased", 1, 3.0),
        ("unshuffled", 0, 10.0), ("unshuffled", 0, 4.0), ("shuffled_beyond", 2, 15.0), ("shuffled_beyond", 2, 1.0),
        ("gradient", 1, 0.5), ("gradient", 1, 0.1),
    ]  # fmt: skip
    pd.DataFrame(rows, columns=["measure", "x", "value"]).to_parquet(tmp_path / "observations.parquet")
    curves = Results(
        tmp_path, {"curves": {}, "metrics": {}, "cell": {"settings": {"study": {"test_orders": []}}}}
    ).curves()
    assert curves["recency/context"] == [(1, 6.0), (2, 4.0)]
    assert curves["recency/erased"] == [(1, 1.0)]
    assert curves["recency/shuffled_beyond"] == [(2, 0.5)]
    assert curves["recency/gradient"] == [(1, pytest.approx(0.3))]


def test_a_failure_is_a_failed_run_with_its_reason(store: Store) -> None:
    (run,) = store.runs("word_order", status='attributes.status = "FAILED"')
    assert run.data.tags["failure"] == "a planted failure"
    assert "a planted failure" in run.data.tags["mlflow.note.content"]
    assert run.data.params["sizes.units"] == "64"
    assert run.info.run_id not in {other.info.run_id for other in store.runs("word_order")}


def test_a_run_left_open_is_ended_unless_its_call_lives(
    prepared: Prepared, gru: Cell, empty: Path, tmp_path: Path
) -> None:
    store = store_in(tmp_path, empty)
    living, dead = Tracker(store, prepared, CONTEXT), Tracker(store, prepared, CONTEXT)
    with living:
        dead.__enter__()
        ids = [living.start(gru), dead.start(variant(gru, 0))]
        dead.invocation._file.close()  # as the system does when a process ends
        assert end_stale(store, "word_order") == 1
        assert [store.run(one).info.status for one in ids] == ["RUNNING", "KILLED"]
        assert end_stale(store, "word_order") == 0
    assert store.run(ids[0]).info.status == "KILLED"
    with Tracker(store, prepared, CONTEXT) as again:
        assert again.start(gru) == ids[0], "the same run goes on"
        assert again.finish(gru, cell_folder(gru)) == ids[0]
    assert store.run(ids[0]).info.status == "FINISHED"
    Invocation().end()


def test_a_foreign_run_is_left_alone_for_a_day(prepared: Prepared, gru: Cell, empty: Path, tmp_path: Path) -> None:
    from mlflow.entities import RunTag

    store = store_in(tmp_path, empty)
    tracker = Tracker(store, prepared, CONTEXT).__enter__()
    run_id = tracker.start(gru)
    tracker.invocation.end()  # no file here: as a run of another machine
    assert end_stale(store, "word_order") == 0
    store.client.log_batch(run_id, tags=[RunTag("seen", "2026-01-01T00:00:00+00:00")])
    assert end_stale(store, "word_order") == 1


def test_a_cell_that_finishes_while_the_store_is_away_is_not_lost(
    server: Server, prepared: Prepared, gru: Cell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.tracker.RETRIED_AFTER_S", 0.0)
    store = open_store(server.uri)
    tracker = Tracker(store, prepared, CONTEXT).__enter__()
    begun = tracker.start(gru)
    server.shut()
    assert tracker.finish(gru, cell_folder(gru)) == ""
    with pytest.raises(EosunError, match=r"not tracked yet: 1 cells.*does not answer.*same command"):
        tracker.__exit__(None, None, None)
    server.open()
    assert store.run(begun).info.status == "RUNNING"
    with Tracker(store, prepared, CONTEXT) as tracker:
        assert tracker.finish(gru, cell_folder(gru)) == begun
    run = store.run(begun)
    assert run.info.status == "FINISHED"
    assert len(store.client.get_metric_history(begun, "recency/bits_per_sentence")) == 5


def test_a_store_that_comes_back_gets_what_it_missed(
    server: Server, prepared: Prepared, gru: Cell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.tracker.RETRIED_AFTER_S", 0.0)
    folder, (first, second) = cell_folder(gru), (variant(gru, 0), variant(gru, 2))
    with Tracker(open_store(server.uri), prepared, CONTEXT) as tracker:
        server.shut()
        assert tracker.finish(first, folder) == ""
        server.open()
        assert tracker.finish(second, folder)
    found = {run.data.tags["cell"] for run in open_store(server.uri).runs("word_order")}
    assert {first.sha256, second.sha256} <= found


@pytest.fixture(scope="module")
def elsewhere(server: Server, store: Store, empty: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Store]:
    """The same runs in SQLite, moved to another SQLite file, and moved to a server over HTTP."""
    room = tmp_path_factory.mktemp("moved")
    file, remote = store_in(room, empty), open_store(server.uri)
    assert [(one.moved, one.there) for one in migrate(store, file, [])] == [(MADE + 2, 0)]
    assert migrate(store, remote, ["word_order"])[0].moved == MADE + 2
    return {"sqlite": store, "sqlite moved": file, "http": remote}


ANSWERS: dict[str, Callable[[Run, Question], bool]] = {
    "one language (ko)": lambda run, _: run.data.tags["lang"] == "ko",
    "one model": lambda run, q: run.data.tags["model"] == q.filter.split('"')[1],
    "one language and": lambda run, q: [run.data.tags["lang"], run.data.tags["model"]] == q.filter.split('"')[1::2],
    "networks only": lambda run, _: run.info.status == "FINISHED",
    "runs that passed": lambda run, _: run.data.tags.get("gate") == "passed",
    "flagged runs": lambda run, _: run.data.tags.get("gate", "").startswith("flagged"),
    "the newest call": lambda run, _: run.info.status != "FINISHED",
    "one design": lambda run, q: run.data.tags["design"] == q.filter.split('"')[1],
    "one seed": lambda run, _: run.data.tags["seed"] == "0",
    "failed runs": lambda run, _: "failure" in run.data.tags,
    "interrupted runs": lambda run, _: run.info.status == "KILLED",
    "what runs now": lambda run, _: False,
    "what loses": lambda run, q: run.data.metrics.get(q.filter.split("`")[1], -1e9) > float(q.filter.split()[-1]),
    "the slower half": lambda run, q: run.data.metrics.get("wall_s", -1) >= float(q.filter.split()[-1]),
    "the half that": lambda run, q: run.data.metrics.get("system/peak_memory_megabytes", -1) >= float(q.filter.split()[-1]),
}  # fmt: skip


@pytest.mark.parametrize("where", ["sqlite", "sqlite moved", "http"])
def test_every_filter_finds_what_it_says(where: str, elsewhere: dict[str, Store]) -> None:
    store = elsewhere[where]
    own = {str(run.info.run_id) for run in elsewhere["sqlite"].runs("word_order", status="")}
    runs = [
        run for run in store.runs("word_order", status="")
        if run.data.tags.get("source_run_id", run.info.run_id) in own
    ]  # fmt: skip
    assert len(runs) == MADE + 2
    asked = questions(elsewhere["sqlite"].runs("word_order", status=""))
    assert len(asked) >= 15
    kinds = set()
    for question in asked:
        (kind,) = [kind for kind in ANSWERS if question.asked.startswith(kind)]
        kinds.add(kind)
        (experiment,) = {run.info.experiment_id for run in runs}
        found = store.client.search_runs([experiment], question.filter, order_by=[question.order_by])
        ids = {run.info.run_id for run in found} & {run.info.run_id for run in runs}
        assert ids == {run.info.run_id for run in runs if ANSWERS[kind](run, question)}, question
        assert bool(ids) != (kind == "what runs now"), question
        if question.order_by.startswith("metrics."):
            column = question.order_by.split("`")[1]
            values = [run.data.metrics[column] for run in found]
            assert values == sorted(values, reverse=True)
    assert kinds == ANSWERS.keys()


def test_a_moved_run_is_the_same_run(elsewhere: dict[str, Store]) -> None:
    before = elsewhere["sqlite"].runs("word_order")[3]
    for where in ("sqlite moved", "http"):
        store = elsewhere[where]
        (after,) = store.runs("word_order", f"tags.source_run_id = '{before.info.run_id}'")
        assert after.data.metrics == before.data.metrics
        assert after.data.params == before.data.params
        assert {**before.data.tags, "source_run_id": before.info.run_id} == after.data.tags
        assert (after.info.start_time, after.info.end_time) == (before.info.start_time, before.info.end_time)
        assert after.inputs.dataset_inputs[0].dataset.digest == before.inputs.dataset_inputs[0].dataset.digest
        for name in ("learning/valid_bits", "recency/bits_per_sentence", "matrix/bits_per_sentence"):
            curves = [
                [(p.step, p.value, p.timestamp) for p in s.client.get_metric_history(run.info.run_id, name)]
                for s, run in ((elsewhere["sqlite"], before), (store, after))
            ]
            assert curves[0] == curves[1]
        assert after.info.artifact_uri.startswith("file:" if where == "sqlite moved" else "mlflow-artifacts:")


def test_moving_again_moves_nothing_and_moving_back_neither(elsewhere: dict[str, Store]) -> None:
    assert [one.moved for one in migrate(elsewhere["sqlite"], elsewhere["http"], ["word_order"])] == [0]
    assert [one.moved for one in migrate(elsewhere["sqlite moved"], elsewhere["sqlite"], [])] == [0]
    assert [one.moved for one in migrate(elsewhere["sqlite moved"], elsewhere["http"], [])] == [0]


def test_what_is_exported_after_a_move_is_what_was_exported_before(elsewhere: dict[str, Store]) -> None:
    (design,) = {run.data.tags["design"] for run in elsewhere["sqlite"].runs("word_order")}
    whole = {where: export("word_order", design, store) for where, store in elsewhere.items()}
    first = whole["sqlite"]
    names = {run.info.run_id: run.info.run_id for run in elsewhere["sqlite"].runs("word_order")}
    for where, store in list(elsewhere.items())[1:]:
        was = {run.info.run_id: run.data.tags.get("source_run_id", "") for run in store.runs("word_order")}
        then, now = first.observations, whole[where].observations
        now = now.assign(run_id=now["run_id"].map(was))
        pd.testing.assert_frame_equal(now, then.assign(run_id=then["run_id"].map(names)))


def test_a_half_copied_run_is_copied_again(
    store: Store, empty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = store_in(tmp_path, empty)
    monkeypatch.setattr("experiments.migrate._history", lambda *_: (_ for _ in ()).throw(OSError("the line is cut")))
    with pytest.raises(EosunError, match="does not answer: the line is cut"):
        migrate(store, target, [])
    monkeypatch.undo()
    assert migrate(store, target, [])[0].moved == MADE + 2
    assert len(target.runs("word_order", status="")) == MADE + 2


def test_addresses_lead_to_the_study(store: Store) -> None:
    runs = store.runs("word_order", status="")
    found = pages("http://127.0.0.1:5000/", "7", runs, questions(runs)[0])
    assert found.runs.startswith("http://127.0.0.1:5000/#/experiments/7/runs?searchFilter=tags.lang%20%3D%20%22ko%22&")
    assert "compareRunsMode=CHART" in found.charts
    assert found.compare.count("%22%2C%22") == 5, "six runs"


LOADED = """
import json, sys, mlflow, pandas
model = mlflow.pyfunc.load_model(f"runs:/{sys.argv[1]}/model")
given = pandas.DataFrame({"text": json.loads(sys.argv[2])}, index=[5, 6, 7])
print(json.dumps([str(model.metadata.signature), model.predict(given)["bits"].to_dict()]))
"""


def test_a_logged_model_scores_sentences_in_a_fresh_process(server: Server, prepared: Prepared, gru: Cell) -> None:
    """Over HTTP, knowing nothing but the run id; the bits are those of `eosun score`."""
    (folder,) = (cell_folder(gru),)
    with Tracker(open_store(server.uri), prepared, CONTEXT, with_model=True) as tracker:
        run_id = tracker.finish(gru, folder)
    texts = ["학생은 책을 읽었다.", " ", "책을 학생은 읽었다."]
    done = subprocess.run(
        [sys.executable, "-c", LOADED, run_id, json.dumps(texts)], cwd=ROOT, check=False, capture_output=True, text=True,
        env={**os.environ, "MLFLOW_TRACKING_URI": server.uri, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    signature, bits = json.loads(done.stdout.splitlines()[-1])
    assert "['text': string (required)]" in signature
    assert "['bits': double (required)]" in signature
    (run,) = open_store().runs("word_order", 'tags.model = "gru"')
    whole = score(str(run.info.run_id), texts)
    expected: Any = whole[whole["position"] == -1].set_index("line")["bits"]
    np.testing.assert_allclose([bits["5"], bits["7"]], expected.to_numpy(), rtol=1e-9)
    assert np.isnan(bits["6"]), "blank text has no bits"
