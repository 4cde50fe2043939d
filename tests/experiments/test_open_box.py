"""The open box on a real tracked run: gates traced, minimal pairs scored, models counted at the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from corpora.errors import CorpusError
from eosun import app
from experiments.errors import StudyError
from experiments.export import export
from experiments.loading import load_language_model
from experiments.score import read_pairs, score, score_pairs
from experiments.trace import labels, traced, write
from pipelines.spelling import respelt, with_spelling
from pipelines.vocabulary import Vocabulary

SENTENCE = "고양이가 부엌에서 생선을 먹었다."


def run_of(model: str) -> str:
    runs = export("word_order").runs
    return str(runs[runs["model"] == model]["run_id"].iloc[0])


def test_gates_of_a_tracked_model_while_it_reads(in_laboratory: Path, tmp_path: Path) -> None:
    """Every gate of every neuron at every step; pieces spell the sentence, and what is read is what is scored."""
    run = run_of("gru")
    table = traced(run, SENTENCE)
    assert set(table["gate"]) == {"update", "reset", "candidate", "hidden"}
    steps = table["step"].max() + 1
    assert (table.groupby(["gate", "neuron"]).size() == steps).all()
    pieces = table.drop_duplicates("step").sort_values("step")["piece"].tolist()
    assert pieces[0] == "<s>"
    assert "".join(pieces[1:]).replace("·", "") == SENTENCE.replace(" ", ""), "· is a space alone"
    units = table.drop_duplicates("step").sort_values("step")["unit"].tolist()
    assert units[0] == 0
    assert max(units) == 5, "four eojeol and the full stop"
    gates = table.pivot_table(index=["step", "neuron"], columns="gate", values="value")
    now, before = gates.loc[1], gates.loc[0, "hidden"]
    expected = now["update"] * before + (1 - now["update"]) * now["candidate"]
    np.testing.assert_allclose(now["hidden"], expected, rtol=1e-9)
    data, page = write(table, tmp_path / "trace")
    assert pd.read_parquet(data).equals(table)
    html = page.read_text(encoding="utf-8")
    assert all(piece in html or json.dumps(piece)[1:-1] in html for piece in pieces)
    assert "https://cdn" not in html.replace("vega.github.io", ""), "self-contained"


def _respelt(vocabulary: Vocabulary) -> Vocabulary:
    """The same vocabulary, every second piece written as two symbols, letters and marks among them."""
    size = len(vocabulary)
    fixed = np.arange(size) % 2 == 0
    spelling = respelt([vocabulary.name([piece]) for piece in range(size)], np.ones(size, np.int64), fixed, 1.5)
    return Vocabulary(with_spelling(vocabulary._processor.serialized_model_proto(), spelling))


@pytest.mark.parametrize("finer", [False, True])
def test_a_model_that_reads_backward_meets_the_same_pieces_from_the_right(in_laboratory: Path, finer: bool) -> None:
    """Labels of a forward and a backward reading of one text mirror each other, and every piece keeps its unit; the
    second symbol of a respelt piece has no text of its own."""
    forward = load_language_model(run_of("gru"))
    pieces = int(forward.encoded([SENTENCE]).sizes.sum())
    if finer:
        forward = replace(forward, vocabulary=_respelt(forward.vocabulary))
    backward = replace(forward, cell=replace(forward.cell, model="gru_backward"))
    encoded = forward.encoded([SENTENCE])
    (first, units), (mirrored, turned) = labels(forward, encoded), labels(backward, encoded)
    assert (first[0], units[0], mirrored[0], turned[0]) == ("<s>", 0, "<s>", 0)
    assert (mirrored[1:], turned[1:]) == (first[:0:-1], units[:0:-1])
    spelt = ["".join(text for text, unit in zip(first, units, strict=True) if unit == n) for n in range(1, 6)]
    assert [text.replace("·", "") for text in spelt] == ["고양이가", "부엌에서", "생선을", "먹었다", "."]
    assert len(first) == 1 + int(encoded.sizes.sum()) == len(backward.passages(encoded).inputs)
    assert (len(first) > 1 + pieces) == finer


def test_text_is_transformed_as_the_text_was_that_a_model_was_trained_on(in_laboratory: Path) -> None:
    model = load_language_model(run_of("gru"))
    study = model.study.model_copy(update={"transforms": {"en": "drop_vowels"}})
    english = replace(model, study=study, cell=replace(model.cell, lang="en", unit="word"))
    assert english.encoded(["The cat sat."]).names.listed() == ["▁th", "▁ct", "▁st", "."]


def test_a_floor_has_no_gates_and_no_network(in_laboratory: Path) -> None:
    with pytest.raises(StudyError, match="keeps no model"):
        traced(run_of("bigram"), SENTENCE)
    with pytest.raises(StudyError, match="text is empty"):
        traced(run_of("gru"), "  ")


def test_minimal_pairs_are_scored_as_their_sentences_are(in_laboratory: Path, tmp_path: Path) -> None:
    file = tmp_path / "pairs.tsv"
    good, bad = SENTENCE, "먹었다 생선을 부엌에서 고양이가."
    file.write_text(f"{good}\t{bad}\torder\n\n{good}\t{good}\tsame\n", encoding="utf-8")
    found = score_pairs(run_of("gru"), read_pairs(file))
    sentences = score(run_of("gru"), [good, bad])
    bits = sentences[sentences["position"] == -1]["bits"].tolist()
    np.testing.assert_allclose([found["good_bits"][0], found["bad_bits"][0]], bits, rtol=1e-6)
    assert found["correct"].tolist() == [1, 0], "a tie is not correct"
    assert found["difference"][1] == 0.0


@pytest.mark.parametrize("text", ["하나만\n", "하나\t\n", "하나\t둘\t셋\t넷\n"])
def test_a_line_that_is_no_pair_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "pairs.tsv").write_text("가\t나\n" + text, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"pairs\.tsv, line 2: two sentences"):
        read_pairs(tmp_path / "pairs.tsv")


def test_weights_counted_at_the_command_line() -> None:
    done = CliRunner().invoke(app, ["models", "count", "lstm", "--input", "128", "--units", "256"])
    assert done.exit_code == 0
    assert done.output.count("394,240") == 2, "by formula and by Keras"
    assert "128 · 256" in done.output
    assert "The number of time steps is in no formula" in done.output


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("gradcheck unigram", "no gradient to check"),
        ("count gru --vocabulary 50 --classes 3 --readout maxi", 'Did you mean "max"'),
        ("count lstm --readout max", "a classifier's"),
        ("count lstm_backward --vocabulary 50 --classes 3", "leave --classes out"),
        ("count lstm --reset-before", "a lstm has none"),
    ],
)
def test_what_cannot_be_counted_or_checked_is_refused(asked: str, said: str) -> None:
    done = CliRunner().invoke(app, ["models", *asked.split()])
    assert isinstance(done.exception, StudyError)
    assert said in str(done.exception)


def test_a_trace_needs_no_name_for_its_folder(
    in_laboratory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = run_of("gru")
    done = CliRunner().invoke(app, ["models", "trace", "--run", run, "--text", SENTENCE])
    assert done.exit_code == 0, done.output
    assert (tmp_path / f"trace-{run[:8]}" / "trace.html").is_file()


def test_models_are_listed() -> None:
    done = CliRunner().invoke(app, ["models", "list"])
    assert done.exit_code == 0
    for name in ("lstm_backward", "transformer_nopos", "ngram_5", "bag_of_words"):
        assert name in done.output
