"""What order is worth: by hand, with a planted gain, and how often its intervals cover."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reports.analysis import Analysis, analyse
from reports.build import build
from reports.gain import ORDER_GAIN, ORDER_SHOCK, Worth, estimates, gain_difference
from reports.inputs import Inputs
from reports.verdicts import between, verdict
from tests.reports.synthetic import inputs


def worth(natural: object, unfamiliar: object, trained: object, floor: object) -> Worth:
    tables = (np.atleast_2d(np.asarray(table, float)) for table in (natural, unfamiliar, trained))
    return Worth(*tables, np.asarray(floor, float), (), {})


def test_gain_and_shock_by_hand() -> None:
    """Natural 11, floor 20, trained on the order 15.5, surprised by it 20: gain 4.5 / 9, shock 4.5 / 9."""
    found = estimates(worth([10, 12], [18, 22], [15, 16], [19, 21]), None)
    assert found[ORDER_GAIN].value == pytest.approx(0.5)
    assert found[ORDER_SHOCK].value == pytest.approx(0.5)


def test_order_that_is_worth_nothing_and_everything() -> None:
    natural, floor = [[10.0, 12.0, 9.0]], [20.0, 25.0, 24.0]
    assert estimates(worth(natural, natural, natural, floor), None)[ORDER_GAIN].value == pytest.approx(0.0)
    all_of_it = estimates(worth(natural, natural, [floor], floor), None)[ORDER_GAIN]
    assert (all_of_it.value, all_of_it.low, all_of_it.high) == pytest.approx((1.0, 1.0, 1.0))


def _drawn(generator: np.random.Generator, seeds: int, sentences: int, trained: float) -> Worth:
    hard = generator.normal(0, 15, sentences)

    def table(level: float) -> np.ndarray:  # type: ignore[type-arg]
        models = level + hard + generator.normal(0, 2, (seeds, 1))
        return models + generator.normal(0, 4, (seeds, sentences))

    return Worth(table(100), table(150), table(trained), 160 + 1.4 * hard + generator.normal(0, 5, sentences), (), {})


@pytest.mark.parametrize("seeds", [3, 5])
def test_intervals_of_gain_and_shock_cover(seeds: int) -> None:
    """Gain (130 − 100) / 60 and shock (150 − 130) / 60, over 500 tables: at least 95 % less two Monte-Carlo errors."""
    generator, inside = np.random.default_rng(seeds), np.zeros(2)
    for _ in range(500):
        found = estimates(_drawn(generator, seeds, 80, 130.0), None)
        truth = {ORDER_GAIN: 0.5, ORDER_SHOCK: 1 / 3}
        inside += [found[name].low <= true <= found[name].high for name, true in truth.items()]
    assert (inside / 500 >= 0.95 - 2 * (0.95 * 0.05 / 500) ** 0.5).all()


def test_equal_gains_are_rejected_at_the_nominal_rate() -> None:
    generator = np.random.default_rng(7)
    rejected = sum(
        gain_difference(_drawn(generator, 4, 60, 130.0), _drawn(generator, 4, 60, 130.0), None).p < 0.05
        for _ in range(500)
    )
    assert rejected / 500 <= 0.05 + 2 * (0.05 * 0.95 / 500) ** 0.5


def _trained(given: Inputs, shuffled: dict[str, float]) -> Inputs:
    """The made-up runs, with models trained on shuffled text (so many bits over natural) and a floor at 160 bits."""
    runs, rows = [given.runs], [given.observations]
    for run in given.runs.to_dict("records"):
        floor = run["model"] == "unigram"
        if not floor and run["model"] != "lstm":
            continue
        own = given.observations[
            (given.observations["run_id"] == run["run_id"]) & (given.observations["measure"] == "surprisal")
        ]
        natural = own[own["test_order"] == "natural"].set_index("sentence_id")["value"]
        base = natural + (60.0 if floor else shuffled[run["lang"]])
        changed = {"run_id": run["run_id"][::-1] + "x"}
        changed |= {"model": "unit_unigram"} if floor else {"train_order": "shuffle"}
        runs.append(pd.DataFrame([{**run, **changed}]))
        rows.append(own.assign(value=own["sentence_id"].map(base), **changed))
    return replace(given, runs=pd.concat(runs, ignore_index=True), observations=pd.concat(rows, ignore_index=True))


@pytest.fixture(scope="module")
def planted() -> Analysis:
    return analyse(_trained(inputs(seeds=4), {"ko": 15.0, "en": 45.0}))


def test_a_planted_gain_is_found_in_both_languages(planted: Analysis) -> None:
    gains = {row.group.lang: row for row in planted.rows if row.quantity == ORDER_GAIN}
    assert gains["ko"].estimate.value == pytest.approx(0.25, abs=0.05)
    assert gains["en"].estimate.value == pytest.approx(0.75, abs=0.05)
    assert gains["en"].order == "shuffle"
    assert sorted(gains["en"].by_seed) == [0, 1, 2, 3]
    assert np.mean(list(gains["en"].by_seed.values())) == pytest.approx(gains["en"].estimate.value, abs=0.02)
    assert "is owed to their order" in verdict(planted, "ko").text
    said = str(getattr(between(planted), "text", ""))
    assert "the English models stand higher, measured at a vocabulary of 100 pieces" in said
    assert "claimed of the languages only once" in said


def test_without_other_training_orders_nothing_is_said_of_gain() -> None:
    assert not [row for row in analyse(inputs()).rows if row.quantity in (ORDER_GAIN, ORDER_SHOCK)]


def test_the_page_tells_gain_from_shock(tmp_path: Path) -> None:
    build(_trained(inputs(seeds=2), {"ko": 15.0, "en": 45.0}), tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "What order is worth" in page
    assert "lstm, trained on shuffle" in page
    results = pd.read_csv(tmp_path / "results.csv")
    assert set(results.loc[results["quantity"] == ORDER_GAIN, "lang"]) == {"ko", "en", "ko-en"}
