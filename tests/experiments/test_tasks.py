"""Tasks on text with planted answers: what a model is told by words, by their order, or by what came before."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.cells import plan, prepare
from experiments.engine import run_cells
from experiments.errors import StudyError
from experiments.fitting import NetworkClasses
from experiments.material import material_of
from experiments.measures.occlusion import without
from experiments.study import load_study
from experiments.trainer import new_classifier
from pipelines.sequences import Sequences

FILLING = ["그", "저", "이", "새", "헌", "온", "첫", "뭇", "한", "두"]
CARD = """
name: {name}
title: planted
languages: [ko]
kind: labelled
aligned: false
licence: none
citation: none
reader: table
options: {{id: id, text: text, label: label, document: document, split: split}}
deduplicate: none
files:
  - {{lang: ko, path: {name}.tsv, sha256: {sha256}}}
"""
SMALL = (
    "vocabulary=300", "sizes.embedding=24", "sizes.units=24", "match=units", "training.rows=8", "training.row=32",
    "training.learning_rate=0.01", "training.dropout=0", "recency.sentences=0", "sample.words=[1, 60]",
    "units={ko: [eojeol]}", "languages=[ko]", "seeds=1",
)  # fmt: skip


def planted(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, rows: list[tuple[str, str, str]]) -> None:
    """A corpus card for rows of (text, label, document), every sixth for validation and every sixth for testing."""
    lines = ["id\ttext\tlabel\tdocument\tsplit"]
    documents = {document: i for i, document in enumerate(dict.fromkeys(row[2] for row in rows))}
    for i, (text, label, document) in enumerate(rows):
        split = {4: "valid", 5: "test"}.get((documents[document] if document else i) % 6, "train")
        lines.append(f"{i}\t{text}\t{label}\t{document}\t{split}")
    data = ("\n".join(lines) + "\n").encode()
    (folder / f"{name}.tsv").write_bytes(data)
    (folder / f"{name}.yaml").write_text(CARD.format(name=name, sha256=hashlib.sha256(data).hexdigest()))
    monkeypatch.setenv("EOSUN_CARDS", str(folder))
    monkeypatch.setenv("EOSUN_MIRROR", str(folder))


def found(name: str, *settings: str) -> dict[str, pd.DataFrame]:
    """Observations by model of a study on a planted corpus; every cell in a process of its own, as always."""
    study = load_study("word_order", preset="smoke", settings=[*SMALL, f"corpus={name}", *settings])
    prepared = prepare(study, ("ko",))
    cells = plan(prepared, ("ko",))
    done = list(run_cells(cells, prepared.datasets, 2, lambda *_: None))
    assert not [finished.failure for finished in done if finished.failure]
    return {f.cell.model: pd.read_parquet(f.folder / "observations.parquet") for f in done}


def accuracy(rows: pd.DataFrame, order: str = "natural") -> float:
    chosen = rows[(rows["measure"] == "correct") & (rows["test_order"] == order)]
    return float(chosen["value"].mean())


def filled(generator: np.random.Generator, words: list[str]) -> str:
    """The words in their order, with other words between them."""
    many = [generator.choice(FILLING, generator.integers(1, 4)).tolist() for _ in range(len(words) + 1)]
    return " ".join(many[0] + [w for word, more in zip(words, many[1:], strict=True) for w in (word, *more)])


def test_a_label_told_by_order_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """개가 before 닭이, or after it: a bag of words is at chance, a network is not, and no one is when words are
    shuffled. The label told by order is reversed with the order."""
    generator = np.random.default_rng(0)
    rows = []
    for _ in range(1500):
        first = bool(generator.integers(2))
        pair = ["개가", "닭이"] if first else ["닭이", "개가"]
        rows.append((filled(generator, pair), "개" if first else "닭", ""))
    planted(tmp_path, monkeypatch, "order", rows)
    tables = found(
        "order", "task=classification", "models=[bag_of_words, lstm, gru_bidirectional]", "training.epochs=8",
        "test_orders=[natural, shuffle, reverse]", "training.patience=8",
    )  # fmt: skip
    assert 0.4 < accuracy(tables["bag_of_words"]) < 0.6
    for model in ("lstm", "gru_bidirectional"):
        assert accuracy(tables[model]) > 0.95
        assert 0.35 < accuracy(tables[model], "shuffle") < 0.65
        assert accuracy(tables[model], "reverse") < 0.1
        missed = tables[model][tables[model]["measure"] == "occluded"].groupby("x")["value"].mean()
        assert missed.index.tolist() == list(range(10))
        natural = tables[model][(tables[model]["measure"] == "surprisal") & (tables[model]["test_order"] == "natural")]
        assert natural["value"].mean() < 0.3


def test_a_label_told_by_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Classes are not balanced in the text and are in the sample; order is nothing to a bag of words."""
    generator = np.random.default_rng(1)
    rows = []
    for _ in range(900):
        label = ["소", "말", "양"][int(generator.choice(3, p=[0.6, 0.3, 0.1]))]
        rows.append((filled(generator, [f"{label}가"]), label, ""))
    planted(tmp_path, monkeypatch, "word", rows)
    asked = ("task=classification", "training.epochs=6", "sample.balanced=true", "readout=max")
    tables = found("word", *asked, "models=[bag_of_words, rnn]", "whole_units=true")
    tables |= found("word", *asked, "models=[character_ngrams]")
    for model, rows_of in tables.items():
        ids = rows_of["sentence_id"].drop_duplicates().astype(int)
        labels = pd.Series([rows[i][1] for i in ids]).value_counts()
        assert labels.nunique() == 1, "balanced"
        assert accuracy(rows_of) > 0.95, model
    bag = tables["bag_of_words"]
    surprisal = bag[bag["measure"] == "surprisal"].pivot_table(
        index="sentence_id", columns="test_order", values="value"
    )
    np.testing.assert_allclose(surprisal["shuffle"], surprisal["natural"])


