"""What order is worth: by hand, with a planted gain, and how often its intervals cover."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reports.analysis import Analysis, analyse
from reports.build import build
from reports.gain import ORDER_GAIN, ORDER_SHOCK, Worth, estimates, gain_apart
from reports.resampling import Combination
from reports.statistics import total, total_apart
from reports.verdicts import between, verdict
from tests.reports.synthetic import inputs, with_shuffled


def worth(natural: object, unfamiliar: object, trained: object, floor: object) -> Worth:
    tables = (np.atleast_2d(np.asarray(table, float)) for table in (natural, unfamiliar, trained))
    return Worth(*map(Combination.of, tables), np.asarray(floor, float), (), {})


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

    def table(level: float) -> Combination:
        models = level + hard + generator.normal(0, 2, (seeds, 1))
        return Combination.of(models + generator.normal(0, 4, (seeds, sentences)))

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
        total(gain_apart(_drawn(generator, 4, 60, 130.0), _drawn(generator, 4, 60, 130.0)), None).p < 0.05
        for _ in range(500)
    )
    assert rejected / 500 <= 0.05 + 2 * (0.05 * 0.95 / 500) ** 0.5


def test_equal_gains_of_texts_of_their_own_are_rejected_at_the_nominal_rate() -> None:
    """The sentences of one side are not those of the other: 80 easy ones in 12 documents, and 50 hard ones."""
    generator, rejected = np.random.default_rng(8), 0
    documents = np.arange(80) * 12 // 80
    for _ in range(300):
        first, second = _drawn(generator, 4, 80, 130.0), _drawn(generator, 3, 50, 130.0)
        rejected += total_apart([(first.gain(), documents), (second.gain(-1.0), None)]).p < 0.05
    assert rejected / 300 <= 0.05 + 2 * (0.05 * 0.95 / 300) ** 0.5


@pytest.fixture(scope="module")
def planted() -> Analysis:
    return analyse(with_shuffled(inputs(seeds=4), {"ko": 15.0, "en": 45.0}))


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


def test_languages_with_text_of_their_own_are_compared_in_what_order_is_worth_alone(tmp_path: Path) -> None:
    """The two gains and their errors by themselves, put together as of independent samples."""
    given = with_shuffled(inputs(seeds=4), {"ko": 15.0, "en": 45.0})
    settings = json.loads(given.runs["settings"].iloc[0]) | {"comparable": False, "alike": True}
    apart = replace(given, runs=given.runs.assign(settings=json.dumps(settings)))
    analysis = analyse(apart)
    (found,) = analysis.comparisons
    assert (found.quantity, found.order, found.languages) == (ORDER_GAIN, "shuffle", True)
    sides = {row.group.lang: row.estimate for row in analysis.rows if row.quantity == ORDER_GAIN}
    assert found.estimate.value == pytest.approx(sides["ko"].value - sides["en"].value)
    assert found.estimate.error == pytest.approx(np.hypot(sides["ko"].error, sides["en"].error))
    low, high = found.estimate.bootstrap
    assert low == pytest.approx(found.estimate.low, abs=0.05)
    assert high == pytest.approx(found.estimate.high, abs=0.05)
    said = str(getattr(between(analysis), "text", ""))
    assert "Each language has text of its own" in said
    assert "translation" not in said
    build(apart, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "each on sentences of its own" in page
    assert "they are not each other" in page
    assert "Korean / English" not in page


def test_without_other_training_orders_nothing_is_said_of_gain() -> None:
    assert not [row for row in analyse(inputs()).rows if row.quantity in (ORDER_GAIN, ORDER_SHOCK)]


def test_the_page_tells_gain_from_shock(tmp_path: Path) -> None:
    build(with_shuffled(inputs(seeds=2), {"ko": 15.0, "en": 45.0}), tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "What order is worth" in page
    assert "lstm, trained on shuffle" in page
    results = pd.read_csv(tmp_path / "results.csv")
    assert set(results.loc[results["quantity"] == ORDER_GAIN, "lang"]) == {"ko", "en", "ko-en"}
