"""Every test keeps its level where nothing differs, with variances as published runs have them: 1,000 tables each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import special

from reports import published
from reports.comparisons import at_equal_length
from reports.gain import Worth
from reports.inputs import Group, Inputs
from reports.mixed import at_equal_units
from reports.quantities import clusters_of
from reports.resampling import Clusters, Combination, Table, permuted, values_of
from reports.statistics import mean_squares, variance_of_total

TABLES = 1000
ALLOWED = 0.05 + 2 * (0.05 * 0.95 / TABLES) ** 0.5
"""The level and two Monte-Carlo errors."""
SENTENCES = 300


@dataclass(frozen=True)
class Found:
    """What published runs show: standard deviations between seeds and of what is left, and of every test sentence its
    mean over seeds in both languages, [2, sentences], with its units, [2, sentences], and its document."""

    seeds: float
    rest: float
    sentences: Table
    units: NDArray[np.int64]
    documents: Clusters | None


def _costs(inputs: Inputs, lang: str, unit: str) -> tuple[Table, list[str]]:
    runs = list(inputs.good_runs_of(Group(lang, unit, "lstm", "natural"))["run_id"])
    tables = inputs.tables
    return tables.over_draws(runs, "shuffle") - tables.over_draws(runs, "natural"), tables.ids(runs[0])


@cache
def found(name: str) -> Found:
    """Order costs of the LSTM of a published study of both languages, on the sentences that both have."""
    inputs = published.read(published.FOLDER / name)
    (korean, ids), (english, others) = _costs(inputs, "ko", "eojeol"), _costs(inputs, "en", "word")
    common = sorted(set(ids) & set(others))
    sides = [korean[:, [ids.index(one) for one in common]], english[:, [others.index(one) for one in common]]]
    facts = [inputs.facts(Group(lang, unit, "", "")).loc[common] for lang, unit in (("ko", "eojeol"), ("en", "word"))]
    squares = [mean_squares(table) for table in sides if len(table) > 1]
    between = [max(one.seeds - one.rest, 0.0) / len(common) for one in squares]
    means = np.stack([table.mean(0) - table.mean() for table in sides])
    units = np.stack([table["n_units"].to_numpy() for table in facts])
    spread = [float(np.sqrt(np.mean(values))) if values else np.nan for values in (between, [s.rest for s in squares])]
    return Found(spread[0], spread[1], means, units, clusters_of(facts[0]))


def drawn(given: Found, seeds: int, generator: np.random.Generator) -> tuple[Table, Table, NDArray[np.int64]]:
    """Two tables [seeds, sentences] of no true difference, and which sentences were drawn, both languages' values of
    each together."""
    places = generator.integers(given.sentences.shape[1], size=SENTENCES)
    made = []
    for side in given.sentences:
        shifts = generator.normal(0, given.seeds, (seeds, 1))
        made.append(side[places] + shifts + generator.normal(0, given.rest, (seeds, SENTENCES)))
    return made[0], made[1], places


def p_of(*tables: Table | Combination, clusters: Clusters | None = None) -> float:
    plain = [values_of(table) for table in tables]
    return variance_of_total(plain, clusters).p(float(sum(table.mean() for table in plain)))


@pytest.mark.parametrize("seeds", [2, 3, 5])
def test_differences(seeds: int) -> None:
    given, generator, rejected = found("word_order-grammar"), np.random.default_rng(seeds), 0
    for _ in range(TABLES):
        first, second, _ = drawn(given, seeds, generator)
        rejected += p_of(first, -second) < 0.05
    assert rejected / TABLES <= ALLOWED


@pytest.mark.parametrize("seeds", [4, 5])
def test_permutations_of_models_speak_of_these_sentences(seeds: int) -> None:
    """Where models do not differ on the sentences at hand they keep the level; where they do not differ on all
    sentences that there are, they do not: sentences are not drawn again."""
    given, generator, rejected = found("word_order-grammar"), np.random.default_rng(seeds), np.zeros(2)
    for _ in range(TABLES):
        first, second, places = drawn(given, seeds, generator)
        of_these = given.sentences[:, places].mean(1)
        here = permuted(first.mean(1) - of_these[0], second.mean(1) - of_these[1])[0] < 0.05
        rejected += [here, permuted(first.mean(1), second.mean(1))[0] < 0.05]
    assert rejected[0] / TABLES <= ALLOWED
    assert rejected[1] / TABLES > ALLOWED


def test_intervals_cover_a_planted_difference() -> None:
    given, generator, inside = found("word_order-grammar"), np.random.default_rng(1), 0
    for _ in range(TABLES):
        first, second, _ = drawn(given, 3, generator)
        parts = variance_of_total([first + 7.0, -second])
        inside += abs(first.mean() - second.mean()) <= parts.reach(0.05)
    assert inside / TABLES >= 0.95 - 2 * (0.05 * 0.95 / TABLES) ** 0.5


def test_documents_are_drawn_whole() -> None:
    """Files of python-docs, as many as there are, each with all its sentences."""
    real = found("word_order-python-docs")
    assert real.documents is not None, "its files"
    members = [np.flatnonzero(real.documents == one) for one in range(int(real.documents.max()) + 1)]
    generator, rejected = np.random.default_rng(2), 0
    for _ in range(TABLES):
        chosen = [members[one] for one in generator.integers(len(members), size=len(members))]
        clusters = np.repeat(np.arange(len(chosen)), [len(one) for one in chosen])
        places, made = np.concatenate(chosen), []
        for side in real.sentences:
            noise = generator.normal(0, real.rest, (3, len(places))) + generator.normal(0, real.seeds, (3, 1))
            made.append(side[places] + noise)
        rejected += p_of(made[0], -made[1], clusters=clusters) < 0.05
    assert rejected / TABLES <= ALLOWED, rejected / TABLES


def test_gains_and_gains_of_texts_of_their_own() -> None:
    """Natural 60, floor 90, trained on a shuffle 75 bits in both languages: a gain of one half in each."""
    given, generator, rejected = found("word_order-grammar"), np.random.default_rng(3), np.zeros(2)
    for _ in range(TABLES):
        sides = []
        for side in (0, 1):
            places = generator.integers(given.sentences.shape[1], size=SENTENCES)
            hard = 60 + given.sentences[side][places]

            def table(level: float, hard: Table = hard) -> Combination:
                shifts = generator.normal(0, given.seeds, (3, 1))
                return Combination.of(level + hard + shifts + generator.normal(0, given.rest, (3, SENTENCES)))

            floor = 90 - 60 + 1.2 * hard + generator.normal(0, given.rest, SENTENCES)
            sides.append(Worth(table(0.0), table(40.0), table(0.5 * float(floor.mean() - hard.mean())), floor, (), {}))
        first, second = sides
        apart = [*first.gain(), *second.gain(-1.0)]
        parts = [variance_of_total([values_of(one) for one in tables]) for tables in (first.gain(), second.gain(-1.0))]
        joined = type(parts[0])(tuple(part for one in parts for part in one.parts))
        value = float(sum(values_of(one).mean() for one in apart))
        rejected += [p_of(*apart) < 0.05, joined.p(value) < 0.05]
    assert (rejected / TABLES <= ALLOWED).all(), rejected / TABLES


def factorial_bits(units: NDArray[np.int64]) -> Table:
    """log2 n!, thrice: what a shuffle costs grows somewhat faster than the number of units."""
    return np.asarray(3.0 * special.gammaln(units + 1) / np.log(2), float)


def flat_bits(units: NDArray[np.int64]) -> Table:
    """So many bits a unit."""
    return 7.5 * units


@pytest.mark.parametrize("bits", [flat_bits, factorial_bits])
def test_at_equal_length(bits: Callable[[NDArray[np.int64]], Table]) -> None:
    """Both languages cost the same for so many units; English has more of them."""
    given, generator, rejected = found("word_order-grammar"), np.random.default_rng(4), np.zeros(2)
    straight = [
        np.polyval(np.polyfit(given.units[side], given.sentences[side], 2), given.units[side]) for side in (0, 1)
    ]
    left = Found(given.seeds, given.rest, given.sentences - np.stack(straight), given.units, None)
    for _ in range(TABLES):
        units = given.units[:, generator.integers(given.units.shape[1], size=SENTENCES)]
        costs = [table + bits(units[side]) for side, table in enumerate(drawn(left, 3, generator)[:2])]
        matched, adjusted = at_equal_length(*costs, *units), at_equal_units(*costs, (units[0], units[1]), None)
        assert matched is not None
        assert adjusted is not None
        rejected += [p_of(*matched[0]) < 0.05, adjusted.p < 0.05]
    assert (rejected / TABLES <= ALLOWED).all(), rejected / TABLES


@pytest.mark.long
@pytest.mark.parametrize("bits", [flat_bits, factorial_bits])
def test_at_equal_length_in_documents(bits: Callable[[NDArray[np.int64]], Table]) -> None:
    """The same by the mixed model: thirty documents of ten sentences, which differ as sentences do."""
    given, generator, rejected, made = found("word_order-grammar"), np.random.default_rng(5), 0, 0
    clusters = np.repeat(np.arange(30), 10)
    spread = float(given.sentences.std()) / 3
    for _ in range(TABLES):
        units = given.units[:, generator.integers(given.units.shape[1], size=SENTENCES)]
        own = [generator.normal(0, spread, 30)[clusters] for _ in range(2)]
        costs = [
            bits(units[side]) + own[side] + generator.normal(0, given.rest, (3, SENTENCES))
            + generator.normal(0, given.seeds, (3, 1)) for side in (0, 1)
        ]  # fmt: skip
        adjusted = at_equal_units(*costs, (units[0], units[1]), clusters)
        made += adjusted is not None
        rejected += adjusted is not None and adjusted.p < 0.05
    assert made > 0.98 * TABLES
    assert rejected / made <= ALLOWED, rejected / made
