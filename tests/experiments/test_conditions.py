"""Conditions: the same cells under several settings of the corpus, on the same sentences, each from its own text."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments.cells import plan, prepare
from experiments.engine import run_cells
from experiments.errors import StudyError
from experiments.loading import load_from
from experiments.material import material_of
from experiments.score import sentence_bits
from experiments.study import load_study
from pipelines.sequences import texts_of
from tests.experiments.test_tasks import planted

SMALL = ("corpus_options.pairs=600", "sample.train=300", "sample.valid=20", "sample.test=20", "models=[unigram, lstm]")


def test_cells_of_every_condition_on_the_same_sentences() -> None:
    study = load_study(
        "word_order", preset="smoke",
        settings=[*SMALL, "conditions={own: {}, free: {scrambling: {ko: 1.0, en: 1.0}}}"],
    )  # fmt: skip
    prepared = prepare(study, ("ko", "en"))
    cells = plan(prepared, ("ko", "en"))
    assert len(cells) == 2 * 2 * 2
    assert len({cell.sha256 for cell in cells}) == len(cells)
    assert len({cell.design for cell in cells}) == 1
    assert {cell.condition for cell in cells} == {"own", "free"}
    ids, words, texts_of_all = [], [], []
    for condition in ("own", "free"):
        cell = next(cell for cell in cells if (cell.lang, cell.condition) == ("ko", condition))
        material = material_of(cell, prepared.datasets)
        chosen = material.numbers["test"]
        ids.append(material.dataset.facts["sentence_id"].take(chosen).to_pylist())
        texts = texts_of(material.dataset, chosen)
        texts_of_all.append(texts)
        words.append([sorted(text.rstrip(".").split()) for text in texts])
    assert ids[0] == ids[1]
    assert words[0] == words[1], "the same words"
    assert texts_of_all[0] != texts_of_all[1], "in another order"


def test_a_study_without_conditions_has_one_without_a_name() -> None:
    study = load_study("word_order", preset="smoke", settings=[*SMALL, "languages=[ko]"])
    (cell, *_) = plan(prepare(study, ("ko",)), ("ko",))
    assert cell.condition == ""
    assert cell.title == "ko eojeol unigram natural seed 0"


def test_a_study_in_two_parts_has_the_cells_of_the_whole() -> None:
    """Seeds 0 and 1 here, 2 on another machine; the floors, which know no seed, in both."""
    given = [*SMALL, "languages=[ko]", "models=[bigram, lstm]"]
    whole, first, second = (
        {cell.sha256 for cell in plan(prepare(study, ("ko",)), ("ko",))}
        for study in (
            load_study("word_order", preset="smoke", seeds=3, settings=given),
            load_study("word_order", preset="smoke", seeds=2, settings=given),
            load_study("word_order", preset="smoke", seeds=1, settings=[*given, "first_seed=2"]),
        )
    )
    assert first | second == whole
    assert (len(whole), len(first & second)) == (4, 1)


def test_vocabularies_cut_the_same_sentences_into_fewer_and_more_pieces() -> None:
    study = load_study(
        "word_order", preset="smoke", settings=[*SMALL, "languages=[en]", "vocabularies=[500, 1300]"]
    )  # fmt: skip
    prepared = prepare(study, ("en",))
    cells = plan(prepared, ("en",))
    assert [cell.condition for cell in cells] == ["pieces_500"] * 2 + ["pieces_1300"] * 2
    coarse, fine = (material_of(cell, prepared.datasets) for cell in (cells[2], cells[0]))
    assert (fine.dataset.pieces, fine.study.vocabulary) == (500, 500)
    assert coarse.dataset.pieces > 500
    chosen = coarse.numbers["test"]
    assert texts_of(coarse.dataset, chosen) == texts_of(fine.dataset, fine.numbers["test"])
    sizes = [len(material.sequences(material.numbers["test"], "natural").ids) for material in (coarse, fine)]
    assert sizes[1] > 1.1 * sizes[0], "the same text in more pieces"


def test_the_own_size_is_one_of_the_vocabularies() -> None:
    with pytest.raises(StudyError, match=r"vocabularies must hold vocabulary \(1300\)"):
        load_study("word_order", preset="smoke", settings=["vocabularies=[500, 900]"])


def test_every_read_out_is_trained_on_the_same_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(f"{a} {b} {c}", a, "") for a in ("좋다", "나쁘다") for b in "가나다라마" for c in "바사아자차"] * 6
    planted(tmp_path, monkeypatch, "labelled", rows)
    given = [
        "task=classification",
        "corpus=labelled",
        "languages=[ko]",
        "models=[lstm]",
        "readout=max",
        "vocabulary=400",
    ]
    study = load_study("word_order", preset="smoke", settings=[*given, "readouts=[last, max]"])
    prepared = prepare(study, ("ko",))
    cells = plan(prepared, ("ko",))
    assert [cell.condition for cell in cells] == ["read_last", "read_max"]
    last, pooled = (material_of(cell, prepared.datasets) for cell in cells)
    assert (last.study.readout, pooled.study.readout) == ("last", "max")
    assert last.numbers["test"].tolist() == pooled.numbers["test"].tolist()
    for setting, message in (
        ("readouts=[last, mean]", r"must hold readout \(max\)"),
        ("task=sentences", "classifiers"),
    ):
        with pytest.raises(StudyError, match=message):
            load_study("word_order", preset="smoke", settings=[*given, "readouts=[last, max]", setting])


def test_a_respelt_cell_is_trained_on_its_symbols_and_read_by_them() -> None:
    """Half as many tokens again in the cell's own training text, the same sentences, and what is kept of the model gives
    the bits that were measured."""
    study = load_study(
        "word_order", preset="smoke",
        settings=[*SMALL, "languages=[ko]", "models=[unit_unigram, lstm]", "fertilities=[1, 1.5]", "training.epochs=1",
                  "sizes.embedding=16", "sizes.units=16", "recency.sentences=0", "gate.margin=0"],
    )  # fmt: skip
    prepared = prepare(study, ("ko",))
    cells = plan(prepared, ("ko",))
    assert [cell.condition for cell in cells] == ["fertility_1"] * 2 + ["fertility_1.5"] * 2
    plain, finer = (material_of(cell, prepared.datasets) for cell in (cells[1], cells[3]))
    assert texts_of(plain.dataset, plain.numbers["train"]) == texts_of(finer.dataset, finer.numbers["train"])
    tokens = [len(one.sequences(one.numbers["train"], "natural").ids) for one in (plain, finer)]
    assert tokens[1] / tokens[0] == pytest.approx(1.5, abs=0.02)
    assert (finer.study.fertility, finer.study.fertilities) == (1.5, ())
    floors = []
    for done in run_cells(cells, prepared.datasets, 1, lambda *_: None):
        assert not done.failure
        table = pd.read_parquet(done.folder / "observations.parquet")
        table = table[(table["measure"] == "surprisal") & (table["test_order"] == "natural")]
        if done.cell.model == "unit_unigram":
            floors.append(table["value"].mean())
        elif done.cell.condition == "fertility_1.5":
            facts = pd.read_parquet(done.folder / "sentences.parquet").set_index("sentence_id")
            texts = facts.loc[table["sentence_id"], "text"].tolist()
            assert sentence_bits(load_from(done.folder), texts) == pytest.approx(table["value"].to_numpy(), rel=1e-4)
    assert floors[0] == pytest.approx(floors[1], rel=0.05), "independent units, but for the smoothing of so little text"
