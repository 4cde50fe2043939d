"""Tuning: the same budget for everyone, on validation alone, kept and gone on with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from corpora.table import var_folder
from experiments import tuning
from experiments.cells import Cell, Prepared, plan, prepare
from experiments.engine import cell_folder
from experiments.errors import StudyError
from experiments.fitting import DIVERGED
from experiments.models import get_model
from experiments.models.sizes import matched_units
from experiments.study import Study, load_study
from experiments.tuning import tune
from tests.experiments.conftest import TINY

SPACE = "tuning.space={training.learning_rate: [0.001, 0.05], training.dropout: [0.0, 0.5]}"


def tiny(*settings: str) -> Study:
    return load_study("word_order", preset="smoke", settings=[*TINY, "models=[bigram, gru]", SPACE, *settings])


def prepared() -> Prepared:
    return prepare(tiny("tuning.trials=3", "training.epochs=1", "sample.train=120"), ("ko", "en"))


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Titles of the cells that tuning runs."""
    titles: list[str] = []
    real = tuning.run_cells

    def run(cells, datasets, workers, report, kept):  # type: ignore[no-untyped-def]
        titles.extend(f"{cell.lang} {cell.model}" for cell in cells)
        return real(cells, datasets, workers, report, kept=kept)

    monkeypatch.setattr(tuning, "run_cells", run)
    return titles


def test_every_network_and_language_gets_the_same_trials_and_the_best_is_written(counted: list[str]) -> None:
    text = prepared()
    best, path = tune(text, ("ko", "en"), 2)
    assert [(one.key, one.trials) for one in best] == [("ko/gru", 3), ("en/gru", 3)]
    assert sorted(counted) == sorted(["ko gru", "en gru"] * 3)
    for one in best:
        assert one.loss <= one.before, "the study's own settings are the first trial"
        assert 0.001 <= one.settings["training.learning_rate"] <= 0.05
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert written["tuned"] == {one.key: one.settings for one in best}
    again = load_study(str(path))
    assert again.tuned_for("ko", "gru").training.dropout == pytest.approx(best[0].settings["training.dropout"])
    assert again.tuned_for("en", "bigram").training == again.training

    counted.clear()
    same, _ = tune(text, ("ko", "en"), 2)
    assert same == best
    assert not counted, "a second call runs nothing"


def test_a_trial_sees_no_test_sentence_and_keeps_no_weights(counted: list[str]) -> None:
    tune(prepared(), ("ko",), 1)
    folders = [path.parent for path in (cell_folder_root()).glob("*/results.json")]
    assert len(folders) == 3
    for folder in folders:
        assert sorted(path.name for path in folder.iterdir()) == ["resources.json", "results.json", "vocabulary.model"]
        metrics = json.loads((folder / "results.json").read_text())["metrics"]
        assert not [name for name in metrics if name.startswith(("bits_per_sentence", "order_cost", "test_"))]


def cell_folder_root() -> Path:
    return var_folder() / "cells"


