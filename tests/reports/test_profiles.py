"""How far back the past reaches: by hand, and in made-up runs whose profiles are known."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reports.analysis import Analysis, analyse
from reports.build import build
from reports.inputs import Inputs
from reports.profiles import half_way, reached
from tests.reports.synthetic import inputs

DISTANCES = (1, 2, 4, 8, 16)
TARGETS = 3.0


def test_reach_by_hand() -> None:
    """One per cent of 100 bits is 1: from 4 on no more is missing; a later rise pushes it out."""
    assert reached([1, 2, 4, 8], [50.0, 2.0, 1.0, 0.0], 100.0) == 4
    assert reached([1, 2, 4, 8], [0.5, 2.0, 0.2, 0.0], 100.0) == 4
    assert reached([1, 2, 4, 8], [0.5, 0.1, 1.5, 0.0], 100.0) is None, "only the longest, from which all is measured"
    assert reached([1, 2, 4, 8], [0.5, 0.1, 0.0, 0.0], 100.0) == 1


def test_half_way_by_hand() -> None:
    """8 bits at no context, 2 at one unit: half of 8 lies two thirds of the way from log2 1 to log2 2."""
    assert half_way([0, 1, 3], [8.0, 2.0, 0.0]) == pytest.approx(2 ** (2 / 3) - 1)
    assert half_way([0, 1, 3], [8.0, 6.0, 4.0]) == pytest.approx(3.0)
    assert math.isnan(half_way([0, 1], [0.0, 0.0]))


def profiled(given: Inputs) -> Inputs:
    """Runs whose targets need 10 · 2^−x more bits at context x (20 at none), and half of that where it is shuffled."""
    generator, rows = np.random.default_rng(0), [given.observations]
    for run in given.runs.to_dict("records"):
        own = given.observations[given.observations["run_id"] == run["run_id"]]
        base = own[(own["measure"] == "surprisal") & (own["test_order"] == "natural")]
        hard = generator.normal(0, 1, len(base)) + 40

        def add(name: str, x: float, values: object, base: pd.DataFrame = base) -> None:
            rows.append(base.assign(measure=name, x=x, value=values))

        add("targets", 0.0, TARGETS)
        add("whole", 0.0, hard)
        add("unshuffled", 0.0, hard)
        add("context", 0.0, hard + TARGETS * 20)
        for x in DISTANCES:
            lost = TARGETS * 10 * 2.0**-x
            for name, cost in (("context", lost), ("shuffled_beyond", lost / 2), ("erased", lost), ("deleted", lost)):
                add(name, float(x), hard + cost + (generator.normal(0, 0.01, len(base)) if x < 16 else 0.0))
            add("gradient", float(x), 2.0**-x)
    return replace(given, observations=pd.concat(rows, ignore_index=True))


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return analyse(profiled(inputs(models=("lstm",), seeds=3)))


def test_known_profiles_are_found(analysis: Analysis) -> None:
    """Missing beyond 8 is 10/256 bits, under 1 % of 20; beyond 4, 10/16, over it. Shuffled: 5/16 is over, 5/256 under."""
    reach = analysis.reaches[0]
    assert reach.worth.value == pytest.approx(20.0, abs=0.01)
    assert set(reach.context.values()) == {8}
    assert set(reach.knee.values()) == {8}
    assert all(0 < value < 1 for value in reach.half.values()), "one unit brings 15 of 20 bits"
    erased = next(profile for profile in analysis.profiles if profile.kind == "erasure")
    assert erased.distances == DISTANCES
    assert [found.value for found in erased.values] == pytest.approx([5, 2.5, 0.625, 10 / 256, 10 / 65536], abs=0.01)


def test_the_page_and_the_table_hold_them(tmp_path: Path) -> None:
    build(profiled(inputs(models=("gru", "lstm"), seeds=2)), tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "How far back the past reaches" in page
    assert "profile-chart" in page
    results = pd.read_csv(tmp_path / "results.csv")
    rows = results[(results["quantity"] == "recency_truncation") & (results["x"] == 1)]
    assert rows["estimate"].tolist() == pytest.approx([5.0] * 4, abs=0.02)


def test_without_profiles_there_is_no_such_section(tmp_path: Path) -> None:
    build(inputs(), tmp_path)
    assert "How far back the past reaches" not in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_what_each_part_of_a_text_is_worth(tmp_path: Path) -> None:
    """Made-up classifiers that lose a quarter of a bit a tenth, on every second text."""
    given = inputs(langs=("ko",), models=("lstm",), seeds=2, contexts=())
    natural = given.observations[given.observations["test_order"] == "natural"]
    some = natural[natural["sentence_id"].str[-1].isin(list("02468"))]
    rows = [some.assign(measure="occluded", x=float(x), value=some["value"] + x / 4) for x in range(10)]
    found = replace(given, observations=pd.concat([given.observations, *rows], ignore_index=True))
    (profile,) = analyse(found).profiles
    assert [value.value for value in profile.values] == pytest.approx([x / 4 for x in range(10)])
    build(found, tmp_path)
    assert "Which part of a text is read" in (tmp_path / "report.html").read_text(encoding="utf-8")
