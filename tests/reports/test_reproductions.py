"""Verdicts on published findings, on made-up runs in which the finding holds, fails, or cannot be told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from reports import published
from reports.analysis import analyse
from reports.inputs import Inputs
from reports.profiles import Reach
from reports.reproductions import (
    AGREES,
    DISAGREES,
    REPRODUCED,
    UNDECIDED,
    Outcome,
    _apart,
    about,
    above,
    markdown,
    reach,
    reproduced,
    settled,
    within,
)
from reports.statistics import Estimate, Parts
from tests.reports.synthetic import inputs


def estimate(value: float, half: float, one_seed: bool = False) -> Estimate:
    nothing = float("nan")
    parts = Parts(((half**2 / 4, 1e6),))
    return Estimate(
        value, value - half, value + half, half / 2, parts.p(value), nothing, (nothing, nothing), 3, 40, one_seed,
        parts=parts,
    )  # fmt: skip


def test_verdicts_by_hand() -> None:
    assert [above(estimate(value, 1.0))[0] for value in (3.0, -3.0, 0.5)] == [AGREES, DISAGREES, UNDECIDED]
    assert above(estimate(3.0, 1.0, one_seed=True))[0] == UNDECIDED
    found = [within(estimate(value, 0.02), 0.75, 0.9) for value in (0.8, 0.6, 0.95, 0.9)]
    assert [verdict for verdict, _ in found] == [AGREES, DISAGREES, DISAGREES, UNDECIDED]
    assert found[0][1] == pytest.approx(2 * stats.norm.sf(0.05 / 0.01), rel=1e-3), "against the nearer limit, 0.75"
    assert found[2][1] == pytest.approx(2 * stats.norm.sf(0.05 / 0.01), rel=1e-2), "against the limit it is beyond"


def test_of_many_claims_the_weak_ones_become_undecided() -> None:
    """p of .03 stands alone; beside nine others it is .3 after Holm. What a count of seeds decides is not touched."""
    weak = Outcome("weak", "1", AGREES, 0.03)
    assert settled([weak]) == [weak]
    found = settled(
        [*(Outcome(f"other {i}", "0", UNDECIDED, 0.8) for i in range(9)), weak, Outcome("counted", "2", AGREES)]
    )
    assert [one.verdict for one in found] == [UNDECIDED] * 10 + [AGREES]
    assert "after Holm" in found[9].found
    assert settled([Outcome("strong", "3", DISAGREES, 1e-6), *[weak] * 9])[0].verdict == DISAGREES


def trained_on(costs: dict[str, float], seeds: int = 4) -> Inputs:
    """Korean models trained on each order, which need so many bits more of their own order than natural ones do."""
    plain = inputs(langs=("ko",), models=("lstm",), seeds=seeds, contexts=(), costs={"ko": dict.fromkeys(costs, 90.0)})
    runs, rows = [plain.runs], [plain.observations]
    own = plain.observations[plain.observations["measure"] == "surprisal"]
    natural = own[own["test_order"] == "natural"]
    for order, cost in costs.items():
        told = {"train_order": order}
        runs.append(plain.runs.assign(run_id=plain.runs["run_id"].str[:20] + order, **told))
        for tested in ("natural", *costs):
            value = natural["value"] + (cost if tested == order else 100.0)
            rows.append(
                natural.assign(run_id=natural["run_id"].str[:20] + order, test_order=tested, value=value, **told)
            )
    return replace(plain, runs=pd.concat(runs, ignore_index=True), observations=pd.concat(rows, ignore_index=True))


def verdicts(found: list[Outcome]) -> dict[str, str]:
    return {one.claim: one.verdict for one in found}


@pytest.mark.parametrize(
    ("costs", "seeds", "expected"),
    [
        ({"reverse": 1.0, "local_3": 10.0, "shuffle": 30.0}, 4, [AGREES] * 4),
        ({"reverse": 40.0, "local_3": 30.0, "shuffle": 10.0}, 4, [AGREES, DISAGREES, DISAGREES, DISAGREES]),
        ({"reverse": 1.0, "local_3": 10.0, "shuffle": 30.0}, 1, [UNDECIDED] * 4),
    ],
)
def test_the_ladder_of_shuffles(costs: dict[str, float], seeds: int, expected: list[str]) -> None:
    found = verdicts(reproduced("learnability", trained_on(costs, seeds)))
    assert found == dict(
        zip(
            (
                "ko, lstm: local_3 is harder than natural",
                "ko, lstm: shuffle is harder than local_3",
                "ko, lstm: reversal costs less than random order",
                "ko, lstm: it costs less than half of that",
            ),
            expected,
            strict=True,
        )
    )


def told_right(shares: dict[str, float], seeds: int = 4, texts: int = 400) -> Inputs:
    """An English classifier in several conditions: which share of the texts each of its runs is right about."""
    plain = inputs(langs=("en",), models=("lstm",), seeds=seeds, sentences=texts, contexts=(), costs={"en": {}})
    generator = np.random.default_rng(3)
    runs, rows, facts = [], [], []
    for condition, share in shares.items():
        told = {"condition": condition}
        names = plain.observations["run_id"].str[:20] + condition
        right = (generator.random(len(plain.observations)) < share).astype(float)
        runs.append(plain.runs.assign(run_id=plain.runs["run_id"].str[:20] + condition, **told))
        rows += [plain.observations.assign(run_id=names, **told)]
        rows += [rows[-1].assign(measure="correct", value=right)]
        facts.append(plain.sentences.assign(**told))
    tables = [pd.concat(parts, ignore_index=True) for parts in (runs, rows, facts)]
    return replace(plain, runs=tables[0], observations=tables[1], sentences=tables[2])


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ({"svo_bare": 0.8, "svo_marked": 0.95, "sov_bare": 0.6, "sov_marked": 0.6}, [AGREES, AGREES, UNDECIDED]),
        ({"svo_bare": 0.6, "svo_marked": 0.4, "sov_bare": 0.8, "sov_marked": 0.95}, [DISAGREES, DISAGREES, AGREES]),
    ],
)
def test_agreement_by_order_and_case(shares: dict[str, float], expected: list[str]) -> None:
    found = verdicts(reproduced("agreement", told_right(shares)))
    claims = (
        "en, lstm: case helps where the order is SVO",
        "en, lstm: SVO is easier than SOV without case",
        "en, lstm: case helps where the order is SOV",
    )
    assert {claim: found[claim] for claim in claims} == dict(zip(claims, expected, strict=True))
    assert len(found) == 3


def test_how_far_words_and_their_order_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    group = analyse(inputs(langs=("ko",), contexts=())).groups[-1]

    def said(context: dict[int, int | None], knee: dict[int, int | None]) -> list[str]:
        one = Reach(group, 256, estimate(1.0, 0.1), context, knee, {0: 3.0, 1: 3.0}, 2.5, ("a", "b"))
        analysis = replace(analyse(inputs(langs=("ko",), contexts=())), reaches=(one,))
        return [outcome.verdict for outcome in reach(inputs(), analysis)]

    assert said({0: 128, 1: 96}, {0: 24, 1: 32}) == [AGREES, AGREES, AGREES]
    assert said({0: None, 1: 96}, {0: 64, 1: 96}) == [DISAGREES, UNDECIDED, UNDECIDED]
    assert said({0: 24}, {0: 8}) == [UNDECIDED] * 3


def test_the_page_names_sources_and_verdicts() -> None:
    outcome = Outcome("ko: a claim", "1.0 [0.5, 1.5]", DISAGREES)
    told = {"title": "A title", "runs": 8, "corpus": "grammar", "seeds": 3}
    page = markdown([("learnability", told, [outcome])])
    assert "Kallini et al. 2024" in page
    assert "| ko: a claim | 1.0 [0.5, 1.5] | disagrees |" in page
    assert "8 runs of grammar, 3 seed(s)" in page


@pytest.mark.long
def test_the_page_in_the_docs_follows_from_the_published_runs() -> None:
    studies = {name: published.of_study(name) for name in REPRODUCED}
    beside = {name: published.of_study(finding.beside)[:1] for name, finding in REPRODUCED.items()}
    found = [
        (name, about(runs), reproduced(name, runs, *beside[name]))
        for name, every in studies.items()
        for runs in every
        if not REPRODUCED[name].beside or beside[name]
    ]
    page = (Path(__file__).parents[2] / "docs" / "reproductions.md").read_text(encoding="utf-8")
    assert markdown(found) == page, "make findings"


def test_sentences_are_paired_by_id_not_by_place() -> None:
    """The shuffled models' first five sentences bear other names: they are left out, and the rest pairs as before."""
    given = trained_on({"shuffle": 30.0})
    rows = given.observations
    shuffled = rows["run_id"].str.endswith("shuffle")
    renamed = rows["sentence_id"].where(~shuffled | (rows["sentence_id"] >= "s0005"), "zz" + rows["sentence_id"])
    moved = replace(given, observations=rows.assign(sentence_id=renamed))
    groups = {group.train_order: group for group in moved.groups()}
    apart = _apart((moved, groups["shuffle"], "shuffle"), (moved, groups["natural"], "natural"))
    assert apart.sentences == 35
    assert apart.value == pytest.approx(30.0), "every sentence costs 30 bits more than itself"
