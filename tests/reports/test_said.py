"""What a page says is true of the study it is about, also where a study is not the one it was first written for."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from reports import charts, published
from reports.analysis import analyse
from reports.compose import compose
from reports.family import corrected
from reports.findings import Finding
from reports.findings.derived import independent
from reports.inputs import Group, Inputs
from reports.sections import Report
from reports.sections.gloss import gloss
from reports.sections.text import counts
from reports.verdicts import between, caveats, verdict
from reports.words import words_of
from tests.reports.synthetic import inputs, with_shuffled
from tests.reports.test_claims import at_vocabularies
from tests.reports.test_conditions import two_conditions
from tests.reports.test_memory import remembered

EN = words_of("en")


def declaring(given: Inputs, study: dict[str, Any] | None = None, **settings: object) -> Inputs:
    """The same runs of a study that declares something more."""
    told = json.loads(given.runs["settings"].iloc[0])
    told["study"] |= study or {}
    return replace(given, runs=given.runs.assign(settings=json.dumps({**told, **settings})))


def said(given: Inputs) -> str:
    """All words of a report."""
    return repr(compose(given, analyse(given), "en"))


def two_units() -> Inputs:
    """Korean by eojeol and by syllable, the latter 20 bits dearer to shuffle."""
    first = inputs(langs=("ko",))
    other = inputs(langs=("ko",), costs={"ko": {"reverse": 70.0, "local_3": 40.0, "shuffle": 60.0}}, seed=4)
    tables = {}
    for name in ("runs", "observations", "sentences", "audits"):
        table = getattr(other, name).assign(unit="syllable")
        if "run_id" in table:
            table["run_id"] = table["run_id"].str.slice(0, 30) + "sy"
        own = getattr(first, name)
        tables[name] = pd.concat([own, table], ignore_index=True)
    return replace(first, **tables)


def test_units_of_a_language_have_names_and_shades_of_their_own_in_a_chart() -> None:
    name, chart = charts.first(analyse(two_units()), EN)
    assert (name, sorted(set(chart.table["language"]))) == ("order", ["Korean (eojeol)", "Korean (syllable)"])
    scale = chart.drawn.to_dict()["layer"][0]["encoding"]["color"]["scale"]
    assert len(set(scale["range"])) == len(scale["domain"]) == 2


def test_one_unit_a_language_needs_no_name_and_keeps_its_colour() -> None:
    _, chart = charts.first(analyse(inputs()), EN)
    assert sorted(set(chart.table["language"])) == ["English", "Korean"]
    scale = chart.drawn.to_dict()["layer"][0]["encoding"]["color"]["scale"]
    assert scale["range"] == [charts.COLOURS["ko"], charts.COLOURS["en"]]


def test_what_has_no_p_value_is_no_member_of_a_family() -> None:
    """Two asymmetries of p .01 are each .02 after Holm, whether or not their difference, which has none, is told."""
    group = Group("ko", "eojeol", "lstm", "natural", "")
    one = replace(analyse(inputs()).rows[0].estimate, p=0.01)
    found = [Finding("direction", group, "half_asymmetry", value, ()) for value in (one, one, independent(one, one))]
    _, _, told, family = corrected([], [], found, ["asymmetries"])
    assert family == 2
    assert [each.estimate.p_holm for each in told[:2]] == [0.02, 0.02]
    assert math.isnan(told[2].estimate.p_holm)


def test_texts_of_their_own_are_not_called_the_same() -> None:
    example = {"natural": ["학생은", "책을", "읽었다"]}
    given = declaring(inputs(examples={"ko": example, "en": example}, comparable=False), alike=True)
    page = said(given)
    assert "same ids in every language" not in page
    assert "as many in every language" in page
    assert "The same sentences" not in repr(gloss(Report(given, analyse(given), EN)))
    assert "the same ids in every language" in said(inputs())


def test_korean_keeps_its_marks_is_said_only_where_it_does() -> None:
    def told(given: Inputs) -> bool:
        return any("keeps its case marks" in part.text for one in caveats(analyse(given), EN) for part in one)

    assert told(inputs())
    assert not told(inputs(langs=("en",)))
    switched = {"conditions": {"": {}, "bare": {"case_marking": "dropped"}}}
    assert not told(declaring(inputs(), switched))


def test_a_verdict_is_of_one_variant_and_names_it_and_never_of_respelt_text() -> None:
    """Where the study's own models were all flagged, the next size of the vocabulary speaks, by name."""
    given = at_vocabularies({500: (40.0, 60.0), 900: (40.0, 60.0), 2000: (40.0, 60.0)})
    own = between(analyse(given), EN)
    assert own is not None
    assert "LSTM (pieces_500)" in own.text
    flagged = (given.runs["condition"] == "pieces_500") & (given.runs["lang"] == "ko")
    gates = given.runs["gate"].where(~flagged, "flagged: training diverged")
    other = between(analyse(replace(given, runs=given.runs.assign(gate=gates))), EN)
    assert other is not None
    assert "LSTM (pieces_900)" in other.text


