"""What a pilot says of a larger study is what the larger study then shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from reports.analysis import analyse
from reports.cli import app
from reports.errors import ReportError
from reports.gain import ORDER_GAIN
from reports.planning import Pilot, pilot, questions
from reports.resampling import Table
from reports.statistics import difference, mean
from reports.words import words_of
from tests.reports.synthetic import inputs, with_shuffled


def drawn(generator: np.random.Generator, seeds: int, sentences: int, value: float = 0.0) -> Table:
    """Components 2² between seeds, 15² between sentences, 3² left over."""
    return (
        value + generator.normal(0, 2, (seeds, 1)) + generator.normal(0, 15, (1, sentences))
        + generator.normal(0, 3, (seeds, sentences))
    )  # fmt: skip


def test_gains_are_planned_from_all_models_that_they_rest_on() -> None:
    """Korean .25, English .75: the difference at the variance of the report's own estimate, seeds and sentences as they
    are."""
    given = with_shuffled(inputs(seeds=4), {"ko": 15.0, "en": 45.0})
    korean, english, apart = questions(given, "shuffle", words_of("en"), ORDER_GAIN)
    assert (korean.value, english.value) == (pytest.approx(0.25, abs=0.05), pytest.approx(0.75, abs=0.05))
    (compared,) = [one for one in analyse(given).comparisons if one.quantity == ORDER_GAIN]
    assert apart.value == pytest.approx(compared.estimate.value)
    assert apart.variances.parts(4, 40).error == pytest.approx(compared.estimate.error, rel=0.02)
    assert apart.variances.detectable(4, 40) == pytest.approx(compared.estimate.detectable, rel=0.05)
    assert list(questions(inputs(seeds=4), "shuffle", words_of("en"), ORDER_GAIN)) == []


def test_components_are_recovered() -> None:
    generator = np.random.default_rng(0)
    found = [pilot([drawn(generator, 6, 150)], None) for _ in range(200)]
    assert np.mean([one.seeds[0] for one in found]) == pytest.approx(4.0, rel=0.1)
    assert np.mean([one.rest[0] for one in found]) == pytest.approx(9.0, rel=0.03)
    assert np.mean([one.sentences for one in found]) == pytest.approx(225.0, rel=0.05)


def test_at_its_own_size_a_pilot_says_what_its_estimate_says() -> None:
    generator = np.random.default_rng(1)
    documents = np.repeat(np.arange(20), 10)
    for clusters in (None, documents):
        table, other = drawn(generator, 5, 200), drawn(generator, 5, 200)
        assert pilot([table], clusters).detectable(5, 200) == pytest.approx(mean(table, clusters).detectable, rel=1e-6)
        apart = difference(table, other, clusters)
        assert pilot([table, -other], clusters).detectable(5, 200) == pytest.approx(apart.detectable, rel=1e-6)


def test_the_planned_study_finds_its_effect_in_four_of_five_cases() -> None:
    """Planned from the true variances for an effect of 4 bits, then run 600 times."""
    true = Pilot((4.0,), (9.0,), 225.0, 1.0)
    seeds = true.seeds_needed(4.0, 400)
    assert seeds is not None
    assert true.detectable(seeds, 400) <= 4.0 < true.detectable(seeds - 1, 400)
    generator, effect = np.random.default_rng(2), true.detectable(seeds, 400)
    found = sum(mean(drawn(generator, seeds, 400, effect)).low > 0 for _ in range(600))
    assert found / 600 == pytest.approx(0.8, abs=0.06)


def test_an_effect_that_no_seeds_can_show() -> None:
    assert Pilot((4.0,), (9.0,), 225.0, 1.0).seeds_needed(0.5, 100) is None


def test_the_command_asks_of_every_network_and_of_the_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seeds, sentences and effects as `synthetic` plants them: 40 sentences, 5 seeds, a cost of 60 and 40 bits."""
    monkeypatch.setattr("reports.tracked.tracked", lambda study, design: inputs(seeds=5, sentences=40))
    done = CliRunner().invoke(app, ["power", "word_order"])
    assert done.exit_code == 0, done.output
    rows = [line.split() for line in done.output.splitlines()]
    asked = [" ".join(row[: row.index("lstm") + 1]) for row in rows if "lstm" in row]
    assert asked == ["Korean, eojeol lstm", "English, word lstm", "Korean − English, eojeol lstm"]
    figures = [[float(cell) for cell in row[-5:]] for row in rows if len(row) >= 6 and row[-1][:1].isdigit()]
    assert len(figures) == 12
    assert all(row == sorted(row, reverse=True) for row in figures), "more seeds find smaller costs"
    seeds = CliRunner().invoke(app, ["power", "word_order", "--effect", "1000"]).output
    assert [line.split()[-1] for line in seeds.splitlines()[1:-1]] == ["2"] * 12, "two seeds find a thousand bits"
    one = CliRunner().invoke(app, ["power", "word_order", "--order", "even_odd"])
    assert isinstance(one.exception, ReportError)


def test_other_training_orders_and_units_are_no_second_answer() -> None:
    """Models trained on shuffled text, and the same models over chunks, stand in the runs, too."""
    plain = inputs(seeds=3, models=("lstm",), contexts=())
    runs, rows, facts = [plain.runs], [plain.observations], [plain.sentences]
    for tail, changed in (("o", {"train_order": "shuffle"}), ("u", {"unit": "chunk"})):
        english = {name: table[table["lang"] == "en"] for name, table in
                   (("runs", plain.runs), ("observations", plain.observations), ("sentences", plain.sentences))}  # fmt: skip
        runs.append(english["runs"].assign(run_id=english["runs"]["run_id"].str[:-1] + tail, **changed))
        rows.append(english["observations"].assign(run_id=english["observations"]["run_id"].str[:-1] + tail, **changed))
        if "unit" in changed:
            facts.append(english["sentences"].assign(**changed))
    given = replace(plain, runs=pd.concat(runs), observations=pd.concat(rows), sentences=pd.concat(facts))
    asked = [one.what for one in questions(given, "shuffle", words_of("en"))]
    assert sorted(asked) == sorted(
        ["Korean, eojeol lstm", "English, word lstm", "English, chunk lstm", "Korean − English, eojeol lstm"]
    )
