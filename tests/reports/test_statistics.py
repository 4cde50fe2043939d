"""Intervals and tests against worked examples, scipy, and simulation with known truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from reports.resampling import Clusters, Combination, bca, bootstraps, flipped, influences, permuted
from reports.statistics import (
    clustered_variance,
    difference,
    holm,
    linearised,
    linearised_share,
    mean,
    mean_squares,
    means,
    ratio,
    total_apart,
    variance_of_total,
)

TABLES = 1500


def test_samples_that_share_nothing_are_compared_as_welch_does() -> None:
    """One model a side: the standard error and, with sixty and forty sentences, nearly the p of Welch's test."""
    generator = np.random.default_rng(12)
    first, second = generator.normal(1.0, 2.0, (1, 60)), generator.normal(0.0, 5.0, (1, 40))
    found = total_apart([([first], None), ([-second], None)])
    welch = stats.ttest_ind(first[0], second[0], equal_var=False)
    assert found.value == pytest.approx(first.mean() - second.mean())
    assert found.error == pytest.approx(found.value / welch.statistic)
    assert found.p == pytest.approx(welch.pvalue, rel=0.1)


def simulated(
    generator: np.random.Generator, seeds: int, items: int, seed_sd: float, item_sd: float, rest_sd: float
) -> np.ndarray:  # type: ignore[type-arg]
    return (
        generator.normal(0, seed_sd, (seeds, 1)) + generator.normal(0, item_sd, (1, items)) + generator.normal(0, rest_sd, (seeds, items))
    )  # fmt: skip


def test_mean_squares_by_hand() -> None:
    """[[1, 2, 6], [3, 4, 8]]: row means 3, 5; column means 2, 3, 7; grand mean 4; additive, so nothing is left.

    Seeds: 3 · (1 + 1) / 1 = 6. Sentences: 2 · (4 + 1 + 9) / 2 = 14.
    """
    squares = mean_squares(np.array([[1.0, 2.0, 6.0], [3.0, 4.0, 8.0]]))
    assert (squares.seeds, squares.sentences, squares.rest) == pytest.approx((6.0, 14.0, 0.0))


def test_variance_of_the_mean_by_hand() -> None:
    """Seeds 6 / 6 on 1 degree, sentences (14 − 0) / 6 on 2: error √(20 / 6), reach √(12.706² · 1 + 4.303² · 14 / 6)."""
    parts = variance_of_total([np.array([[1.0, 2.0, 6.0], [3.0, 4.0, 8.0]])])
    assert parts.error == pytest.approx(np.sqrt(20 / 6))
    assert parts.reach(0.05) == pytest.approx(np.sqrt(12.7062**2 + 4.30265**2 * 14 / 6), rel=1e-5)


def test_one_seed_is_a_t_interval_over_sentences() -> None:
    values = np.random.default_rng(0).normal(5, 2, 30)
    found = mean(values[None, :])
    expected = stats.ttest_1samp(values, 0.0)
    interval = expected.confidence_interval(0.95)
    assert (found.low, found.high, found.p) == pytest.approx((interval.low, interval.high, expected.pvalue))
    assert found.one_seed


def test_without_sentence_effects_it_is_a_t_interval_over_seeds() -> None:
    """Seeds that differ by much more than their sentences do: the classic interval over seed means, I − 1 degrees."""
    generator = np.random.default_rng(1)
    table = generator.normal(0, 10, (5, 1)) + generator.normal(0, 0.001, (5, 50))
    found, expected = mean(table), stats.ttest_1samp(table.mean(1), 0.0).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-3)


def test_difference_of_one_seed_each_is_the_paired_t_test() -> None:
    generator = np.random.default_rng(2)
    first, second = generator.normal(1, 2, (1, 40)), generator.normal(0, 2, (1, 40))
    found, expected = difference(first, second), stats.ttest_rel(first[0], second[0])
    interval = expected.confidence_interval(0.95)
    assert (found.low, found.high, found.p) == pytest.approx((interval.low, interval.high, expected.pvalue))