def test_pairs_that_have_the_same_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two texts of the same two words: the same order is one class, the other order the other."""
    generator = np.random.default_rng(2)
    rows = []
    for i in range(1200):
        orders = [["개가", "닭이"] if generator.integers(2) else ["닭이", "개가"] for _ in range(2)]
        label = "same" if orders[0] == orders[1] else "other"
        rows += [(filled(generator, order), label, f"pair{i}") for order in orders]
    planted(tmp_path, monkeypatch, "pairs", rows)
    tables = found("pairs", "task=pairs", "models=[lstm]", "training.epochs=12", "training.row=48",
                   "training.patience=12", "test_orders=[natural, shuffle]", "sizes.units=32")  # fmt: skip
    assert accuracy(tables["lstm"]) > 0.9
    assert 0.35 < accuracy(tables["lstm"], "shuffle") < 0.65
    assert tables["lstm"]["sentence_id"].nunique() == 200, "a pair is one observation"


def test_a_document_tells_what_its_sentences_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every document has a topic word that ends all of its sentences. A model of documents knows it after the first
    sentence; one of sentences never does. Both score the same targets."""
    generator = np.random.default_rng(3)
    topics = ["소다", "말이다", "양이다", "개다", "닭이다", "곰이다", "범이다", "뱀이다"]
    rows = []
    for document in range(300):
        topic = topics[int(generator.integers(8))]
        rows += [(f"{' '.join(generator.choice(FILLING, 3))} {topic}", "", f"d{document}") for _ in range(8)]
    planted(tmp_path, monkeypatch, "topics", rows)
    settings = ["models=[bigram, gru]", "training.epochs=14", "test_orders=[natural, shuffle]", "training.rows=4"]
    settings += [
        "recency.sentences=40",
        "recency.contexts=[1, 4, 8, 16]",
        "training.patience=14",
        "sample.train=null",
        "sample.valid=null",
        "sample.test=null",
    ]
    bits, tables = {}, {}
    for task in ("sentences", "documents"):
        tables[task] = found("topics", *settings, f"task={task}")["gru"]
        rows_of = tables[task]
        natural = rows_of[(rows_of["measure"] == "surprisal") & (rows_of["test_order"] == "natural")]
        bits[task] = natural.set_index("sentence_id")["value"].sort_index()
    assert list(bits["sentences"].index) == list(bits["documents"].index)
    gained = bits["sentences"].mean() - bits["documents"].mean()
    assert gained == pytest.approx(3 * 7 / 8, abs=0.8), "log2 8 bits a sentence, save in the first of each document"
    curve = tables["documents"][tables["documents"]["measure"] == "truncation"].groupby("x")["value"].mean()
    assert curve[1] - curve[16] > 1.0, "the topic stands five units back"
    assert curve[4] - curve[16] > 0.8
    assert curve[8] - curve[16] < 0.8


def test_a_task_without_its_material_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planted(tmp_path, monkeypatch, "plain", [(f"{FILLING[i % 10]} 말 {i}", "", "") for i in range(120)])
    for settings, said in (
        (["task=classification", "models=[lstm]"], "names no labels"),
        (["task=documents", "models=[bigram]"], "names no documents"),
    ):
        study = load_study("word_order", preset="smoke", settings=[*SMALL, "corpus=plain", *settings])
        with pytest.raises(StudyError, match=said):
            prepare(study, ("ko",))
    assert not (Path(os.environ["EOSUN_VAR"]) / "cells").exists()


