"""What a run holds, and how it ends: open while its cell trains, never lost, never left running."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmarks.tracking import variant
from corpora.errors import EosunError
from experiments.cells import Cell, Prepared
from experiments.engine import cell_folder
from experiments.migrate import migrate
from experiments.record import params_of
from experiments.results import Results
from experiments.score import score
from experiments.served import add_models
from experiments.tracker import Tracker, end_stale
from experiments.tracking import Store, open_store
from tests.experiments.conftest import CONTEXT, TINY
from tests.experiments.stores import Server, store_in

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.xdist_group("tracking")


def test_tags_and_parameters_are_flat_and_keep_their_names(in_laboratory: Path) -> None:
    """Whoever filters by these names goes on finding what she found: take none away."""
    (run,) = open_store().runs("word_order", 'tags.model = "gru"')
    tags = {name for name in run.data.tags if not name.startswith("mlflow.")}
    assert tags == {
        "cell", "command", "condition", "corpus", "corpus_sha256", "corpus_source", "dataset_sha256", "design", "gate",
        "git", "invocation", "kind", "lang", "machine", "model", "order", "preset", "seed", "study", "unit", "versions",
    }  # fmt: skip
    params = run.data.params
    assert set(params) == {
        "task", "vocabulary", "fertility", "match", "tied", "readout", "perturbation_seed", "draws", "lower",
        "keep_final", "training.resets", "recency.characters",
        "sizes.embedding", "sizes.units", "training.epochs", "training.patience", "training.rows", "training.row",
        "training.learning_rate", "training.clip", "training.dropout", "training.piece_dropout",
        "training.weight_decay", "training.averaging", "training.schedule", "training.warmup", "training.keep", "training.consistency", "sample.train",
        "sample.valid", "sample.test", "sample.words", "sample.balanced", "recency.contexts", "recency.sentences",
        "recency.targets", "recency.run", "recency.sides", "recency.classes", "gate.margin", "train_order",
        "test_orders",
    }  # fmt: skip
    kinds = {name.partition("/")[0] for name in run.data.metrics if "/" in name}
    assert kinds == {"learning", "matrix", "order", "recency", "size", "system", "text", "time_constant"}
    assert {name for name in run.data.metrics if "/" not in name} == {
        "best_epoch", "byte_fallback", "compiling", "epochs", "margin_over_bigram", "margin_over_ngram_5", "measuring",
        "pieces_per_second", "steps", "test_sentences", "train_pieces", "train_sentences", "training",
        "training_steps", "valid_bits", "valid_bits.bigram", "valid_bits.ngram_5", "valid_bits.unigram",
        "valid_sentences", "validating", "vocabulary", "wall_s",
    }  # fmt: skip
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
    assert "numbered from 0 as its parameter `test_orders` lists them" in note
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
    found = pd.DataFrame(rows, columns=["measure", "x", "value"])
    other = found.assign(test_order="shuffle", value=99.0)
    pd.concat([found.assign(test_order="natural"), other]).to_parquet(tmp_path / "observations.parquet")
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


def test_two_calls_never_share_a_run_and_leave_one_of_a_cell(
    prepared: Prepared, gru: Cell, empty: Path, tmp_path: Path
) -> None:
    """Both find the same interrupted run: the first goes on with it, the second has one of its own, and when the first
    is done the second keeps that and gives its own up. An interrupt of the second leaves what is finished alone."""
    store = store_in(tmp_path, empty)
    with Tracker(store, prepared, CONTEXT) as before:
        begun = before.start(gru)
    with Tracker(store, prepared, CONTEXT) as first, Tracker(store, prepared, CONTEXT) as second:
        assert first.start(gru) == begun
        own = second.start(gru)
        assert own != begun
        assert first.finish(gru, cell_folder(gru)) == begun
        assert store.run(begun).info.status == "FINISHED"
        assert second.finish(gru, cell_folder(gru)) == begun
    assert [run.info.run_id for run in store.runs("word_order", status="")] == [begun]
    with Tracker(store, prepared, CONTEXT) as third:
        third.start(gru)
    assert store.run(begun).info.status == "FINISHED"


def test_a_store_that_was_moved_with_its_files_is_read_where_it_lies_now(
    prepared: Prepared, gru: Cell, empty: Path, tmp_path: Path
) -> None:
    (tmp_path / "old").mkdir()
    store = store_in(tmp_path / "old", empty)
    with Tracker(store, prepared, CONTEXT) as tracker:
        tracker.start(gru)
        run_id = tracker.finish(gru, cell_folder(gru))
    old = Path(store.uri.removeprefix("sqlite:///"))
    (tmp_path / "old").rename(tmp_path / "new")
    moved = open_store(f"sqlite:///{tmp_path / 'new' / old.relative_to(tmp_path / 'old')}")
    (tmp_path / "room").mkdir()
    found = moved.download(moved.run(run_id), "results.json", tmp_path / "room")
    assert found.read_bytes() == (cell_folder(gru) / "results.json").read_bytes()


def test_a_store_beside_which_nothing_can_be_written_is_opened_all_the_same(empty: Path, tmp_path: Path) -> None:
    (tmp_path / "mlflow.db.lock").mkdir()
    shutil.copy2(empty, tmp_path / "mlflow.db")
    assert open_store(f"sqlite:///{tmp_path / 'mlflow.db'}").runs("word_order", status="") == []


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


def test_why_a_cell_failed_is_not_lost_while_the_store_is_away(
    server: Server, prepared: Prepared, gru: Cell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.tracker.RETRIED_AFTER_S", 0.0)
    store, (begun, later) = open_store(server.uri), (variant(gru, 20), variant(gru, 22))
    with Tracker(store, prepared, CONTEXT) as tracker:
        ids = [tracker.start(begun)]
        server.shut()
        assert tracker.fail(later, "no room left on the disk") == ""
        tracker.fail(begun, "the loss is not a number")
        server.open()
    runs = {run.data.tags["cell"]: run for run in store.runs("word_order", status="")}
    assert runs[begun.sha256].info.run_id == ids[0]
    assert [runs[cell.sha256].info.status for cell in (begun, later)] == ["FAILED", "FAILED"]
    assert runs[begun.sha256].data.tags["failure"] == "the loss is not a number"
    assert runs[later.sha256].data.tags["failure"] == "no room left on the disk"


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


def test_what_the_store_refuses_holds_nothing_else_up(
    server: Server, prepared: Prepared, gru: Cell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three finished cells one has a parameter that its run has already, with another value."""
    folder, cells, store = cell_folder(gru), [variant(gru, number) for number in (10, 12, 14)], open_store(server.uri)
    tracker = Tracker(store, prepared, CONTEXT).__enter__()
    bad = tracker.start(cells[0])
    tracker._described.clear()

    def changed(cell: Cell) -> dict[str, str]:
        return {**params_of(cell), **({"tied": "perhaps"} if cell.sha256 == cells[0].sha256 else {})}

    monkeypatch.setattr("experiments.tracker.params_of", changed)
    assert tracker.finish(cells[0], folder) == ""
    assert all(tracker.finish(cell, folder) for cell in cells[1:])
    with pytest.raises(EosunError, match=r"not tracked yet: 1 cells.*refused them"):
        tracker.__exit__(None, None, None)
    assert store.run(bad).info.status == "RUNNING"


