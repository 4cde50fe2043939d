"""The first screen answers the question that a study was made for, from runs in which the answer is planted."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from reports import charts
from reports.analysis import analyse
from reports.build import build
from reports.verdicts import verdict
from reports.words import words_of
from tests.reports.synthetic import inputs
from tests.reports.test_cue import TRUTH, factorial
from tests.reports.test_direction import two_ways
from tests.reports.test_memory import remembered
from tests.reports.test_profiles import profiled
from tests.reports.test_reproductions import told_right


def figures(text: str) -> list[float]:
    return [float(value.replace("−", "-")) for value in re.findall(r"[−+]?\d+\.\d+", text)]


def test_cues_are_answered_by_the_interaction() -> None:
    """Planted: 7 bits with marks, 10 without, 3 between."""
    said = verdict(analyse(factorial(TRUTH)), "ko").text
    assert "content words with marks" in said
    assert "(particle_drop_structural)" in said
    marked, _, _, bare, _, _, interaction, *_ = figures(said)
    assert (marked, bare, interaction) == pytest.approx((7, 10, 3), abs=1)
    assert "내용어에서" in verdict(analyse(factorial(TRUTH)), "ko", words_of("ko")).text


def test_directions_are_answered_by_their_difference() -> None:
    """Planted: half of the context is missing one unit nearer forward than backward in Korean, one farther in English."""
    rates = {("ko", "lstm"): 1.0, ("ko", "lstm_backward"): 0.5, ("en", "lstm"): 0.5, ("en", "lstm_backward"): 1.0}
    analysis = analyse(two_ways(rates))
    for lang, truth in (("ko", -1.0), ("en", 1.0)):
        said = verdict(analysis, lang).text
        assert "an LSTM that reads forward needs" in said
        assert figures(said)[0] == pytest.approx(truth, abs=0.2)


def test_marks_that_are_added_are_not_told_as_taken() -> None:
    """English with marks put in: 7 bits with them, 10 without."""
    truth = {"natural": 51.0, "word_shuffle": 61.0, "case_mark": 50.0, "case_mark+word_shuffle": 57.0}
    said = verdict(analyse(factorial(truth)), "ko").text
    assert "with marks (case_mark)" in said
    marked, _, _, bare, *_ = figures(said)
    assert (marked, bare) == pytest.approx((7, 10), abs=1)


def test_memory_is_answered_by_the_span() -> None:
    said = verdict(
        analyse(remembered(inputs(langs=("ko",), models=("unigram", "lstm"), sentences=200, contexts=()))), "ko"
    )
    assert "keeps what it was shown over 4, 4, 4 symbols" in said.text


def test_reach_is_answered_by_contexts_and_drawn_by_profiles() -> None:
    """Planted: under a hundredth is missing at 8 units, in order and out of it."""
    analysis = analyse(profiled(inputs(models=("lstm",), seeds=3)))
    said = verdict(analysis, "en").text
    assert "an LSTM looks 8, 8, 8 units back, and order matters to it up to 8, 8, 8 units back" in said
    assert "Half of what the past is worth lies in the last 0." in said
    assert charts.first(analysis, words_of("en"))[0] == "profile"


def test_memory_under_conditions_is_told_of_each() -> None:
    given = remembered(inputs(langs=("ko",), models=("unigram", "lstm"), sentences=200, contexts=()))
    tables = {
        name: pd.concat([getattr(given, name).assign(condition=one) for one in ("copy_4", "recall")], ignore_index=True)
        for name in ("runs", "observations", "sentences")
    }
    for name in ("runs", "observations"):
        tables[name]["run_id"] = tables[name]["run_id"].str[:20] + tables[name]["condition"]
    settings = json.loads(given.runs["settings"].iloc[0])
    settings["study"]["conditions"] = {"copy_4": {"a": 1}, "recall": {"a": 2}}
    told = replace(given, **{**tables, "runs": tables["runs"].assign(settings=json.dumps(settings))})
    assert "over 4, 4, 4 (copy_4); 4, 4, 4 (recall) symbols" in verdict(analyse(told), "ko").text


def test_where_nothing_passed_its_gates_the_page_says_so(tmp_path: Path) -> None:
    given = inputs(langs=("ko",), models=("lstm",), seeds=1, flagged=(("ko", "lstm", 0),))
    build(given, tmp_path)
    assert "no recurrent model passed its gates" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_what_the_family_does_not_carry_is_not_told_as_a_difference() -> None:
    """Two points between conditions, plain p about .01, in a family where they do not stand."""
    shares = {f"a{i}": 0.8 for i in range(5)} | {"z": 0.95}
    given = told_right(shares)
    settings = json.loads(given.runs["settings"].iloc[0])
    settings["study"]["conditions"] = {name: {"seed": i} for i, name in enumerate(shares)}
    analysis = analyse(replace(given, runs=given.runs.assign(settings=json.dumps(settings))))
    shaky = [
        replace(c, estimate=replace(c.estimate, p=0.01, p_holm=1.0)) if c.first.condition == "z" else c
        for c in analysis.comparisons
    ]
    said = verdict(replace(analysis, comparisons=tuple(shaky)), "en").text
    assert "no other condition is distinguishable from it." in said
    assert "points under" not in said


@pytest.mark.parametrize("many", [1, 5])
def test_of_many_conditions_those_are_told_that_differ(many: int) -> None:
    """A classifier right in 80 % of the texts under all conditions but the last, where it is in 95 %."""
    shares = {f"a{i}": 0.8 for i in range(many)} | {"z": 0.95}
    given = told_right(shares)
    settings = json.loads(given.runs["settings"].iloc[0])
    settings["study"]["conditions"] = {name: {"seed": i} for i, name in enumerate(shares)}
    analysis = analyse(replace(given, runs=given.runs.assign(settings=json.dumps(settings))))
    said = verdict(analysis, "en").text
    assert figures(said)[0] == pytest.approx(80, abs=3)
    assert "points under z" in said
    assert ("Not distinguishable from it: a1, a2, a3, a4." in said) == (many > 1)
    assert "5-gram" not in said


def test_a_study_of_orders_is_answered_by_what_they_cost() -> None:
    analysis = analyse(inputs())
    assert "shuffling its eojeol costs an LSTM" in verdict(analysis, "ko").text
    assert charts.first(analysis, words_of("en"))[0] == "order"
