"""Recency profiles by word class: classes as Korean grammar has them, and parts that sum to the whole."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments.measures import Subject
from experiments.measures.past import past_of
from experiments.measures.profile import profile
from experiments.measures.word_classes import CLASSES, class_of
from pipelines.tags import TAGS
from tests.experiments.subjects import reading, untrained

PARTICLES = {"이", "가", "을", "를", "에서"}


def subject_of(folder: Path, monkeypatch: pytest.MonkeyPatch, unit: str) -> Subject:
    """Documents of five sentences of somebody reading something somewhere, and a network that nobody trained."""
    reading(folder, monkeypatch, 300, 5, 5)
    return untrained(
        ["corpus=reading", "task=documents", "models=[rnn]", "recency.contexts=[1, 2, 3]", "recency.targets=40",
         "recency.run=8", "recency.classes=true", f"units={{ko: [{unit}]}}"], louder=4.0,
    )  # fmt: skip


def test_every_word_class_belongs_to_one_of_a_few() -> None:
    assert {class_of(tag) for tag in TAGS} == set(CLASSES)
    assert [class_of(tag) for tag in ("noun", "structural", "ending", "adposition", "punctuation")] == list(CLASSES)


def test_particles_and_endings_are_told_from_their_hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By unit `particle` 학생 + 이 학교 + 에서 책 + 을 읽 + 었다 + . — the particles by their own letters."""
    subject = subject_of(tmp_path, monkeypatch, "particle")
    table, past, dataset = profile(subject), past_of(subject.material), subject.dataset
    sums = table.groupby(["measure", "x"])["value"].sum()
    vocabulary = dataset.vocabulary()

    def written(unit: int) -> str:
        number = past.number[unit]
        return vocabulary.decode(dataset.ids[dataset.units[number] : dataset.units[number + 1]]) if number >= 0 else ""

    targets = past.targets
    assert sums["targets.particle", 0] == sum(written(t) in PARTICLES for t in targets) > 5
    assert sums["targets.end", 0] == sum(written(t) in ("", ".") for t in targets) > 5
    for x in (1, 2, 3):
        assert sums["targets_as.particle", x] == sum(written(t - x) in PARTICLES for t in targets)
        lost = sum(sums[f"erased_as.{name}", x] for name in CLASSES)
        assert lost == pytest.approx(sums["erased", x] - sums["whole", 0], rel=1e-6)
    for name, x in (("targets", 0), ("context", 0), ("context", 2), ("whole", 0), ("erased", 1)):
        parts = [sums[f"{name}.{one}", x] for one in CLASSES if (f"{name}.{one}", x) in sums]
        assert len(parts) >= 3
        assert sum(parts) == pytest.approx(sums[name, x], rel=1e-6)


def test_units_without_classes_have_no_such_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = profile(subject_of(tmp_path, monkeypatch, "syllable"))
    assert not table["measure"].str.contains(".", regex=False).any()
    assert isinstance(table, pd.DataFrame)
    assert len(table)
