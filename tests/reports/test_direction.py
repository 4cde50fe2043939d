"""Forward beside backward: by hand, and in made-up runs that look twice as far in one direction."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reports.analysis import Analysis, analyse
from reports.findings.derived import delta
from reports.inputs import Inputs
from reports.profiles import share_left
from reports.results import results_table
from reports.statistics import linearised_share, mean
from tests.reports.synthetic import inputs, titles
from tests.reports.test_profiles import DISTANCES


def test_the_context_that_leaves_a_share_by_hand() -> None:
    """10 bits at none, 4 at one unit, 1 at three: a tenth is left at 3; three tenths two thirds of the way from 1 to 2
    on log2(1 + c)."""
    assert share_left([0, 1, 3], [10.0, 4.0, 1.0], 0.1) == pytest.approx(3.0)
    assert share_left([0, 1, 3], [10.0, 4.0, 1.0], 0.3) == pytest.approx(2 ** (1 + 1 / 3) - 1)


def test_delta_method_of_a_ratio_is_its_linearisation() -> None:
    generator = np.random.default_rng(0)
    part, whole = generator.normal(3, 1, (4, 50)), generator.normal(8, 1, (4, 50))
    found = delta(lambda m: m[0] / m[1], [part, whole])
    np.testing.assert_allclose(found, linearised_share(part, whole), atol=1e-7)


def test_delta_method_covers() -> None:
    """log of a mean of 400 values with standard deviation 2 around 8: the error is 2 / 20 / 8."""
    values = np.random.default_rng(1).normal(8, 2, (1, 400))
    assert mean(delta(lambda m: math.log2(m[0]) * math.log(2), [values])).error == pytest.approx(2 / 20 / 8, rel=0.1)


def two_ways(rates: dict[tuple[str, str], float], seeds: int = 3) -> Inputs:
    """Runs of which 10 · 2^(−rate · x) bits a target are missing at context x (nothing at 16), by language and model."""
    given = inputs(models=("lstm", "lstm_backward"), seeds=seeds)
    generator, rows = np.random.default_rng(0), [given.observations]
    natural = given.observations[
        (given.observations["measure"] == "surprisal") & (given.observations["test_order"] == "natural")
    ]
    for (lang, model, _), base in natural.groupby(["lang", "model", "seed"]):
        rate = rates[str(lang), str(model)] * generator.normal(1, 0.02)

        def add(name: str, x: float, values: object, base: pd.DataFrame = base) -> None:
            rows.append(base.assign(measure=name, x=x, value=values))

        whole = generator.normal(60, 5, len(base))
        for name, value in (("targets", 2.0), ("whole", whole), ("unshuffled", whole)):
            add(name, 0.0, value)
        for x in (0, *DISTANCES):
            lost = 20 * 2.0 ** (-rate * x) * (x < 16) + generator.normal(0, 0.2, len(base)) * (0 < x < 16)
            add("context", float(x), whole + lost)
            for name in ("shuffled_beyond", "erased", "deleted", "gradient") if x else ():
                add(name, float(x), whole + lost)
    return replace(given, observations=pd.concat(rows, ignore_index=True))


def halves(analysis: Analysis) -> dict[str, tuple[float, float, float, str]]:
    return {
        one.group.lang: (one.estimate.value, one.estimate.low, one.estimate.high, one.note)
        for one in analysis.findings
        if one.measure == "direction" and one.quantity == "half_asymmetry"
    }


def test_a_planted_difference_and_its_sign_are_found() -> None:
    """Halved by every unit forward and every second one backward in Korean, the other way round in English: half is
    missing at 1 unit, or at 2 (measured there), so −1 and +1."""
    forth, back = (
        {("ko", "lstm"): 1.0, ("ko", "lstm_backward"): 0.5},
        {("en", "lstm"): 0.5, ("en", "lstm_backward"): 1.0},
    )
    found = halves(analyse(two_ways({**forth, **back})))
    for lang, truth in (("ko", -1.0), ("en", 1.0), ("ko-en", -2.0)):
        value, low, high, _ = found[lang]
        assert low < truth < high
        assert abs(value - truth) < 0.2
        assert high - low < 0.8
    assert found["ko-en"][3] == "turns"


def test_one_seed_gets_no_verdict() -> None:
    rates = {("ko", "lstm"): 1.0, ("ko", "lstm_backward"): 0.5, ("en", "lstm"): 0.5, ("en", "lstm_backward"): 1.0}
    assert {note for *_, note in halves(analyse(two_ways(rates, seeds=1))).values()} == {"one_seed"}


def test_where_both_directions_are_alike_nothing_is_said() -> None:
    rates = {(lang, model): 1.0 for lang in ("ko", "en") for model in ("lstm", "lstm_backward")}
    given = two_ways(rates)
    found = halves(analyse(given))
    assert all(low < 0 < high for _, low, high, _ in found.values())
    assert found["ko-en"][3] == "unclear"
    assert "Reading forward and backward" in titles(given)
    results = results_table(analyse(given))
    assert {"direction_half", "direction_half_asymmetry", "direction_missing_asymmetry"} <= set(results["quantity"])
