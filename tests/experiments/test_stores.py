"""Filters, moves and reports in every kind of store: SQLite, a server over HTTP, PostgreSQL where it is at hand."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from mlflow.entities import Run

from corpora.errors import EosunError
from experiments.export import export
from experiments.migrate import migrate
from experiments.review import Question, pages, questions
from experiments.tracker import end_stale
from experiments.tracking import Store, open_store
from tests.experiments.conftest import MADE
from tests.experiments.stores import store_in

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.xdist_group("tracking")


def there(elsewhere: dict[str, Store], where: str) -> Store:
    if where not in elsewhere:
        pytest.skip("no PostgreSQL server, or no psycopg: apt-get install postgresql, make postgresql")
    return elsewhere[where]


ANSWERS: dict[str, Callable[[Run, Question], bool]] = {
    "one language (ko)": lambda run, _: run.data.tags["lang"] == "ko",
    "one model": lambda run, q: run.data.tags["model"] == q.filter.split('"')[1],
    "one language and": lambda run, q: [run.data.tags["lang"], run.data.tags["model"]] == q.filter.split('"')[1::2],
    "networks only": lambda run, _: run.info.status == "FINISHED",
    "runs that passed": lambda run, _: run.data.tags.get("gate") == "passed",
    "flagged runs": lambda run, _: run.data.tags.get("gate", "").startswith("flagged"),
    "the newest call": lambda run, _: run.info.status == "RUNNING",
    "one design": lambda run, q: run.data.tags["design"] == q.filter.split('"')[1],
    "one seed": lambda run, _: run.data.tags["seed"] == "0",
    "failed runs": lambda run, _: "failure" in run.data.tags,
    "interrupted runs": lambda run, _: run.info.status == "KILLED",
    "what runs now": lambda run, _: run.info.status == "RUNNING",
    "what loses": lambda run, q: run.data.metrics.get(q.filter.split("`")[1], -1e9) > float(q.filter.split()[-1]),
    "the slower half": lambda run, q: run.data.metrics.get("wall_s", -1) >= float(q.filter.split()[-1]),
    "the half that": lambda run, q: run.data.metrics.get("system/peak_memory_megabytes", -1) >= float(q.filter.split()[-1]),
}  # fmt: skip


@pytest.mark.parametrize("where", ["made", "sqlite", "http", "postgresql"])
def test_every_filter_finds_what_it_says(where: str, elsewhere: dict[str, Store]) -> None:
    store = there(elsewhere, where)
    own = {str(run.info.run_id) for run in elsewhere["made"].runs("word_order", status="")}
    runs = [
        run for run in store.runs("word_order", status="")
        if run.data.tags.get("source_run_id", run.info.run_id) in own
    ]  # fmt: skip
    assert len(runs) == MADE + 2 + (where == "made"), "what still runs is not moved"
    asked = questions(elsewhere["made"].runs("word_order", status=""))
    assert len(asked) >= 15
    kinds = set()
    for question in asked:
        (kind,) = [kind for kind in ANSWERS if question.asked.startswith(kind)]
        kinds.add(kind)
        (experiment,) = {run.info.experiment_id for run in runs}
        found = store.client.search_runs([experiment], question.filter, order_by=[question.order_by])
        ids = {run.info.run_id for run in found} & {run.info.run_id for run in runs}
        assert ids == {run.info.run_id for run in runs if ANSWERS[kind](run, question)}, question
        assert bool(ids) != (kind in ("what runs now", "the newest call") and where != "made"), question
        if question.order_by.startswith("metrics."):
            column = question.order_by.split("`")[1]
            values = [run.data.metrics[column] for run in found]
            assert values == sorted(values, reverse=True)
    assert kinds == ANSWERS.keys()


@pytest.mark.parametrize("where", ["sqlite", "http", "postgresql"])
def test_a_moved_run_is_the_same_run(where: str, elsewhere: dict[str, Store]) -> None:
    store, before = there(elsewhere, where), elsewhere["made"].runs("word_order")[3]
    (after,) = store.runs("word_order", f"tags.source_run_id = '{before.info.run_id}'")
    assert after.data.metrics == before.data.metrics
    assert after.data.params == before.data.params
    assert {**before.data.tags, "source_run_id": before.info.run_id} == after.data.tags
    assert (after.info.start_time, after.info.end_time) == (before.info.start_time, before.info.end_time)
    assert after.inputs.dataset_inputs[0].dataset.digest == before.inputs.dataset_inputs[0].dataset.digest
    for name in ("learning/valid_bits", "recency/bits_per_sentence", "matrix/bits_per_sentence"):
        curves = [
            [(p.step, p.value, p.timestamp) for p in s.client.get_metric_history(run.info.run_id, name)]
            for s, run in ((elsewhere["made"], before), (store, after))
        ]
        assert curves[0] == curves[1]
    assert after.info.artifact_uri.startswith("mlflow-artifacts:" if where == "http" else "file:")


def test_moving_again_moves_nothing_and_moving_back_neither(elsewhere: dict[str, Store]) -> None:
    for source, target in (("made", "http"), ("sqlite", "made"), ("sqlite", "http")):
        assert [one.moved for one in migrate(elsewhere[source], elsewhere[target], [])] == [0]


def test_what_is_exported_after_a_move_is_what_was_exported_before(elsewhere: dict[str, Store]) -> None:
    (design,) = {run.data.tags["design"] for run in elsewhere["made"].runs("word_order")}
    whole = {where: export("word_order", design, store) for where, store in elsewhere.items()}
    first = whole["made"]
    names = {run.info.run_id: run.info.run_id for run in elsewhere["made"].runs("word_order")}
    for where, store in list(elsewhere.items())[1:]:
        was = {run.info.run_id: run.data.tags.get("source_run_id", "") for run in store.runs("word_order")}
        then, now = first.observations, whole[where].observations
        now = now.assign(run_id=now["run_id"].astype(str).map(was))
        pd.testing.assert_frame_equal(now, then.assign(run_id=then["run_id"].astype(str).map(names)))


def test_a_half_copied_run_is_copied_again(
    store: Store, empty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = store_in(tmp_path, empty)
    monkeypatch.setattr("experiments.migrate._history", lambda *_: (_ for _ in ()).throw(OSError("the line is cut")))
    with pytest.raises(EosunError, match="does not answer: the line is cut"):
        migrate(store, target, [])
    monkeypatch.undo()
    assert end_stale(target, "word_order") == 0, "who copies a run ends it"
    assert migrate(store, target, [])[0].moved == MADE + 2
    assert len(target.runs("word_order", status="")) == MADE + 2
    assert not any("moving" in run.data.tags for run in target.runs("word_order", status=""))


def test_a_moved_run_that_goes_on_in_its_new_store_is_left_alone(store: Store, empty: Path, tmp_path: Path) -> None:
    target = store_in(tmp_path, empty)
    migrate(store, target, [])
    run, *_ = target.runs("word_order")
    target.client.update_run(run.info.run_id, status="RUNNING")
    assert [one.moved for one in migrate(store, target, [])] == [0]
    assert target.run(run.info.run_id).info.lifecycle_stage == "active"


def test_addresses_lead_to_the_study(store: Store) -> None:
    runs = store.runs("word_order", status="")
    found = pages("http://127.0.0.1:5000/", "7", runs, questions(runs)[0])
    assert found.runs.startswith("http://127.0.0.1:5000/#/experiments/7/runs?searchFilter=tags.lang%20%3D%20%22ko%22&")
    assert "compareRunsMode=CHART" in found.charts
    for address in (found.compare, *found.curves.values()):
        assert address.count("%22%2C%22") == 5, "six runs"
    assert list(found.curves) == ["recency/bits_per_sentence", "matrix/bits_per_sentence", "learning/valid_bits"]


@pytest.mark.long
def test_a_report_is_built_from_a_store_that_runs_moved_to(in_laboratory: Path, empty: Path, tmp_path: Path) -> None:
    """By the command, from the default store to another SQLite file."""
    target = store_in(tmp_path, empty)
    around = {**os.environ, "EOSUN_REPORTS": str(tmp_path / "reports")}

    def eosun(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / "eosun.py"), *words]
        return subprocess.run(command, env=around | more, cwd=ROOT, capture_output=True, text=True, check=False)

    done = eosun("track", "migrate", "--to", target.uri)
    assert done.returncode == 0, done.stderr
    assert "word_order: 3 runs moved" in done.stdout
    built = eosun("report", "word_order", MLFLOW_TRACKING_URI=target.uri)
    assert built.returncode == 0, built.stderr
    page = (tmp_path / "reports" / "word_order" / "report.html").read_text(encoding="utf-8")
    assert all(str(run.info.run_id) in page for run in target.runs("word_order"))


def test_moving_to_itself_is_refused(in_laboratory: Path) -> None:
    from typer.testing import CliRunner

    from experiments.tracking_cli import app

    done = CliRunner().invoke(app, ["track", "migrate", "--to", open_store().uri])
    assert isinstance(done.exception, EosunError)
    assert "name another one" in str(done.exception)


def test_a_port_that_is_in_use_is_said_before_anything_starts(in_laboratory: Path) -> None:
    import socket

    from typer.testing import CliRunner

    from experiments.tracking_cli import app

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        for words in (["ui"], ["review", "word_order", "--open"]):
            done = CliRunner().invoke(app, [*words, "--port", str(port)])
            assert isinstance(done.exception, EosunError)
            assert f"Port {port} is in use" in str(done.exception)


@pytest.mark.skipif(importlib.util.find_spec("psycopg") is not None, reason="the driver is there")
def test_a_database_without_its_driver_says_what_to_install() -> None:
    with pytest.raises(EosunError, match=r"needs the Python package psycopg: make postgresql") as caught:
        open_store("postgresql://eosun:secret@127.0.0.1:9/eosun")
    assert "secret" not in str(caught.value)