@pytest.mark.parametrize(
    ("seeds", "seed_sd", "item_sd", "rest_sd"),
    [
        (2, 2.0, 15.0, 3.0),
        (3, 2.0, 15.0, 3.0),
        (3, 4.0, 15.0, 3.0),
        (5, 2.0, 15.0, 3.0),
        (5, 3.0, 5.0, 5.0),
        (3, 0.0, 10.0, 3.0),
    ],
)
def test_intervals_cover(seeds: int, seed_sd: float, item_sd: float, rest_sd: float) -> None:
    """At least 95 % minus two Monte-Carlo errors of intervals hold the truth."""
    generator = np.random.default_rng(3)
    covered = 0
    for _ in range(TABLES):
        table = simulated(generator, seeds, 200, seed_sd, item_sd, rest_sd)
        covered += abs(table.mean()) <= variance_of_total([table]).reach(0.05)
    assert covered / TABLES >= 0.95 - 2 * np.sqrt(0.95 * 0.05 / TABLES)


@pytest.mark.parametrize(("seeds", "seed_sd"), [(3, 2.0), (5, 2.0), (5, 0.5)])
def test_a_null_between_languages_is_rejected_at_the_nominal_rate(seeds: int, seed_sd: float) -> None:
    generator = np.random.default_rng(4)
    rejected = 0
    for _ in range(TABLES // 3):
        items = generator.normal(0, 10, (1, 100))
        tables = [items + simulated(generator, seeds, 100, seed_sd, 3.0, 3.0) for _ in range(2)]
        rejected += difference(*tables).p < 0.05
    count = TABLES // 3
    assert rejected / count <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / count)


def test_the_percentile_bootstrap_is_too_short_with_few_seeds() -> None:
    """Why it only stands beside the primary interval: with three seeds that differ, it covers far less than 95 %."""
    generator = np.random.default_rng(5)
    covered = 0
    for _ in range(200):
        table = simulated(generator, 3, 60, 3.0, 3.0, 3.0)
        low, high = np.quantile(bootstraps([[table]], None, 400)[0], [0.025, 0.975])
        covered += low <= 0 <= high
    assert covered / 200 < 0.90


def test_bootstrap_agrees_with_the_formula_where_there_are_many_seeds() -> None:
    table = simulated(np.random.default_rng(6), 60, 80, 2.0, 4.0, 3.0)
    assert bootstraps([[table]], None)[0].std() == pytest.approx(variance_of_total([table]).error, rel=0.12)


def test_several_means_at_once_are_the_means() -> None:
    generator = np.random.default_rng(9)
    tables = [simulated(generator, seeds, 50, 2.0, 4.0, 3.0) + 1.0 for seeds in (1, 3, 5)]
    for together, table in zip(means(tables), tables, strict=True):
        alone = mean(table)
        assert together.value == alone.value
        assert (together.low, together.high, together.p) == (alone.low, alone.high, alone.p)
        assert together.bootstrap == pytest.approx(alone.bootstrap, rel=1e-12)