def test_a_classifier_is_blind_where_its_word_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The label is the last word of every text: without that word nothing is known, without any other nothing lost."""
    generator = np.random.default_rng(6)
    rows = []
    for _ in range(900):
        label = ["소", "말"][int(generator.integers(2))]
        rows.append((" ".join([*generator.choice(FILLING, 6), f"{label}가"]), label, ""))
    planted(tmp_path, monkeypatch, "last", rows)
    table = found("last", "task=classification", "models=[lstm]", "training.epochs=6", "keep_final=false")["lstm"]
    lost = table[table["measure"] == "occluded"].groupby("x")["value"].mean()
    assert lost[9] > 0.5
    assert (lost[:9] < 0.2).all()


def test_units_are_left_out_by_hand() -> None:
    """ab c d | e f: without the unit c, and without f."""
    given = Sequences(np.array([1, 2, 3, 4, 5, 6], np.int32), np.array([0, 2, 3, 4, 5, 6]), np.array([0, 3, 5]))
    left = without(given, np.array([0, 1]), np.array([1, 1]))
    assert left.ids.tolist() == [1, 2, 4, 5]
    assert left.units.tolist() == [0, 2, 3, 4]
    assert left.sentences.tolist() == [0, 2, 3]


def test_a_text_that_an_order_leaves_nothing_of_is_told_by_its_end_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of texts of two nouns nothing stays of which nouns are dropped: all such texts get the same answer, and not that
    of the text before them in the row."""
    generator = np.random.default_rng(2)
    rows = [
        (f"{generator.choice(['사람', '학교'])} {generator.choice(['구름', '바다'])}", "ab"[i % 2], "")
        for i in range(300)
    ]
    planted(tmp_path, monkeypatch, "nouns", rows)
    settings = [*SMALL, "corpus=nouns", "task=classification", "models=[gru]", "test_orders=[natural, drop_noun]"]
    prepared = prepare(load_study("word_order", preset="smoke", settings=settings), ("ko",))
    (cell,) = plan(prepared, ("ko",))
    material = material_of(cell, prepared.datasets)
    given = material.sequences(material.numbers["test"], "drop_noun")
    assert set(np.diff(given.tokens).tolist()) == {1}
    network = new_classifier(material.model, material.pieces, material.study, 12, 2, 0)
    bits = NetworkClasses(network, False).class_bits(given)
    np.testing.assert_allclose(bits, np.broadcast_to(bits[:1], bits.shape), rtol=1e-5)


def test_what_a_random_edit_makes_too_long_for_a_row_is_refused_before_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the sentences are eight long words, half eight short ones: drawn at random, some are longer than all."""
    letters = "갉낡닭랗맑밝삵앎잖찮캡탑팝핥깎딲빰쌉짭"
    long, short = " ".join([letters] * 2), " ".join(["가", "나"] * 6)
    planted(tmp_path, monkeypatch, "mixed", [((long, short)[i % 2], "", "") for i in range(300)])
    settings = [*SMALL, "corpus=mixed", "models=[bigram]", "training.row=48", "test_orders=[natural, unigram_resample]"]
    prepared = prepare(load_study("word_order", preset="smoke", settings=settings), ("ko",))
    (cell,) = plan(prepared, ("ko",))
    with pytest.raises(StudyError, match=r'The order "unigram_resample" puts in units .* set training\.row larger'):
        material_of(cell, prepared.datasets)


def test_what_a_clipped_step_goes_by_has_the_norm_that_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Adam's first moments after one step are a tenth of the clipped gradient. The embedding of a piece that stands in
    a text many times has the sum of its occurrences."""
    rows = [(" ".join(["사람"] * 9 + ["바다가"[: 2 + i % 2]]), "ab"[i % 2], "") for i in range(300)]
    planted(tmp_path, monkeypatch, "often", rows)
    settings = [*SMALL, "corpus=often", "task=classification", "models=[gru]", "training.clip=0.001"]
    prepared = prepare(load_study("word_order", preset="smoke", settings=settings), ("ko",))
    (cell,) = plan(prepared, ("ko",))
    material = material_of(cell, prepared.datasets)
    network = new_classifier(material.model, material.pieces, material.study, 12, 2, 0)
    given = material.sequences(material.numbers["train"], "natural")
    network.learn(NetworkClasses(network, False).packed(given, material.labels("train"), None), 0, 0)
    moments = [moment.numpy() for moment in network.optimizer._momentums]
    assert 10 * np.sqrt(sum(float((moment**2).sum()) for moment in moments)) == pytest.approx(0.001, rel=1e-4)