@pytest.mark.long
def test_a_tuning_that_was_stopped_goes_on_with_the_trial_it_had_begun(
    counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = prepared()
    whole, _ = tune(text, ("ko",), 1)
    shutil.rmtree(cell_folder_root())
    for file in (cell_folder_root().parent / tuning.FOLDER).iterdir():
        file.unlink()
    counted.clear()
    real, left = tuning.run_cells, [2]

    def stops(cells, datasets, workers, report, kept):  # type: ignore[no-untyped-def]
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return real(cells, datasets, workers, report, kept=kept)

    monkeypatch.setattr(tuning, "run_cells", stops)
    with pytest.raises(KeyboardInterrupt):
        tune(text, ("ko",), 1)
    left[0] = 9
    found, _ = tune(text, ("ko",), 1)
    assert found == whole, "the same settings are proposed, and the same bits come out"


def test_trials_are_of_the_studys_own_variant_and_its_own_settings_are_the_first(monkeypatch: Any) -> None:
    """Of two vocabularies the study's own; and a learning rate outside the space is tried first all the same."""
    seen: list[Cell] = []

    def run(cells: list[Cell], *_: object) -> Any:
        seen.extend(cells)
        return iter([(cell.sha256, 1.0, "") for cell in cells])

    monkeypatch.setattr(tuning, "_run", run)
    study = tiny("tuning.trials=3", "vocabularies=[900, 1000]", "training.learning_rate=0.09")
    best, _ = tune(prepare(study, ("ko", "en")), ("ko",), 1)
    assert {cell.condition for cell in seen} == {"pieces_900"}
    tried = [cell.settings["study"]["tuned"]["ko/gru"]["training.learning_rate"] for cell in seen]
    assert tried[0] == 0.09
    assert all(0.001 <= rate <= 0.05 for rate in tried[1:])
    assert best[0].trials == 3


def losses(monkeypatch: Any, loss: Callable[[Cell], float]) -> list[dict[str, Any]]:
    """Trials that come to a made-up loss; the settings that they are run with."""
    seen: list[dict[str, Any]] = []

    def run(cells: list[Cell], *_: object) -> Any:
        for cell in cells:
            seen.extend(cell.settings["study"]["tuned"].values())
            yield cell.sha256, loss(cell), ""

    monkeypatch.setattr(tuning, "_run", run)
    return seen


def test_sizes_that_cannot_be_matched_are_no_trials(monkeypatch: Any) -> None:
    """Of a GRU's sizes about one in thirty has an LSTM within 1 % of its weights."""
    seen = losses(monkeypatch, lambda cell: 1.0)
    study = tiny("tuning.trials=4", "tuning.space={sizes.units: [16, 200]}", "sizes={embedding: 64, units: 64}")
    best, _ = tune(prepare(study, ("ko",)), ("ko",), 1)
    assert best[0].trials == len(seen) == 4
    for settings in seen:
        size = settings["sizes.units"]
        assert matched_units(get_model("gru"), 64, size, "parameters", classifies=False)
    none = tiny("tuning.trials=4", "tuning.space={sizes.units: [17, 18]}", "sizes={embedding: 64, units: 64}")
    with pytest.raises(StudyError, match=r"proposals were refused, the last one so: .*nearest"):
        tune(prepare(none, ("ko",)), ("ko",), 1)


def test_a_search_with_fewer_epochs_leaves_the_study_its_own(monkeypatch: Any) -> None:
    seen = losses(monkeypatch, lambda cell: 1.0)
    best, path = tune(prepare(tiny("tuning.trials=2", "tuning.epochs=1", "training.epochs=3"), ("ko",)), ("ko",), 1)
    assert [settings["training.epochs"] for settings in seen] == [1, 1]
    assert load_study(str(path)).tuned_for("ko", "gru").training.epochs == 3
    assert "training.epochs" not in best[0].settings


def test_a_trial_comes_to_bits_or_wrong_labels_and_one_that_diverged_to_the_worst() -> None:
    text = prepared()
    template = plan(text, ("ko",))[1]
    labels = {**template.settings["study"], "task": "classification", "training": {"keep": "last"}}
    by_labels = replace(template, settings={**template.settings, "study": labels})
    results = {"gate": "passed", "metrics": {"valid_bits": 3.5, "valid_accuracy": 0.75}}
    for cell, gate, expected in (
        (template, "passed", 3.5),
        (by_labels, "passed", 0.25),
        (template, DIVERGED, float("inf")),
    ):
        folder = cell_folder(cell)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "results.json").write_text(json.dumps({**results, "gate": gate}))
        assert tuning._loss(cell) == expected
    assert (tuning.in_words(0.25, True), tuning.in_words(3.5, False)) == ("25.00 % wrong", "3.50 bits")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (["conditions={free: {scrambling: 0.5}, bare: {case_marking: dropped}}"], "conditions.bare=null"),
        (["units.ko=[eojeol, syllable]"], "one unit a language"),
        (["train_orders=[natural, shuffle]"], "one train order"),
    ],
)
def test_what_cannot_be_tuned_is_refused(settings: list[str], said: str) -> None:
    text = prepare(tiny(*settings), ("ko",))
    with pytest.raises(StudyError, match=said):
        tune(text, ("ko",), 1)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("tuning.space={vocabulary: [100, 200]}", "cannot be tuned"),
        ("tuning.space={training.row: [32, 64]}", "decides on the sentences"),
        ("tuning.space={training.dropout: [0.5, 0.1]}", "needs"),
        ("tuned={ko/gru: {training.droput: 0.1}}", 'Did you mean "training.dropout"'),
    ],
)
def test_a_space_that_makes_no_sense_is_refused(setting: str, said: str) -> None:
    with pytest.raises(StudyError, match=said):
        tiny(setting)
