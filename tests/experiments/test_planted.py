"""Planted languages through the laboratory: small networks, trained, find what was planted and no more."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from corpora.planted.clauses import Clauses
from corpora.planted.copying import Copying
from experiments.cells import plan, prepare
from experiments.engine import run_cells
from experiments.study import load_study


def observations(corpus: str, *settings: str) -> dict[tuple[str, str], pd.DataFrame]:
    """The long tables of the study `planted`, as `eosun run planted --preset smoke` has them, by language and model."""
    study = load_study("planted", preset="smoke", corpus=corpus, settings=settings)
    prepared = prepare(study, study.languages)
    found = {}
    for done in run_cells(plan(prepared, study.languages), prepared.datasets, 1, lambda *_: None):
        assert not done.failure
        found[done.cell.lang, done.cell.model] = pd.read_parquet(done.folder / "observations.parquet")
    return found


def mean(table: pd.DataFrame, measure: str, order: str = "natural") -> pd.Series:
    return table[(table["measure"] == measure) & (table["test_order"] == order)].groupby("x")["value"].mean()


@pytest.mark.long
@pytest.mark.parametrize("lag", [2, 3])
def test_the_truncation_curve_steps_at_the_planted_lag(lag: int) -> None:
    """Sentences of 200 symbols; their end costs about log2 200 = 7.6 bits where no one can count so far."""
    settings = [f"corpus_options.lag={lag}", "corpus_options.sentences=1500", "sample.test=40", "sample.valid=40"]
    found = observations("planted-copy", "models=[lstm]", "test_orders=[natural]", "training.epochs=6", *settings)
    table, exact = found["qaa", "lstm"], Copying(lag=lag)
    curve = mean(table, "truncation")
    blind, seeing = exact.sentence_entropy(lag - 1), exact.sentence_entropy(lag)
    assert blind == 600.0
    for context, bits in curve.items():
        if context < lag:
            assert blind < bits < 1.07 * blind
        else:
            assert seeing < bits < seeing + 0.14 * (blind - seeing)
    assert curve[lag - 1] - curve[lag] > 0.92 * (blind - seeing)
    assert seeing < mean(table, "surprisal")[0] < seeing + 15.0


@pytest.mark.long
def test_read_backward_a_copy_is_as_far_away() -> None:
    """Lag 3 read from either end: a unit put in the copy's place costs an ideal reader (q − r) log2 (q / r), with q =
    .825 and r = .025 .8 · log2 33 = 4.04 bits, anywhere else nothing; and the context is worth log2 8 − 1.16 bits, at a shorter one than the lag a little more for
    a network that is begun in the middle of a text."""
    study = load_study("direction", preset="smoke", corpus="planted-copy")
    prepared = prepare(study, study.languages)
    exact, cost = Copying(), 0.8 * np.log2(33.0)
    for done in run_cells(plan(prepared, study.languages), prepared.datasets, 2, lambda *_: None):
        assert not done.failure
        table = pd.read_parquet(done.folder / "observations.parquet")
        sums = table.groupby(["measure", "x"])["value"].sum()
        count = sums["targets", 0.0]
        for x in range(1, 7):
            assert (sums["erased", x] - sums["whole", 0.0]) / count == pytest.approx(cost * (x == 3), abs=0.3)
            gap = exact.entropy(x) - exact.entropy(6)
            lost = (sums["context", x] - sums["whole", 0.0]) / count
            assert gap - 0.3 < lost < gap + (0.3 if x >= 3 else 0.6)


def test_between_a_language_and_its_renaming_there_is_not_one_bit() -> None:
    """Pieces are numbered by frequency, sentences and shuffles by id: with the same seed nothing is left to differ."""
    sizes = ["sample.train=600", "sample.test=100", "training.epochs=1", "corpus_options.sentences=3000"]
    found = observations("planted-renamed", "models=[bigram, lstm]", *sizes)
    for model in ("bigram", "lstm"):
        assert found["qaa", model].equals(found["qab", model])
        assert found["qaa", model]["value"].nunique() > 100


@pytest.mark.long
def test_order_or_marks_tell_who_did_it_and_one_of_them_must() -> None:
    """Fixed order is known to the network alone, marks to a bag of words, too; with neither, half are right."""
    settings = [
        "models=[bag_of_words, lstm]",
        "test_orders=[natural, shuffle]",
        "sample.train=3000",
        "sample.test=1000",
    ]
    found = observations("planted-free-order", *settings, "training.epochs=4")
    accuracy = {key: mean(table, "correct")[0] for key, table in found.items()}
    chance = Clauses().best_accuracy(free=True, marks=False)
    assert chance == 0.5
    for lang in ("qab", "qad"):
        assert min(accuracy[lang, "bag_of_words"], accuracy[lang, "lstm"]) > 0.99
    assert accuracy["qaa", "lstm"] > 0.99
    for key in (("qaa", "bag_of_words"), ("qac", "bag_of_words"), ("qac", "lstm")):
        assert accuracy[key] == pytest.approx(chance, abs=3.5 * np.sqrt(0.25 / 1000))
    shuffled = {lang: mean(found[lang, "lstm"], "correct", "shuffle")[0] for lang in ("qaa", "qad")}
    assert shuffled["qaa"] < 0.65
    assert shuffled["qad"] > 0.99
