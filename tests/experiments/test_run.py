"""A real study, run, tracked, exported, scored and run again."""

from __future__ import annotations

from pathlib import Path
from queue import Queue

import numpy as np
import pandas as pd
import pytest

from corpora.errors import EosunError
from experiments import engine
from experiments.cells import Cell, Prepared, plan, prepare
from experiments.engine import cell_folder, run_cells
from experiments.export import OBSERVATION_COLUMNS, Export, export
from experiments.material import audits_of, material_of
from experiments.reproduce import reproduce
from experiments.runner import run_study
from experiments.score import score
from experiments.study import load_study
from experiments.tracking import open_store
from tests.experiments.conftest import TINY


@pytest.fixture
def exported(in_laboratory: Path) -> Export:
    return export("word_order")


def values(found: Export, model: str, order: str) -> pd.Series:
    rows = found.observations
    chosen = rows[(rows["model"] == model) & (rows["test_order"] == order) & (rows["measure"] == "surprisal")]
    return chosen.groupby("sentence_id")["value"].mean()


def test_the_long_table_has_a_row_an_observation(exported: Export) -> None:
    rows = exported.observations
    assert list(rows.columns) == OBSERVATION_COLUMNS
    assert not rows.duplicated(["run_id", "test_order", "sentence_id", "measure", "x"]).any()
    per_model = rows[rows["measure"] == "surprisal"].groupby("model").size()
    assert set(per_model) == {60 * (1 + 1 + 2 + 2)}, "random orders have two draws, the others one"
    assert set(exported.runs["model"]) == {"unigram", "bigram", "gru"}


def test_order_is_nothing_to_a_unigram_and_something_to_the_others(exported: Export) -> None:
    for order in ("reverse", "local_3", "shuffle"):
        np.testing.assert_allclose(values(exported, "unigram", order), values(exported, "unigram", "natural"))
    for model in ("bigram", "gru"):
        natural, local, shuffled = (
            values(exported, model, order).mean() for order in ("natural", "local_3", "shuffle")
        )
        assert natural < local < shuffled


def test_a_long_enough_context_is_the_whole_past(exported: Export) -> None:
    rows = exported.observations
    gru = rows[(rows["model"] == "gru") & (rows["measure"] == "truncation")]
    longest = gru[gru["x"] == gru["x"].max()].set_index("sentence_id")["value"]
    facts = exported.sentences.set_index("sentence_id")
    short = [name for name in longest.index if facts.loc[name, "n_units"] <= 16]
    assert short
    np.testing.assert_allclose(longest[short], values(exported, "gru", "natural")[short], rtol=1e-6)


def test_a_second_call_trains_nothing(in_laboratory: Path) -> None:
    study = load_study("word_order", preset="smoke", settings=[*TINY, "models=[unigram, bigram, gru]"])
    outcome = run_study(study, ("ko",), preset="smoke", workers=1, command="again")
    assert (outcome.cells, outcome.trained) == (3, 0)


def test_a_reviewer_filters_by_tags_and_sees_curves(in_laboratory: Path) -> None:
    store = open_store()
    (run,) = store.runs("word_order", 'tags.lang = "ko" and tags.model = "gru"')
    assert run.data.tags["gate"].startswith("flagged: does not beat the bigram"), "400 sentences are too few"
    assert run.info.status == "FINISHED"
    curve = store.client.get_metric_history(run.info.run_id, "recency/bits_per_sentence")
    assert [point.step for point in curve] == [1, 2, 4, 8, 16]
    assert curve[0].value > curve[-1].value, "more context, fewer bits"
    assert len(store.client.get_metric_history(run.info.run_id, "learning/valid_bits")) == 3
    (dataset,) = run.inputs.dataset_inputs
    assert run.data.tags["dataset_sha256"].startswith(dataset.dataset.digest)
    assert {"text/shuffle.kendall_tau", "order/order_cost.shuffle", "byte_fallback"} <= run.data.metrics.keys()


