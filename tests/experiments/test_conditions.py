"""Conditions: the same cells under several settings of the corpus, on the same sentences, each from its own text."""

from __future__ import annotations

from experiments.cells import plan, prepare
from experiments.material import material_of
from experiments.study import load_study
from pipelines.sequences import texts_of

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
