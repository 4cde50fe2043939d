"""How many seeds and sentences a study needs, from the variances that a pilot study showed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from reports.comparisons import compared_networks, language_couples
from reports.gain import ORDER_GAIN, worths
from reports.inputs import Group, Inputs, Tables, paired
from reports.quantities import clusters_of
from reports.resampling import Clusters, Table
from reports.statistics import LEVEL, POWER, Parts, clustered_variance, mean_squares
from reports.words import Words


@dataclass(frozen=True)
class Pilot:
    """Variances of a mean, or of a difference of means: between seeds and left over, by side; between sentences.

    sentences: of one sentence's value, in a sample whose documents are as in the pilot; clusters: how many documents
    (or sentences) a sentence counts for, so that J sentences give J · clusters − 1 degrees of freedom.
    """

    seeds: tuple[float, ...]
    rest: tuple[float, ...]
    sentences: float
    clusters: float

    def parts(self, seeds: int, sentences: int) -> Parts:
        """The variance of the estimate that so many seeds a side and sentences would give."""
        cells = seeds * sentences
        found = [
            (own / seeds + left / cells, seeds - 1.0) for own, left in zip(self.seeds, self.rest, strict=True)
        ]  # fmt: skip
        return Parts((*found, (self.sentences / sentences, max(sentences * self.clusters - 1.0, 1.0))))

    def detectable(self, seeds: int, sentences: int) -> float:
        """The smallest true value that such a study finds in four of five cases at the 5 % level."""
        parts = self.parts(seeds, sentences)
        return parts.reach(1 - LEVEL) + float(special.ndtri(POWER)) * parts.error

    def seeds_needed(self, effect: float, sentences: int, most: int = 100) -> int | None:
        """The fewest seeds a side that find an effect of that size; None where `most` do not."""
        return next((n for n in range(2, most + 1) if self.detectable(n, sentences) <= abs(effect)), None)


def pilot(tables: Sequence[Table], clusters: Clusters | None) -> Pilot:
    """The variances behind the sum of the means of tables [seeds, sentences] of independent models; two seeds or more
    in each. Components below zero are zero (Searle, Casella & McCulloch 1992, ch. 4)."""
    items = tables[0].shape[1]
    squares = [mean_squares(table) for table in tables]
    together: Table = np.sum([table.mean(0) for table in tables], axis=0)
    joint, df = clustered_variance(together, clusters)
    left = sum(one.rest / table.size for one, table in zip(squares, tables, strict=True))
    return Pilot(
        tuple(max((one.seeds - one.rest) / items, 0.0) for one in squares),
        tuple(one.rest for one in squares),
        max(joint - left, 0.0) * items,
        (df + 1.0) / items,
    )


@dataclass(frozen=True)
class Question:
    """A quantity under an order, of one group or between two, with the pilot's variances, its sizes and its value."""

    what: str
    order: str
    value: float
    variances: Pilot
    seeds: int
    sentences: int


QUANTITIES = ("order_cost", ORDER_GAIN)


def questions(inputs: Inputs, order: str, words: Words, quantity: str = "order_cost") -> Iterator[Question]:
    """The order costs (or order gains) of every network trained on natural order that has two seeds or more, and their
    differences between the languages; gains need as many models that were trained on the order."""
    tables = inputs.tables
    measured: dict[Group, tuple[list[Table], list[str]]] = {}
    for group in compared_networks(inputs.groups()):
        runs = list(inputs.good_runs_of(group)["run_id"])
        if len(runs) < 2 or order not in tables.orders(runs[0]):
            continue
        found = _measured(inputs, tables, group, order, quantity)
        if any(len(table) < 2 for table in found) or not found:
            continue
        measured[group] = found, tables.ids(runs[0])
        documents = clusters_of(inputs.facts(group).loc[measured[group][1]])
        yield _question(f"{words.language(group.lang)}, {_named(group)}", order, found, documents)
    for one, other in [] if inputs.alike else language_couples(inputs, measured):
        (first, ids), (second, others) = measured[one], measured[other]
        common, *at = paired(ids, others)
        if len(common) < 2:
            continue
        documents = clusters_of(inputs.facts(one).loc[common])
        named = f"{words.language('ko')} − {words.language('en')}, {_named(one)}"
        sides = [*(table[:, at[0]] for table in first), *(-table[:, at[1]] for table in second)]
        yield _question(named, order, sides, documents)


def _measured(inputs: Inputs, tables: Tables, group: Group, order: str, quantity: str) -> list[Table]:
    """Tables of independent models whose means sum to the quantity; none where it was not measured."""
    if quantity == ORDER_GAIN:
        worth = worths(inputs, tables, group).get(order)
        return [table.values for table in worth.gain()] if worth else []
    runs = list(inputs.good_runs_of(group)["run_id"])
    return [tables.over_draws(runs, order) - tables.over_draws(runs, "natural")]


def _named(group: Group) -> str:
    return " ".join(filter(None, (group.unit, group.model, group.condition)))


def _question(what: str, order: str, tables: list[Table], clusters: Clusters | None) -> Question:
    value = float(sum(table.mean() for table in tables))
    return Question(what, order, value, pilot(tables, clusters), min(map(len, tables)), tables[0].shape[1])
