"""Differences on the same sentences: between the languages, and between the conditions of a language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.variants import CUTTING, Variant, variants
from reports.gain import ORDER_GAIN, Worth, gain_apart
from reports.inputs import Group, Inputs, Tables, is_floor, paired
from reports.mixed import at_equal_units
from reports.quantities import ACCURACY, AT_EQUAL_LENGTH, AT_EQUAL_UNITS, PER_ORDER_BIT, clusters_of
from reports.resampling import UNKNOWN, Clusters, Combination, Table, permuted
from reports.statistics import Estimate, linearised, total, total_apart, totals
from reports.words import Words

SPACED = {"ko": "eojeol", "en": "word"}
"""The units in which the languages are compared."""
Sides = list[Combination]
EACH = 5
"""Sentences of a length that a comparison at equal length needs on both sides."""


@dataclass(frozen=True)
class Comparison:
    """A quantity of one group minus that of another, on the sentences that both have.

    permuted: p where the models change sides at random, and the smallest that so many models can reach.
    """

    first: Group
    second: Group
    order: str
    quantity: str
    estimate: Estimate
    run_ids: tuple[str, ...]
    permuted: tuple[float, float] = UNKNOWN

    @property
    def languages(self) -> bool:
        return self.first.lang != self.second.lang

    def named(self, words: Words) -> str:
        """Korean − English; Korean: unmarked − marked."""
        first, second = (words.language(group.lang) for group in (self.first, self.second))
        if not self.languages:
            return f"{first}: {self.first.condition} − {self.second.condition}"
        return f"{first} − {second}" + (f", {self.first.condition}" if self.first.condition else "")

    @property
    def group(self) -> Group:
        """Stands for the two in results.csv."""
        first, second = self.first, self.second
        if self.languages:
            return Group(f"{first.lang}-{second.lang}", "", first.model, first.train_order, first.condition)
        return Group(first.lang, first.unit, first.model, first.train_order, f"{first.condition}-{second.condition}")


def compare(
    inputs: Inputs, tables: Tables, groups: list[Group], orders: list[str], worth: dict[Group, dict[str, Worth]]
) -> list[Comparison]:
    """Korean minus English for every network that both have, and every condition minus the one that changes nothing
    (the first by name where all change something).

    Where text was localised instead of translated the languages are not compared; where each has text of its own
    (`alike`), in nothing but what order is worth.
    """
    networks, couples = compared_networks(groups), language_couples(inputs, groups)
    lengths = {
        side: shared_lengths(*(inputs.facts(one)["n_units"] for one in pair)) for pair in couples for side in pair
    }
    found = [one for couple in couples for one in _differences(inputs, tables, *couple, orders, worth)]
    known = variants(inputs.settings["study"])
    base = {name for name, variant in known.items() if variant.base}
    ranked = sorted(networks, key=lambda g: (g.lang, g.unit, g.model))
    for _, alike in groupby(ranked, key=lambda g: (g.lang, g.unit, g.model)):
        first, *others = sorted(alike, key=lambda g: (g.condition not in base, g.condition))
        for other in others:
            apart = _apart(known, other.condition, first.condition)
            if len(apart) <= 1:
                own = lengths.get(first) if apart & CUTTING else None
                found += _differences(inputs, tables, other, first, orders, worth, own)
    return found


def compared_networks(groups: Iterable[Group]) -> list[Group]:
    """The networks that were trained on natural order: those that are compared as they are."""
    return [g for g in groups if not is_floor(g.model) and g.train_order == "natural"]


def language_couples(inputs: Inputs, groups: Iterable[Group]) -> list[tuple[Group, Group]]:
    """Korean and English networks of one kind and condition over spaced words; none where text was localised."""
    networks = compared_networks(groups) if inputs.settings["comparable"] or inputs.alike else []
    spaced = {lang: [g for g in networks if (g.lang, g.unit) == (lang, unit)] for lang, unit in SPACED.items()}
    return [
        (one, other)
        for one in spaced["ko"]
        for other in spaced["en"]
        if (one.model, one.condition) == (other.model, other.condition)
    ]


def _apart(known: Mapping[str, Variant], one: str, other: str) -> frozenset[str]:
    """In which of the settings of their corpus, the cutting of their text, and their read-out two variants differ."""
    return known[one].differs(known[other]) if one in known and other in known else frozenset()


def _differences(
    inputs: Inputs,
    tables: Tables,
    one: Group,
    other: Group,
    orders: list[str],
    worth: dict[Group, dict[str, Worth]],
    lengths: Mapping[int, int] | None = None,
) -> list[Comparison]:
    """lengths: of two cuttings of one text, how much each number of units counts where the languages are compared."""
    if one.lang != other.lang and inputs.alike:
        return list(_gains_apart(inputs, tables, one, other, worth))
    runs = [list(inputs.good_runs_of(group)["run_id"]) for group in (one, other)]
    common, *at = paired(*(tables.ids(side[0]) for side in runs))
    if len(common) < 2:
        return []
    facts = [inputs.facts(group).loc[common] for group in (one, other)]
    documents, asked = clusters_of(facts[0]), list[_Asked]()
    run_ids = (*runs[0], *runs[1])

    def ask(order: str, quantity: str, sides: Sides, by_model: bool = True) -> None:
        chance = permuted(*(side.mean(1) for side in sides)) if by_model else UNKNOWN
        asked.append(_Asked(order, quantity, [sides[0], -sides[1]], run_ids, chance))

    def sides_of(measure: str, order: str) -> Sides:
        return [tables.combined(side, order, measure).at(where) for side, where in zip(runs, at, strict=True)]

    shared = set.intersection(*(tables.orders(side[0]) for side in runs))
    natural, units = sides_of("surprisal", "natural"), [table["n_units"].to_numpy() for table in facts]
    ceilings = [table["log2_orders"].to_numpy(float) for table in facts]
    for order in (name for name in orders if name in shared):
        if all(tables.xs(side[0], "correct", order) for side in runs):
            ask(order, ACCURACY, sides_of("correct", order))
        if order == "natural":
            ask(order, "bits_per_sentence", natural)
            continue
        costs = [there - here for there, here in zip(sides_of("surprisal", order), natural, strict=True)]
        ask(order, "order_cost", costs)
        if one.lang != other.lang:
            for quantity, known in _at_equal(costs, units, documents):
                asked.append(_Asked(order, quantity, known, run_ids))
        elif lengths and (matched := _matched(costs, units, documents, lengths)) is not None:
            asked.append(_Asked(order, AT_EQUAL_LENGTH, matched, run_ids))
        if all(ceiling.sum() > 0 for ceiling in ceilings):
            ask(order, PER_ORDER_BIT, [linearised(*pair) for pair in zip(costs, ceilings, strict=True)], by_model=False)
    for order in sorted(worth[one].keys() & worth[other].keys()):
        first, second = (worth[group][order].at(where) for group, where in zip((one, other), at, strict=True))
        asked.append(_Asked(order, ORDER_GAIN, gain_apart(first, second), (*first.runs, *second.runs)))
    estimates = iter(totals([each.of for each in asked if isinstance(each.of, list)], documents))
    return [
        Comparison(
            one, other, each.order, each.quantity, next(estimates) if isinstance(each.of, list) else each.of,
            each.runs, each.chance,
        )
        for each in asked
    ]  # fmt: skip


class _Asked(NamedTuple):
    """A comparison to be: tables whose means sum to it, which are resampled together, or its estimate."""

    order: str
    quantity: str
    of: Sides | Estimate
    runs: tuple[str, ...]
    chance: tuple[float, float] = UNKNOWN


def _at_equal(
    costs: Sides, units: list[NDArray[np.int64]], documents: Clusters | None
) -> Iterator[tuple[str, Estimate]]:
    """The differences of costs at equal length: of sentences of one number of units, and by a model of lengths."""
    first, second = (side.values for side in costs)
    matched = _matched(costs, units, documents)
    if matched is not None:
        yield AT_EQUAL_LENGTH, matched
    adjusted = at_equal_units(first, second, (units[0], units[1]), documents)
    if adjusted is not None:
        yield AT_EQUAL_UNITS, adjusted


def _matched(
    costs: Sides, units: list[NDArray[np.int64]], documents: Clusters | None, weights: Mapping[int, int] | None = None
) -> Estimate | None:
    first, second = (side.values for side in costs)
    matched = at_equal_length(first, second, units[0], units[1], weights)
    if matched is None:
        return None
    lines, chosen = matched
    own = None if documents is None else np.unique(documents[chosen], return_inverse=True)[1]
    return total(lines, own if own is not None and own.max() else None)


def _gains_apart(
    inputs: Inputs, tables: Tables, one: Group, other: Group, worth: dict[Group, dict[str, Worth]]
) -> Iterator[Comparison]:
    """What each order is worth to one minus what it is to the other, each on sentences of its own."""
    for order in sorted(worth[one].keys() & worth[other].keys()):
        sides = [
            (worth[group][order].gain(sign), clusters_of(inputs.facts(group).loc[_tested(inputs, tables, group)]))
            for group, sign in ((one, 1.0), (other, -1.0))
        ]
        runs = tuple(run for group in (one, other) for run in worth[group][order].runs)
        yield Comparison(one, other, order, ORDER_GAIN, total_apart(sides), runs)


def _tested(inputs: Inputs, tables: Tables, group: Group) -> list[str]:
    return tables.ids(str(inputs.good_runs_of(group)["run_id"].iloc[0]))


def shared_lengths(first: Iterable[int], second: Iterable[int]) -> dict[int, int]:
    """By number of units that EACH sentences or more have on both sides, the smaller of the two counts."""
    counts = [Counter(map(int, units)) for units in (first, second)]
    return {n: min(counts[0][n], counts[1][n]) for n in counts[0] if min(counts[0][n], counts[1][n]) >= EACH}


def at_equal_length(
    first: Table, second: Table, first_units: NDArray[np.int64], second_units: NDArray[np.int64],
    weights: Mapping[int, int] | None = None,
) -> tuple[list[Table], NDArray[np.int64]] | None:  # fmt: skip
    """Two tables [seeds, matched sentences], and which sentences those are; the means of the tables sum to the
    difference at equal length. None where no length is shared.

    Of every number of units that EACH sentences or more have on both sides, the difference of means, weighted by the
    smaller count (or by `weights`). Each sentence stands for its deviation from the mean of its length, so that the
    spread between lengths is in no interval, made larger by √(n/(n − 1)) for the n sentences of that length, from whose
    own mean it is taken. Sentences of lengths that are not shared are left out.
    """
    counts = [Counter(units.tolist()) for units in (first_units, second_units)]
    shared = shared_lengths(first_units, second_units)
    weights = shared if weights is None else {n: weight for n, weight in weights.items() if n in shared}
    if not weights:
        return None
    together, value = float(sum(weights.values())), 0.0
    made = []
    for sign, table, units, count in ((1, first, first_units, counts[0]), (-1, second, second_units, counts[1])):
        line = np.zeros_like(table)
        for n, weight in weights.items():
            here = units == n
            mean = float(table[:, here].mean())
            freed = (count[n] / (count[n] - 1)) ** 0.5
            line[:, here] = sign * (table[:, here] - mean) * freed * weight / together / count[n]
            value += sign * mean * weight / together
        made.append(line)
    matched = np.flatnonzero(np.isin(first_units, list(weights)) | np.isin(second_units, list(weights)))
    lines = [line[:, matched] * len(matched) for line in made]
    return [lines[0] + value, lines[1]], matched
