"""A tiny study on the generated grammar, run once a session, so that many tests can look at one real result."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

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
