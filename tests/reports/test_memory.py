"""The span of memory: by hand, and in made-up runs that forget at a known gap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reports.analysis import analyse
from reports.compose import compose
from reports.document import Table
from reports.findings.memory import span
from reports.inputs import Inputs
from reports.validation import memory
from tests.reports.synthetic import inputs, titles

CHANCE = dict.fromkeys((1, 2, 4, 8), 0.125)


def test_the_span_by_hand() -> None:
    """Half way from 1/8 to 1 is .5625."""
    assert span({1: 1.0, 2: 0.9, 4: 0.57, 8: 0.55}, CHANCE) == 4
    assert span({1: 1.0, 2: 0.5, 4: 1.0, 8: 1.0}, CHANCE) == 2 - 1, "a later rise does not count"
    assert span({1: 0.2, 2: 0.2, 4: 0.2, 8: 0.2}, CHANCE) == 0
    assert span(dict.fromkeys((1, 2, 4, 8), 1.0), CHANCE) == 8


def remembered(given: Inputs) -> Inputs:
    """An LSTM that keeps 95 % up to a gap of 4 and a unigram at chance; every gap has sentences of its own."""
    generator, rows = np.random.default_rng(0), [given.observations]
    natural = given.observations[
        (given.observations["measure"] == "surprisal") & (given.observations["test_order"] == "natural")
    ]
    for (_, model), base in natural.groupby(["run_id", "model"]):
        for i, gap in enumerate(CHANCE):
            some = base.iloc[i * 50 : (i + 1) * 50]
            rate = 0.95 if model == "lstm" and gap <= 4 else 0.125
            right = (generator.random(len(some)) < rate).astype(float)
            rows.append(some.assign(measure="recalled", x=float(gap), value=right))
            rows.append(some.assign(measure="recalled_by_chance", x=float(gap), value=0.125))
    return replace(given, observations=pd.concat(rows, ignore_index=True))


def test_a_planted_span_is_found_and_shown() -> None:
    given = remembered(inputs(langs=("ko",), models=("unigram", "lstm"), sentences=200, contexts=()))
    found = {(one.group.model, one.quantity, one.x): one for one in analyse(given).findings}
    assert found["lstm", "span", ""].by_seed == {0: 4.0, 1: 4.0, 2: 4.0}
    assert found["unigram", "span", ""].estimate.value == 0.0
    kept, lost = found["lstm", "recalled", "4"].estimate, found["lstm", "recalled", "8"].estimate
    assert kept.low < 0.95 < kept.high
    assert lost.low < 0.125 < lost.high
    assert found["lstm", "chance", "4"].estimate.value == pytest.approx(0.125)
    assert "Memory" in titles(given)
    checks = {check.claim.split(",")[0]: check for check in memory(given, analyse(given))}
    assert checks["lstm"].holds is True
    assert checks["unigram"].holds is True


def test_a_span_that_reached_the_longest_gap_is_a_lower_bound() -> None:
    """Gaps 1 to 4 alone: an LSTM that keeps all of them has a span of at least 4; the unigram's is 0 and no bound."""
    given = remembered(inputs(langs=("ko",), models=("unigram", "lstm"), sentences=200, contexts=()))
    rows = given.observations
    short = replace(given, observations=rows[~((rows["measure"] == "recalled") & (rows["x"] > 4.0))])
    report = compose(short, analyse(short))
    (section,) = [one for one in report.sections if one.title == "Memory"]
    (table,) = [block for block in section.blocks if isinstance(block, Table)]
    shown = ["".join(span.text for span in row.cells[-1].text) for row in table.rows]
    assert shown == ["0", "≥ 4, ≥ 4, ≥ 4"]


def test_a_floor_that_recalls_is_found_out() -> None:
    given = remembered(inputs(langs=("ko",), models=("unigram", "lstm"), sentences=200, contexts=()))
    told = given.observations["measure"] == "recalled"
    right = given.observations.assign(value=given.observations["value"].where(~told, 1.0))
    changed = replace(given, observations=right)
    checks = {check.claim.split(",")[0]: check for check in memory(changed, analyse(changed))}
    assert checks["unigram"].holds is False
