"""Who speaks for a language, and in which words."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from reports.analysis import analyse
from reports.answers import not_off_zero
from reports.inputs import Group, Inputs
from reports.statistics import Estimate
from reports.verdicts import caveats, headline, verdict
from reports.words import words_of
from tests.reports.synthetic import inputs


def _twice(given: Inputs, **other: str) -> Inputs:
    """The same runs again under other names, differing in a column of the group."""
    doubled = {}
    for name in ("runs", "observations", "sentences"):
        rows: pd.DataFrame = getattr(given, name)
        copy = rows.assign(**{column: value for column, value in other.items() if column in rows})
        if "run_id" in rows:
            copy["run_id"] = "x" + copy["run_id"].str[1:]
        doubled[name] = pd.concat([rows, copy]) if not copy.equals(rows) else rows
    return replace(given, **doubled)


@pytest.mark.parametrize("other", [{"train_order": "local_3"}, {"unit": "character"}], ids=str)
def test_words_in_natural_order_speak_for_a_language(other: dict[str, str]) -> None:
    """Names that sort before `natural` and `word` do not take their place."""
    found = analyse(_twice(inputs(langs=("en",), models=("lstm",), contexts=()), **other))
    assert len(found.groups) == 2
    assert headline(found, "en") == Group("en", "word", "lstm", "natural")


def test_a_shuffle_that_spares_bits_is_not_called_a_cost() -> None:
    costs = {"ko": {"shuffle": -20.0}}
    text = verdict(analyse(inputs(langs=("ko",), seeds=5, contexts=(), costs=costs)), "ko").text
    assert "spares an LSTM" in text
    assert "−" not in text


@pytest.mark.parametrize(("margin", "said"), [(-0.02, True), (0.03, False)])
def test_a_model_that_a_5_gram_beats_is_ungated(margin: float, said: bool) -> None:
    given = inputs(langs=("en",), models=("lstm",), seeds=3, contexts=())
    runs = given.runs.assign(**{"metric.margin_over_ngram_5": margin})
    text = verdict(analyse(replace(given, runs=runs)), "en").text
    assert ("Ungated: a Kneser–Ney 5-gram" in text) is said


def test_a_classifier_is_held_to_the_floor_of_its_own_condition() -> None:
    """The bag of words is right in all texts under one condition, in none under the one that the network speaks for."""
    parts = {}
    for condition, right in (("bare", 0.0), ("marked", 1.0)):
        given = inputs(langs=("ko",), models=("bag_of_words", "lstm"), seeds=1, contexts=())
        rows = given.observations[given.observations["measure"] == "surprisal"]
        bag = rows["model"] == "bag_of_words"
        correct = rows.assign(
            measure="correct", value=bag * right + ~bag * 0.5 + rows["sentence_id"].str[-1].isin(["1"]) * ~bag * 0.5
        )
        found = replace(given, observations=pd.concat([given.observations, correct], ignore_index=True))
        parts[condition] = _under(found, condition)
    both = {
        name: pd.concat([getattr(part, name) for part in parts.values()], ignore_index=True)
        for name in ("runs", "observations", "sentences", "audits")
    }
    text = verdict(analyse(replace(parts["bare"], **both)), "ko").text
    assert text.startswith("Korean (bare): ")
    assert "bag_of_words in 0.0" in text


def _under(given: Inputs, condition: str) -> Inputs:
    tables = {
        name: getattr(given, name).assign(condition=condition)
        for name in ("runs", "observations", "sentences", "audits")
    }
    for name in ("runs", "observations"):
        tables[name]["run_id"] = condition[:1] + tables[name]["run_id"].str[1:]
    return replace(given, **tables)


@pytest.mark.parametrize("langs", [("en",), ("ko",), ("ko", "en")])
@pytest.mark.parametrize("seeds", [1, 3])
def test_the_first_screen_has_at_most_three_caveats_and_never_none(langs: tuple[str, ...], seeds: int) -> None:
    analysis = analyse(inputs(langs=langs, seeds=seeds, flagged=(("ko", "lstm", 0),) if seeds > 1 else ()))
    said = [" ".join(part.text for part in one) for one in caveats(analysis, words_of("en"))]
    assert 1 <= len(said) <= 3
    assert ("One seed" in said[0]) == (seeds == 1)
    assert any("did not pass the gates" in one for one in said) == (seeds > 1 and "ko" in langs)


@pytest.mark.parametrize(
    ("low", "p_holm", "said"),
    [(1.0, 0.01, []), (1.0, 0.09, ["p 0.09"]), (-1.0, 0.2, ["This is not distinguishable"])],
)
def test_a_number_off_zero_by_its_interval_alone_is_said_to_be_lost_by_correction(
    low: float, p_holm: float, said: list[str]
) -> None:
    found = Estimate(2.0, low, 3.0, 0.5, 0.02, 1.0, (low, 3.0), 3, 40, one_seed=False, p_holm=p_holm)
    notes = not_off_zero(found, words_of("en"))
    assert len(notes) == len(said)
    assert all(part in note for part, note in zip(said, notes, strict=True))