@pytest.mark.parametrize("clusters", [None, np.arange(50) // 7])
def test_a_combination_is_resampled_as_its_own_numbers_are(clusters: Clusters | None) -> None:
    """Two sides, seeds of their own on each: sharing the resampling of parts changes nothing."""
    generator = np.random.default_rng(10)
    plain, other = (Combination.of(simulated(generator, 4, 50, 2.0, 4.0, 3.0) + 9.0) for _ in range(2))
    sizes, apart = generator.uniform(5, 15, 50), Combination.of(simulated(generator, 3, 50, 1.0, 1.0, 1.0))
    made = [
        other - plain,
        linearised(plain, sizes),
        linearised_share(other, plain),
        (2.0 - plain) * 3.0 + sizes,
        -(other + plain) / 4.0,
        sizes - other,
    ]
    sums = [[one, apart] for one in made]
    for shared, (one, side) in zip(bootstraps(sums, clusters, 300), sums, strict=True):
        alone = bootstraps([[one.values, side.values]], clusters, 300)[0]
        np.testing.assert_allclose(shared, alone, rtol=1e-9, atol=1e-9)


def test_ratio_is_the_ratio_and_its_interval_that_of_the_delta_method() -> None:
    generator = np.random.default_rng(7)
    sizes = generator.uniform(5, 15, 400)
    values = (3.0 * sizes + generator.normal(0, 2, 400))[None, :]
    found = ratio(values, sizes)
    assert found.value == pytest.approx(values.sum() / sizes.sum())
    error = np.std(values[0] - found.value * sizes, ddof=1) / np.sqrt(400) / sizes.mean()
    assert (found.high - found.low) / 2 == pytest.approx(stats.t.ppf(0.975, 399) * error)


def test_holm_by_hand() -> None:
    """.01, .04, .03 of a family of three: .03, then max(.03, 2 · .03) = .06, then max(.06, .04) = .06."""
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


def test_holm_agrees_with_scipys_ordering_and_bound() -> None:
    p = np.random.default_rng(8).uniform(0, 0.2, 12)
    adjusted = np.array(holm(list(p)))
    assert (adjusted >= p).all()
    assert (adjusted <= np.minimum(1.0, p * 12)).all(), "never more severe than Bonferroni"
    assert (np.argsort(adjusted, kind="stable")[:1] == np.argsort(p)[:1]).all()


def test_clusters_of_one_are_no_clusters() -> None:
    values = np.random.default_rng(9).normal(size=50)
    assert clustered_variance(values, np.arange(50)) == pytest.approx(clustered_variance(values, None))


def test_clustered_variance_by_hand() -> None:
    """1 2 | 6 7 | 2: mean 3.6; without each document 5, 5/3 and 4: 2/3 · (1.4² + 1.933² + .4²) on 1/.36 − 1 degrees."""
    found = clustered_variance(np.array([1.0, 2.0, 6.0, 7.0, 2.0]), np.array([0, 0, 1, 1, 2]))
    assert found == pytest.approx((2 / 3 * (1.4**2 + (3.6 - 5 / 3) ** 2 + 0.4**2), 1 / 0.36 - 1))


FILES = (315, 180, 155, 113, 60, 45, 40, 36, 30, 25, 22, 20, 18, 15, 12, 10, 9, 8, 7, 6, 5, 5, 4, 4, 3, 3, 2, 2, 2, 1)
"""Sentences a file, about as unequal as the test files of python-docs."""


@pytest.mark.parametrize("sizes", [FILES, (200, 60, 40, 20, 15, 10, 10, 5, 5, 5), (*[10] * 19, 300)])
def test_intervals_cover_where_documents_are_unequal(sizes: tuple[int, ...]) -> None:
    generator, covered = np.random.default_rng(4), 0
    clusters = np.repeat(np.arange(len(sizes)), sizes)
    for _ in range(500):
        shared = generator.normal(0, 2, len(sizes))[clusters] + generator.normal(0, 4, len(clusters))
        table = shared + generator.normal(0, 0.5, (5, 1)) + generator.normal(0, 1, (5, len(clusters)))
        covered += abs(table.mean()) <= variance_of_total([table], clusters).reach(0.05)
    assert covered / 500 >= 0.95 - 2 * np.sqrt(0.95 * 0.05 / 500)


def test_intervals_cover_where_documents_differ() -> None:
    """Sentences of one document share an effect: by document the interval covers, by sentence it would not."""
    generator = np.random.default_rng(10)
    clusters = np.repeat(np.arange(40), 8)
    covered = naive = 0
    for _ in range(600):
        table = simulated(generator, 3, 320, 1.0, 5.0, 3.0) + generator.normal(0, 5, 40)[clusters]
        covered += abs(table.mean()) <= variance_of_total([table], clusters).reach(0.05)
        naive += abs(table.mean()) <= variance_of_total([table]).reach(0.05)
    assert covered / 600 >= 0.95 - 2 * np.sqrt(0.95 * 0.05 / 600)
    assert naive < covered
    table = simulated(generator, 3, 320, 1.0, 5.0, 3.0) + generator.normal(0, 5, 40)[clusters]
    parts = variance_of_total([table], clusters)
    assert bootstraps([[table]], clusters)[0].std() == pytest.approx(parts.error, rel=0.35)


def test_small_p_values_are_exact_or_the_smallest() -> None:
    values = np.random.default_rng(11).normal(2.2, 1.0, 30)[None, :]
    assert mean(values).p == pytest.approx(stats.ttest_1samp(values[0], 0.0).pvalue, rel=1e-6)
    assert mean(np.full((3, 4), 2.0)).p == 1e-12


def test_a_share_of_another_table_by_hand() -> None:
    """Right before: 3 of 4 and 2 of 4; of these still right 2 and 2: 4 of 5. A model without any has no share."""
    before = np.array([[1, 1, 1, 0], [1, 1, 0, 0]], float)
    after = np.array([[1, 1, 0, 1], [1, 1, 1, 0]], float)
    assert linearised_share(before * after, before).mean() == pytest.approx(0.8)
    assert np.isnan(linearised_share(after * 0, after * 0)).all()


def test_permutations_by_hand_and_by_scipy() -> None:
    """1, 2 against 8, 9: of the six splits the given one and its mirror image are as far apart."""
    assert permuted(np.array([1.0, 2.0]), np.array([8.0, 9.0])) == (2 / 6, 2 / 6)
    generator = np.random.default_rng(5)
    first, second = generator.normal(0, 1, 5), generator.normal(1, 1, 6)

    def apart(one: np.ndarray, other: np.ndarray) -> float:  # type: ignore[type-arg]
        return float(abs(one.mean() - other.mean()))

    expected = stats.permutation_test((first, second), apart, alternative="greater", n_resamples=np.inf)
    assert permuted(first, second)[0] == pytest.approx(expected.pvalue)
    assert permuted(first, second)[1] == 1 / 462
    many = permuted(generator.normal(0, 1, 20), generator.normal(0, 1, 20))
    assert 0 < many[0] <= 1
    assert many[1] == 1 / 20_001, "of so many splits 20,000 are tried and the one at hand"


def test_flipped_signs_by_hand_and_by_scipy() -> None:
    """1, 2, 4: of the eight flips only those with all signs alike sum to 7 or −7; 3, −1: four of four reach 2 or 4."""
    assert flipped([1.0, 2.0, 4.0]) == (2 / 8, 2 / 8)
    assert flipped([3.0, -1.0]) == (1.0, 2 / 4)
    assert flipped([1.0] * 5)[1] == 0.0625, "five seeds reach no .05"
    assert all(np.isnan(value) for value in (*flipped([2.0]), *flipped([])))
    values = np.random.default_rng(7).normal(0.4, 1, 9)
    expected = stats.permutation_test(
        (values,), lambda one: abs(one.mean()), permutation_type="samples", alternative="greater", n_resamples=np.inf
    )
    assert flipped(values) == (pytest.approx(expected.pvalue), 2 / 512)
    many = flipped(np.full(20, 3.0))
    assert many[0] < 0.001, "2 of 1,048,576 flips, of which 20,000 are tried"
    assert many[1] == 1 / 20_001


def test_what_is_called_detectable_is_found_in_four_of_five_cases() -> None:
    generator, found = np.random.default_rng(8), 0
    for _ in range(400):
        pilot = difference(*(simulated(generator, 5, 100, 2.0, 10.0, 4.0) for _ in range(2)))
        other = [simulated(generator, 5, 100, 2.0, 10.0, 4.0) for _ in range(2)]
        found += difference(other[0] + pilot.detectable, other[1]).p < 0.05
    assert 0.72 < found / 400 < 0.92


def test_bca_is_the_one_of_scipy_where_sentences_alone_are_drawn() -> None:
    """Skewed values, 60 of them: the percentile interval lies too low, and BCa moves it up."""
    values = np.random.default_rng(3).lognormal(0, 0.5, 60)
    theirs = stats.bootstrap((values,), np.mean, n_resamples=40_000, method="BCa", random_state=1).confidence_interval
    table = values[None]
    drawn = bootstraps([[table]], None, 40_000)[0]
    ours = bca(drawn, float(values.mean()), influences([table], None), 0.95)
    assert ours == pytest.approx((theirs.low, theirs.high), rel=0.01)
    plain = np.quantile(drawn, [0.025, 0.975])
    assert all(one > other for one, other in zip(ours, plain, strict=True))


def test_what_seeds_and_sentences_add_squares_to_the_variance() -> None:
    """Two languages, four models each, forty sentences in ten documents."""
    generator = np.random.default_rng(5)
    tables = [generator.normal(0, 3, (4, 40)) + generator.normal(0, 1, (4, 1)) for _ in range(2)]
    documents = np.repeat(np.arange(10), 4)
    added = influences(tables, documents)
    assert [len(part) for part in added] == [10, 4, 4]
    joint, _ = clustered_variance(tables[0].mean(0) + tables[1].mean(0), documents)
    assert np.sum(added[0] ** 2) == pytest.approx(joint * 9 / 10), "documents of one size"
    assert np.sum(added[1] ** 2) == pytest.approx(tables[0].mean(1).var() / 4)