def test_parameters_are_those_that_the_network_was_trained_with(gru: Cell) -> None:
    study = {
        **gru.settings["study"], "vocabularies": [500, 1300], "vocabulary": 1300, "conditions": {},
        "tuned": {"ko/gru": {"training.learning_rate": 0.003}},
    }  # fmt: skip
    found = params_of(replace(gru, condition="pieces_500", settings={**gru.settings, "study": study}))
    assert (found["vocabulary"], found["training.learning_rate"]) == ("500", "0.003")


LOADED = """
import json, sys, mlflow, pandas
model = mlflow.pyfunc.load_model(f"runs:/{sys.argv[1]}/model")
given = pandas.DataFrame({"text": json.loads(sys.argv[2])}, index=[5, 6, 7])
print(json.dumps([str(model.metadata.signature), model.predict(given)["bits"].to_dict()]))
"""


def test_a_logged_model_scores_sentences_in_a_fresh_process(server: Server, prepared: Prepared, gru: Cell) -> None:
    """Over HTTP, knowing nothing but the run id; the bits are those of `eosun score`."""
    with Tracker(open_store(server.uri), prepared, CONTEXT, with_model=True) as tracker:
        run_id = tracker.finish(replace(gru, seed=77), cell_folder(gru))  # of which the server has no run yet
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


@pytest.mark.long
def test_models_are_added_where_there_are_none_and_move_with_their_runs(
    prepared: Prepared, gru: Cell, empty: Path, tmp_path: Path
) -> None:
    rooms = [tmp_path / name for name in ("here", "there")]
    for room in rooms:
        room.mkdir()
    store, target = (store_in(room, empty) for room in rooms)
    with Tracker(store, prepared, CONTEXT) as tracker:
        run_id = tracker.finish(gru, cell_folder(gru))
    assert add_models(store, [store.run(run_id)]) == 1
    assert add_models(store, [store.run(run_id)]) == 0, "it has one now"
    assert [one.moved for one in migrate(store, target, [])] == [1]
    (moved,) = target.runs("word_order")
    texts = ["학생은 책을 읽었다.", " ", "책을 학생은 읽었다."]
    told = [_loaded(where.uri, str(run), texts) for where, run in ((store, run_id), (target, moved.info.run_id))]
    assert told[0] == told[1]
    assert told[0]["5"] > 0


def _loaded(uri: str, run_id: str, texts: list[str]) -> dict[str, float]:
    """Bits of texts by a run's model, loaded in a process that knows nothing but the store and the run."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, run_id, json.dumps(texts)], cwd=ROOT, check=False, capture_output=True, text=True,
        env={**os.environ, "MLFLOW_TRACKING_URI": uri, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = dict(json.loads(done.stdout.splitlines()[-1])[1])
    return {line: bits for line, bits in found.items() if bits == bits}


@pytest.mark.long
def test_a_study_is_run_reported_and_reviewed_on_a_server(server: Server, tmp_path: Path) -> None:
    """By the commands that a user types, with nothing but the server's address."""
    around = {
        **os.environ, "MLFLOW_TRACKING_URI": server.uri, "EOSUN_VAR": str(tmp_path / "var"),
        "EOSUN_REPORTS": str(tmp_path / "reports"),
    }  # fmt: skip

    def eosun(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, str(ROOT / "eosun.py"), *words], env=around, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    settings = [word for setting in (*TINY, "models=[unigram, bigram]") for word in ("--set", setting)]
    given = ["learnability", "--lang", "ko", "--preset", "smoke", "--set", "train_orders=[natural]", *settings]
    assert "2 trained now, 0 already tracked" in eosun("run", *given)
    assert "0 trained now, 2 already tracked" in eosun("run", *given)
    assert len(open_store(server.uri).runs("learnability")) == 2
    assert "bits per sentence" in eosun("report", "learnability")
    page = (tmp_path / "reports" / "learnability" / "report.html").read_text(encoding="utf-8")
    assert f"{server.uri}/#/experiments/" in page
    assert "every byte follows" in eosun("report", "--verify", str(tmp_path / "reports" / "learnability"))
    assert f"{server.uri}/#/experiments/" in eosun("review", "learnability")
