"""The judge of the planted languages: it must accept what is true and reject what is not."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reports.analysis import analyse
from reports.inputs import Inputs
from reports.validation import Check, _ranks, lags, markdown, null
from tests.reports.synthetic import inputs

DISTANCES = tuple(range(1, 7))
GAIN = 3 + (0.8 + 0.025) * np.log2(0.8 + 0.025) + 7 * 0.025 * np.log2(0.025)


def profiled(peak: int, reach: int, worth: float) -> Inputs:
    """One model of lag 3 whose erasure and gradient are largest at `peak` and whose context ends at `reach`."""
    given = inputs(langs=("ko",), models=("lstm",), seeds=1)
    (run,) = given.runs.to_dict("records")
    settings = json.loads(run["settings"])
    settings["study"] |= {"corpus_options": {"kind": "copy", "letters": 8}, "conditions": {"lag_3": {"lag": 3}}}
    base = given.observations[
        (given.observations["measure"] == "surprisal") & (given.observations["test_order"] == "natural")
    ]
    share = worth / GAIN
    exact = 200 * 3 - (200 - 3) * GAIN
    level = 200 * 3 - share * (200 * 3 - exact)
    base = base.assign(value=level + np.random.default_rng(1).normal(0, 0.1, len(base)))
    noise = np.random.default_rng(0).normal(0, 0.01, len(base))
    rows = [base]

    def add(name: str, x: float, value: float) -> None:
        rows.append(base.assign(measure=name, x=x, value=value + noise))

    add("targets", 0.0, 1.0)
    rows[-1]["value"] = 1.0
    for name in ("whole", "unshuffled"):
        add(name, 0.0, 1.3)
    add("context", 0.0, 1.3 + worth)
    for x in DISTANCES:
        add("context", x, 1.3 + (worth if x < reach else 0.0))
        add("shuffled_beyond", x, 1.3)
        add("erased", x, 1.3 + (2.0 if x == peak else 0.1))
        add("deleted", x, 1.3 + (2.0 if x <= peak else 0.05))
        add("gradient", x, 1.0 if x == peak else 0.1)
    tables = {
        "runs": given.runs.assign(settings=json.dumps(settings)),
        "observations": pd.concat(rows, ignore_index=True),
        "sentences": given.sentences,
        "audits": given.audits,
    }
    return replace(given, **{name: table.assign(condition="lag_3") for name, table in tables.items()})


def test_models_of_other_lags_are_ranked_by_them() -> None:
    """Two models whose gradient is largest where it should be; the erasure of the one of lag 3 lies at 6."""
    first, second = (analyse(profiled(peak, reach, GAIN)) for peak, reach in ((1, 1), (3, 3)))
    kinds = [{profile.kind: profile for profile in one.profiles} for one in (first, second)]
    kinds[0]["erasure"] = next(p for p in analyse(profiled(6, 6, GAIN)).profiles if p.kind == "erasure")
    checks = _ranks([(1, first.reaches[0], kinds[0]), (3, second.reaches[0], kinds[1])])
    assert [check.holds for check in checks] == [True, True, False, True]
    assert checks[2].found == "in 0 of 1 pairs of models"


def judged(given: Inputs) -> dict[str, bool | None]:
    return {check.claim.split(": ")[1]: check.holds for check in lags(given, analyse(given))}


def test_what_is_at_its_place_is_accepted() -> None:
    assert judged(profiled(3, 3, GAIN)) == {
        "learnt": True,
        "erasure is largest at 3": True,
        "gradient is largest at 3": True,
        "deletion costs up to 3 and not beyond": True,
        "effective context 3, within one": True,
    }


def test_what_is_elsewhere_is_not() -> None:
    found = judged(profiled(5, 6, GAIN))
    assert found.pop("learnt")
    assert set(found.values()) == {False}


def test_what_was_not_learnt_is_not_judged() -> None:
    assert judged(profiled(5, 6, 0.9 * GAIN)) == {"learnt": None}


@pytest.mark.parametrize(("apart", "holds"), [(0.0, True), (60.0, False)])
def test_a_null_is_told_from_a_difference(apart: float, holds: bool) -> None:
    given = inputs(models=("lstm",), seeds=15, costs={"ko": {"shuffle": 40.0}, "en": {"shuffle": 40.0}})
    english = given.observations["lang"] == "en"
    moved = given.observations.assign(value=given.observations["value"] + np.where(english, apart, 0.0))
    checks = {check.claim.split(":")[0]: check for check in null(replace(given, observations=moved), analyse(given))}
    assert checks["bits in natural order"].holds is holds
    assert checks["order cost of shuffle"].holds is True


def test_the_page_says_what_does_not_hold() -> None:
    page = markdown(
        {"lags": [Check("a", "b", True), Check("c", "d", False), Check("e", "f", None)]},
        {"lags": {"title": "Lags", "runs": 3}},
    )
    assert "| a | b | holds |" in page
    assert "| c | d | **does not hold** |" in page
    assert "| e | f | not learnt |" in page
    written = page + "\nA note by hand.\n"
    told = {"lags": {"title": "Lags", "runs": 6}, "null": {"title": "Null", "runs": 9}}
    again = markdown({"lags": [Check("a", "g", True)], "null": [Check("h", "i", True)]}, told, written)
    assert "| a | g | holds |" in again
    assert "| a | b | holds |" not in again
    assert again.index("6 runs") < again.index("A note by hand.") < again.index("9 runs")
    assert markdown({"null": [Check("h", "i", True)]}, told, again) == again


def test_a_null_needs_two_comparisons() -> None:
    given = inputs(models=("lstm",), seeds=3, costs={"ko": {"shuffle": 40.0}, "en": {"shuffle": 40.0}})
    assert [check.holds for check in null(given, analyse(given))] == [None]