def test_every_run_keeps_what_its_orders_did_by_sentence_length(exported: Export, in_laboratory: Path) -> None:
    rows = exported.audits
    assert set(rows["order"]) == {"natural", "reverse", "local_3", "shuffle"}
    (run,) = open_store().runs("word_order", 'tags.model = "gru"')
    for order, part in rows.groupby("order"):
        by_length = part[part["length"] != "all"]
        (whole,) = part[part["length"] == "all"].to_dict("records")
        assert by_length["sentences"].sum() == whole["sentences"]
        shown = run.data.metrics.get(f"text/{order}.kendall_tau")
        assert shown == (None if order == "natural" else whole["kendall_tau"])
    curve = open_store().client.get_metric_history(run.info.run_id, "text/shuffle.identical_by_length")
    shuffled = rows[(rows["order"] == "shuffle") & (rows["length"] != "all")]
    assert [point.value for point in curve] == shuffled["identical"].tolist()
    assert curve[0].step < curve[-1].step


def test_the_same_cell_gives_the_same_bits_whatever_runs_beside_it(in_laboratory: Path, tmp_path: Path) -> None:
    """Hidden size 256 at two workers against one: sums of this size show a second thread at once."""
    settings = [*TINY, "models=[lstm, gru]", "sizes.units=256", "sizes.embedding=128", "training.epochs=1"]
    study = load_study("word_order", preset="smoke", settings=settings)
    prepared = prepare(study, ("ko",))
    cells = plan(prepared, ("ko",))
    found = []
    for workers in (1, 2):
        room = tmp_path / str(workers)
        done = list(
            run_cells(cells, prepared.datasets, workers, lambda *_: None, lambda cell, room=room: room / cell.model)
        )  # type: ignore[misc]
        assert not [finished.failure for finished in done if finished.failure]
        found.append({f.cell.model: pd.read_parquet(f.folder / "observations.parquet") for f in done})
    for model in ("lstm", "gru"):
        assert found[0][model].equals(found[1][model])


def test_a_run_reproduces_to_the_bit(exported: Export) -> None:
    (run_id,) = exported.runs[exported.runs["model"] == "gru"]["run_id"]
    verdict = reproduce(run_id)
    assert verdict.identical, verdict.differences
    assert verdict.observations > 300


def test_scoring_gives_the_tracked_surprisal(exported: Export) -> None:
    (run_id,) = exported.runs[exported.runs["model"] == "gru"]["run_id"]
    texts = exported.sentences.set_index("sentence_id")["text"]
    table = score(run_id, [*texts, "", "전혀 모르는 글월이다."])
    whole = table[table["position"] == -1].set_index("line")["bits"]
    tracked = values(exported, "gru", "natural")[texts.index]
    np.testing.assert_allclose(whole.loc[1 : len(texts)], tracked, rtol=1e-5)
    parts = table[table["position"] >= 0].groupby("line")["bits"].sum()
    np.testing.assert_allclose(parts, whole, rtol=1e-9)
    assert table[table["line"] == len(texts) + 2]["unit"].tolist() == ["", "전혀", "모르는", "글월이다", ".", "</s>"]


def test_a_floor_keeps_no_model_to_score_with(exported: Export) -> None:
    run_id = exported.runs[exported.runs["model"] == "bigram"]["run_id"].iloc[0]
    with pytest.raises(EosunError, match="keeps no model"):
        score(run_id, ["가 나."])


def test_what_is_not_tracked_is_said(produced: Path) -> None:
    with pytest.raises(EosunError, match="Nothing is tracked"):
        export("word_order")
    with pytest.raises(EosunError, match='No run "abc"'):
        reproduce("abc")


def test_a_store_that_does_not_answer_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://user:secret@127.0.0.1:9")
    with pytest.raises(EosunError, match="does not answer") as caught:
        open_store()
    assert "secret" not in str(caught.value)


def test_results_that_another_call_has_put_in_place_stay(
    gru: Cell, prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that waited for the folder of a cell finds it done: nothing is trained, and the files are the same."""
    monkeypatch.setattr(engine, "_queue", Queue())
    folder = cell_folder(gru)
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert engine._work(gru, prepared.datasets, folder, None)[0] == ""
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_every_cell_is_audited_in_the_order_it_was_trained_on(gru: Cell, prepared: Prepared) -> None:
    """Also where the study tests other orders alone."""
    material = material_of(gru, prepared.datasets)
    assert "even_odd" not in material.study.test_orders
    assert {"natural", "even_odd"} <= set(audits_of(material, "even_odd")["order"])
