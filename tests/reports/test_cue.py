"""The interaction of order and marks in made-up runs."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reports.analysis import analyse
from reports.charts import first
from reports.findings import Finding
from reports.inputs import Inputs
from reports.verdicts import verdict
from reports.words import words_of
from tests.reports.synthetic import inputs, titles

TRUTH = {"natural": 50.0, "word_shuffle": 57.0, "particle_drop_structural": 51.0,
         "particle_drop_structural+word_shuffle": 61.0}  # fmt: skip
"""Shuffling costs 7 bits with marks and 10 without: an interaction of 3. Marks are worth 1 in order and 4 shuffled."""


def factorial(truth: dict[str, float], seeds: int = 4) -> Inputs:
    """Models trained for each order; to their own order content words cost what `truth` says."""
    base, generator = inputs(langs=("ko",), models=("lstm",), seeds=seeds, contexts=()), np.random.default_rng(0)
    hard = generator.normal(0, 6, base.observations["sentence_id"].nunique())
    runs, rows = [], []
    for trained in truth:
        name = dict(zip(base.runs["run_id"], [f"{trained[:4]}{trained[-9:]}{i}".ljust(32, "0") for i in range(seeds)],
                        strict=True))  # fmt: skip
        runs.append(base.runs.assign(run_id=base.runs["run_id"].map(name), train_order=trained))
        own = base.observations.assign(run_id=base.observations["run_id"].map(name), train_order=trained)
        rows.append(own)
        natural = own[own["test_order"] == "natural"].sort_values("sentence_id")
        for tested in truth:
            for _, part in natural.groupby("run_id"):
                cost = truth[tested] + 15.0 * (tested != trained)
                value = cost + hard + generator.normal(0, 0.3) + generator.normal(0, 1, len(part))
                rows.append(part.assign(test_order=tested, measure="hosts", value=value))
                if tested not in ("natural",):
                    rows.append(part.assign(test_order=tested, value=value + 40))
    audits = {f"metric.audit.{order}.kept_bigrams": 0.5 for order in truth}
    return replace(
        base, runs=pd.concat(runs, ignore_index=True).assign(**audits),
        observations=pd.concat(rows, ignore_index=True),
    )  # fmt: skip


def found(given: Inputs, measure: str = "cue") -> dict[tuple[str, str], Finding]:
    return {(one.order, one.quantity): one for one in analyse(given).findings if one.measure == measure}


def test_a_planted_interaction_is_found() -> None:
    given = factorial(TRUTH)
    cells = found(given)
    order = "particle_drop_structural+word_shuffle"
    truths = {"with_marks": 7, "without_marks": 10, "marks_in_order": 1, "marks_shuffled": 4, "interaction": 3}
    assert {name for _, name in cells} == set(truths)
    for name, truth in truths.items():
        estimate = cells[order, name].estimate
        assert estimate.low < truth < estimate.high
        assert estimate.high - estimate.low < 3
        assert np.mean(list(cells[order, name].by_seed.values())) == pytest.approx(estimate.value)
    assert len(cells[order, "interaction"].run_ids) == 16
    assert "Order and marks as cues" in titles(given)


def test_marks_that_are_added_are_the_mirror() -> None:
    """English is without marks by nature: the same numbers the other way round are the same interaction."""
    truth = {"natural": 51.0, "word_shuffle": 61.0, "case_mark": 50.0, "case_mark+word_shuffle": 57.0}
    cells = found(factorial(truth))
    estimate = cells["case_mark+word_shuffle", "interaction"].estimate
    assert estimate.low < 3 < estimate.high
    assert cells["case_mark+word_shuffle", "with_marks"].estimate.value == pytest.approx(7, abs=1)


def test_where_marks_change_nothing_there_is_no_interaction() -> None:
    truth = {**TRUTH, "particle_drop_structural+word_shuffle": 58.0}
    estimate = found(factorial(truth))["particle_drop_structural+word_shuffle", "interaction"].estimate
    assert estimate.low < 0 < estimate.high


def test_an_interaction_is_corrected_where_the_study_declared_it() -> None:
    """With four order costs of each of four training orders in the family, its own p is made larger or stays 10⁻¹²."""
    given = factorial(TRUTH)
    order = "particle_drop_structural+word_shuffle"
    settings = json.loads(given.runs["settings"].iloc[0])
    settings["study"]["family"] = ["order_cost", "interactions"]
    declared = replace(given, runs=given.runs.assign(settings=json.dumps(settings)))
    plain, tested = found(given)[order, "interaction"].estimate, found(declared)[order, "interaction"].estimate
    assert np.isnan(plain.p_holm)
    assert tested.p == plain.p
    assert tested.p < tested.p_holm < 0.05
    assert analyse(declared).family == analyse(given).family + 1
    assert np.isnan(found(declared)[order, "with_marks"].estimate.p_holm)


def test_roles_are_lost_where_order_and_marks_are_both_gone() -> None:
    """Classifiers that know order or marks alike, right in 96 % of the texts where either is left and in 50 % where
    neither is: a shuffle takes nothing with marks, 46 points without, and by hand the interaction is 46."""
    generator, given = np.random.default_rng(1), factorial(TRUTH, seeds=3)
    rows = given.observations[given.observations["measure"] == "hosts"]
    gone = rows["test_order"] == "particle_drop_structural+word_shuffle"
    right = generator.random(len(rows)) < np.where(gone, 0.5, 0.96)
    other = given.observations[given.observations["measure"] != "hosts"]
    other = other[other["test_order"].isin([*TRUTH])]
    marked = rows.assign(measure="correct", value=right.astype(float))
    given = replace(given, observations=pd.concat([other, marked], ignore_index=True))
    cells, order = found(given, "role_cue"), "particle_drop_structural+word_shuffle"
    own = marked[marked["train_order"] == marked["test_order"]].groupby("test_order")["value"].mean() * 100
    natural, shuffled, bare, neither = (own[name] for name in TRUTH)
    truths = {"with_marks": natural - shuffled, "without_marks": bare - neither, "marks_in_order": natural - bare,
              "marks_shuffled": shuffled - neither, "interaction": bare - neither - natural + shuffled}  # fmt: skip
    for name, truth in truths.items():
        assert cells[order, name].estimate.value == pytest.approx(truth)
    assert 20 < cells[order, "interaction"].estimate.low < 46 < cells[order, "interaction"].estimate.high
    assert cells[order, "with_marks"].estimate.low < 0 < cells[order, "with_marks"].estimate.high
    assert not found(given)
    assert "Order and marks as cues to who did what" in titles(given)
    said = "".join(one.text for one in verdict(analyse(given), "ko").said)
    assert "with marks" in said
    assert first(analyse(given), words_of("en"))[0] == "learnt"
    assert first(analyse(factorial(TRUTH)), words_of("en"))[0] == "order"
    assert "an interaction of" in said
