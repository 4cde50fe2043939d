"""Conditions of a study: a planted difference between them is found, in each language, on the same sentences."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from reports import charts
from reports.analysis import analyse
from reports.build import build
from reports.inputs import Inputs
from reports.verdicts import verdict
from reports.words import words_of
from reports.written import signed
from tests.reports.synthetic import COSTS, inputs


def two_conditions() -> Inputs:
    """Marked text costs what the made-up runs cost; unmarked text 25 bits more under every order."""
    dearer = {lang: {order: cost + 25.0 for order, cost in costs.items()} for lang, costs in COSTS.items()}
    parts = {"marked": inputs(seeds=4), "unmarked": inputs(seeds=4, costs=dearer, seed=5)}

    def told(name: str, table: pd.DataFrame) -> pd.DataFrame:
        table = table.assign(condition=name)
        if "run_id" in table:
            table["run_id"] = table["run_id"].str.slice(0, 30) + name[:2]
        if "settings" in table:
            settings = json.loads(table["settings"].iloc[0])
            settings["study"]["conditions"] = {"marked": {}, "unmarked": {}}
            table["settings"] = json.dumps(settings)
        return table

    tables = {
        field: pd.concat([told(name, getattr(part, field)) for name, part in parts.items()], ignore_index=True)
        for field in ("runs", "observations", "sentences", "audits")
    }
    return replace(parts["marked"], **tables)


def test_the_difference_between_conditions_is_found() -> None:
    found = analyse(two_conditions())
    assert {group.condition for group in found.groups} == {"marked", "unmarked"}
    between = [c for c in found.comparisons if not c.languages and c.quantity == "order_cost"]
    assert {c.named(words_of("en")) for c in between} == {"Korean: unmarked − marked", "English: unmarked − marked"}
    for one in between:
        assert one.estimate.value == pytest.approx(25.0, abs=4.0)
        assert one.estimate.excludes_zero
    apart = {
        (c.named(words_of("en")), c.order): c.estimate.value
        for c in found.comparisons
        if c.languages and c.quantity == "order_cost"
    }
    for condition in ("marked", "unmarked"):
        assert apart[f"Korean − English, {condition}", "shuffle"] == pytest.approx(-20.0, abs=4.0)


def asked(given: Inputs, options: dict[str, object]) -> Inputs:
    """The made-up runs of a study whose conditions have these settings of the corpus."""
    settings = json.loads(given.runs["settings"].iloc[0])
    settings["study"]["conditions"] = options
    return replace(given, runs=given.runs.assign(settings=json.dumps(settings)))


def test_a_study_of_conditions_says_on_its_first_screen_how_they_differ(tmp_path: Path) -> None:
    """Texts of their own: the verdict is of natural bits under each; one text throughout: of the order, as before."""
    given = asked(two_conditions(), {"marked": {}, "unmarked": {"scrambling": 1.0}})
    analysis = analyse(given)
    assert (analysis.conditions, analysis.asked) == (("marked", "unmarked"), ("bits_per_sentence", "natural"))
    said = verdict(analysis, "ko").text
    assert "bits a sentence under marked; " in said
    assert "under unmarked. Not distinguishable from it: unmarked." in said
    apart = next(
        c.estimate
        for c in analysis.comparisons
        if not c.languages and c.first.lang == "ko" and c.quantity == "bits_per_sentence"
    )
    assert signed(apart, 1) in said
    chart = charts.conditions(analysis, words_of("en"))
    assert chart is not None
    assert list(dict.fromkeys(chart.table["condition"])) == ["marked", "unmarked"]
    build(given, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Every recurrent model under each condition" in page
    alike = analyse(asked(two_conditions(), {"marked": {}, "unmarked": {}}))
    assert charts.conditions(alike, words_of("en")) is None
    assert "shuffling its eojeol costs" in verdict(alike, "ko").text


def test_the_page_and_the_table_tell_conditions_apart(tmp_path: Path) -> None:
    build(two_conditions(), tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "lstm, unmarked" in page
    assert "Korean: unmarked − marked" in page
    results = pd.read_csv(tmp_path / "results.csv", keep_default_na=False)
    assert set(results["condition"]) == {"marked", "unmarked", "unmarked-marked"}


def test_a_verdict_names_its_condition_and_compares_within_it() -> None:
    text = verdict(analyse(two_conditions()), "ko").text
    assert text.startswith("Korean (marked): ")


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [({"marked": {}, "unmarked": {"a": 1}}, "unmarked − marked"), ({"marked": {"a": 1}, "unmarked": {}}, "marked − unmarked")],
)  # fmt: skip
def test_the_condition_that_changes_nothing_is_the_base(conditions: dict[str, object], expected: str) -> None:
    given = two_conditions()
    settings = json.loads(given.runs["settings"].iloc[0])
    settings["study"]["conditions"] = conditions
    found = analyse(replace(given, runs=given.runs.assign(settings=json.dumps(settings))))
    assert {c.named(words_of("en")) for c in found.comparisons if not c.languages} == {
        f"Korean: {expected}",
        f"English: {expected}",
    }