def test_without_sentences_of_equal_length_that_is_the_reason_given() -> None:
    given = inputs(seeds=5)
    sizes = given.sentences["lang"].map({"ko": 3, "en": 9})
    found = between(analyse(replace(given, sentences=given.sentences.assign(n_units=sizes))), EN)
    assert found is not None
    assert "equally many units" in found.text
    assert "do not agree" not in found.text


def test_models_that_never_learnt_to_remember_are_an_answer() -> None:
    given = remembered(inputs(langs=("ko",), models=("unigram", "lstm"), sentences=200, contexts=()))
    networks = given.runs["model"] == "lstm"
    gates = given.runs["gate"].where(~networks, "flagged: does not beat the bigram floor by 1 %")
    given = replace(given, runs=given.runs.assign(gate=gates))
    assert "keeps what it was shown over 4, 4, 4 symbols" in verdict(analyse(given), "ko", EN).text
    page = said(given)
    assert "and are in no average" not in page
    assert "never to learn to remember is an answer" in page


def test_texts_that_differ_by_condition_are_counted_by_condition() -> None:
    given = two_conditions()
    same = counts(Report(given, analyse(given), EN))
    assert len(same.rows) == 3, "one row a language and their ratio: both conditions have the same text"
    longer = given.sentences["n_chars"] + 5 * (given.sentences["condition"] == "unmarked")
    apart = replace(given, sentences=given.sentences.assign(n_chars=longer))
    rows = [repr(row.cells[0].text) for row in counts(Report(apart, analyse(apart), EN)).rows]
    assert len(rows) == 6
    assert sum("unmarked" in row for row in rows) == 3


def test_localised_text_is_not_said_to_be_compared_in_bits() -> None:
    bits = "only bits per sentence compare"
    assert bits in said(inputs())
    assert bits not in said(inputs(comparable=False))
    assert bits not in said(inputs(langs=("ko",)))


@pytest.mark.parametrize(
    "phrase", ["vocabulary of 500, 900, 2,000 pieces", "at 500 pieces the text is also written at 1.5"]
)
def test_the_method_names_every_vocabulary_and_respelling(phrase: str) -> None:
    page = said(at_vocabularies({500: (40.0, 60.0), 900: (40.0, 60.0), 2000: (40.0, 60.0)}))
    assert phrase in page


def test_an_order_that_is_left_out_leaves_the_examples_too() -> None:
    example = {"natural": ["a", "b"], "reverse": ["b", "a"]}
    left = published._leaving_out(inputs(examples={"ko": example}), ["reverse"])
    kept = [text for text in left.sentences["examples"] if text]
    assert [list(json.loads(text)) for text in kept] == [["natural"]]


def test_a_gain_above_one_is_explained_and_not_compared() -> None:
    """The floor is 60 bits over natural; models of shuffled text are 66 and 90 over: gains of 1.1 and 1.5."""
    given = with_shuffled(inputs(seeds=4), {"ko": 66.0, "en": 90.0})
    given = replace(given, runs=given.runs.assign(**{"metric.margin_over_ngram_5": 0.02}))
    found = between(analyse(given), EN)
    assert found is not None
    assert "a gain above 1" in found.text
    assert "predict it no better than the floor" in said(given)
    assert "predict it no better than the floor" not in said(with_shuffled(inputs(seeds=4), {"ko": 15.0, "en": 45.0}))


def test_a_study_of_what_order_is_worth_shows_that_first() -> None:
    one = with_shuffled(inputs(seeds=4), {"ko": 15.0, "en": 45.0})
    name, chart = charts.first(analyse(one), EN)
    assert (name, sorted(set(chart.table["order"]))) == ("gain", ["shuffle"])
    found = dict(zip(chart.table["language"], chart.table["gain"], strict=True))
    assert found["Korean"] == pytest.approx(0.25, abs=0.05)
    assert found["English"] == pytest.approx(0.75, abs=0.05)
    assert charts.first(analyse(inputs()), EN)[0] == "order"
