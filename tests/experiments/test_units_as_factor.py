"""The unit as a factor: every measure, taken by every unit, of one text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.measures import COLUMNS, Subject, measures_of
from tests.experiments.subjects import reading, untrained

UNITS = ("eojeol", "particle", "morpheme", "subword", "syllable", "jamo")


def subject_of(folder: Path, monkeypatch: pytest.MonkeyPatch, unit: str, model: str) -> Subject:
    reading(folder, monkeypatch, 240, 10, 7)
    return untrained(
        ["corpus=reading", "task=documents", f"models=[{model}]", "recency.contexts=[1, 2, 4]", "recency.sentences=10",
         "recency.targets=24", "recency.run=6", "recency.classes=true", "recency.sides=both", "hosts=true",
         "test_orders=[natural, shuffle, word_shuffle]", "allow_identical={shuffle: 1, word_shuffle: 1}",
         f"units={{ko: [{unit}]}}"]
    )  # fmt: skip


@pytest.mark.parametrize("model", ["rnn", "rnn_backward"])
@pytest.mark.parametrize(
    "unit", [pytest.param(unit, marks=() if unit == "particle" else pytest.mark.long) for unit in UNITS]
)
def test_every_measure_by_every_unit(unit: str, model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All give numbers in one shape, of the sentences asked for; content words are 4 a sentence wherever a unit has a
    word class, and what is left of them costs no more than the sentence."""
    subject = subject_of(tmp_path, monkeypatch, unit, model)
    tables = {name: function(subject) for name, function in measures_of("documents").items()}
    names = set(subject.ids(subject.numbers))
    for name, table in tables.items():
        assert list(table.columns)[: len(COLUMNS)] == COLUMNS, name
        assert set(table["sentence_id"]) <= names
        assert np.isfinite(table["value"].astype(float)).all()
        keys = ["test_order", "sentence_id", "measure", "x"]
        assert not table.duplicated(keys).any(), name
    profile = tables["profile"]
    assert set(profile["measure"]) >= {"context", "whole", "erased", "deleted", "shuffled_beyond", "gradient"}
    assert profile.loc[profile["measure"] == "targets", "value"].sum() == 24
    whole = profile[profile["measure"] == "context"].groupby("x")["value"].sum()
    assert list(whole.index) == [0, 1, 2, 4]
    classed = unit in ("eojeol", "particle", "morpheme")
    assert profile["measure"].str.contains(".", regex=False).any() == classed
    hosts = tables["hosts"]
    assert bool(len(hosts)) == (classed and model == "rnn")
    if len(hosts):
        assert set(hosts.loc[hosts["measure"] == "host_units", "value"]) == {4.0}
        bits = _natural(tables["surprisal"], "surprisal"), _natural(hosts, "hosts")
        assert (bits[1] < bits[0]).all()


def _natural(table: pd.DataFrame, name: str) -> pd.Series:
    rows = table[(table["measure"] == name) & (table["test_order"] == "natural")]
    return rows.set_index("sentence_id")["value"].sort_index()
