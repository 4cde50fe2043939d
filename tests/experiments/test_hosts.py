"""Content words scored alone: the same words under every order, by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.cells import plan, prepare
from experiments.material import material_of
from experiments.measures import Subject
from experiments.measures.hosts import hosts
from experiments.packing import Passages
from experiments.study import load_study
from tests.experiments.subjects import WHAT, WHERE, WHO
from tests.experiments.test_tasks import SMALL, planted

ORDERS = ("natural", "word_shuffle", "particle_drop_structural", "particle_drop_structural+word_shuffle")


class ByPiece:
    """Every piece costs a number of bits of its own, whatever is before it; the end of a sentence 1,000."""

    def bits(self, given: Passages, wanted: np.ndarray | None = None) -> np.ndarray:
        found = np.sqrt(given.targets.astype(float))
        found[given.offsets[1:] - 1] = 1000.0
        return found


def test_only_content_counts_and_it_is_the_same_under_every_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """학생 + 이 학교 + 에서 책 + 을 읽 + 었다 + .: four content units. To a model that takes no notice of what stands
    before, they cost the same in any order, with particles and without."""
    generator = np.random.default_rng(5)
    rows = [
        (" ".join([generator.choice(WHO), generator.choice(WHERE), generator.choice(WHAT), "읽었다."]), "", "")
        for _ in range(300)
    ]
    planted(tmp_path, monkeypatch, "reading", rows)
    settings = [*SMALL, "corpus=reading", "models=[unigram]", "hosts=true", "units={ko: [particle]}",
                f"test_orders={list(ORDERS)}", "draws=2"]  # fmt: skip
    study = load_study("word_order", preset="smoke", settings=settings)
    prepared = prepare(study, ("ko",))
    (cell,) = plan(prepared, ("ko",))
    material = material_of(cell, prepared.datasets)
    subject = Subject(ByPiece(), material)  # type: ignore[arg-type]
    table = hosts(subject)
    counts = table[table["measure"] == "host_units"]
    assert set(counts["value"]) == {4.0}
    bits = table[table["measure"] == "hosts"].pivot(index="sentence_id", columns=["test_order", "x"], values="value")
    assert list(bits.columns) == [(ORDERS[0], 0), *((ORDERS[1], d) for d in (0, 1)), (ORDERS[2], 0),
                                  *((ORDERS[3], d) for d in (0, 1))]  # fmt: skip
    spelt = dict(zip(subject.ids(subject.numbers), material.sequences(subject.numbers, "natural").tokens, strict=False))
    assert len(spelt) == len(bits)
    vocabulary, dataset = material.dataset.vocabulary(), material.dataset
    for number, name in zip(subject.numbers, subject.ids(subject.numbers), strict=True):
        units = range(dataset.sentences[number], dataset.sentences[number + 1])
        ids = [dataset.ids[dataset.units[u] : dataset.units[u + 1]] for u in units]
        content = [
            i for i in ids if vocabulary.decode(i.tolist()).strip() not in ("이", "가", "에서", "을", "를", "었다", ".")
        ]
        assert len(content) == 4
        np.testing.assert_allclose(bits.loc[name], sum(np.sqrt(i.astype(float)).sum() for i in content))


def test_sentences_are_counted_each_in_its_own_place_whatever_order_they_stand_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Documents whose sentences lie apart in the corpus are read one after the other: sentence numbers do not rise."""
    generator = np.random.default_rng(5)
    rows = [
        (
            " ".join(
                [generator.choice(WHO), *generator.choice(WHAT, generator.integers(1, 3), replace=False), "읽었다."]
            ),
            "",
            "",
        )
        for i in range(300)
    ]
    planted(tmp_path, monkeypatch, "reading", rows)
    settings = [*SMALL, "corpus=reading", "models=[unigram]", "hosts=true", "units={ko: [particle]}",
                "test_orders=[natural, word_shuffle]", "draws=1"]  # fmt: skip
    prepared = prepare(load_study("word_order", preset="smoke", settings=settings), ("ko",))
    (cell,) = plan(prepared, ("ko",))
    material = material_of(cell, prepared.datasets)
    mixed = replace(material, numbers={**material.numbers, "test": material.numbers["test"][::-1]})
    tables = [hosts(Subject(ByPiece(), one)) for one in (material, mixed)]  # type: ignore[arg-type]
    names = ["measure", "test_order", "x", "sentence_id"]
    first, second = (table.sort_values(names)[[*names, "value"]].reset_index(drop=True) for table in tables)
    assert set(first[first["measure"] == "host_units"]["value"]) == {3.0, 4.0}
    pd.testing.assert_frame_equal(first[first["measure"] == "host_units"], second[second["measure"] == "host_units"])
