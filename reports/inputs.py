"""What a report is made of: one export of tracked runs."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.models import get_model
from reports.errors import ReportError
from reports.resampling import Combination, Table

RANK = ("unit_unigram", "ngram", "bag_of_words", "character_ngrams", "rnn", "gru", "lstm", "transformer")
"""Kinds of model, the plainest first."""
LANGUAGES = ("ko", "en")
"""Languages that come first on a page."""

UNIT_BITS = "unit_surprisal"
"""The measure of single units in the sentences that are kept as examples: shown, never estimated from."""


@cache
def is_floor(model: str) -> bool:
    """Whether a model is counted instead of trained."""
    return not get_model(model).network


def rank(model: str) -> tuple[int, int, int, str]:
    """Sorts models from the plainest up."""
    found = get_model(model)
    return RANK.index(found.kind), found.order, found.layers, found.name


def in_turn(langs: Collection[str]) -> list[str]:
    """Languages in the order of the page."""
    return sorted(langs, key=lambda lang: (LANGUAGES.index(lang) if lang in LANGUAGES else len(LANGUAGES), lang))


def in_rank(models: Collection[str]) -> list[str]:
    """Models from the plainest up."""
    return sorted(models, key=rank)


@dataclass(frozen=True)
class Group:
    """Runs that differ in their seed alone."""

    lang: str
    unit: str
    model: str
    train_order: str
    condition: str = ""

    @property
    def key(self) -> tuple[int, tuple[int, int, int, str], str, str, str]:
        """Sorts Korean first, models from the plainest up."""
        lang = LANGUAGES.index(self.lang) if self.lang in LANGUAGES else len(LANGUAGES)
        return lang, rank(self.model), self.unit, self.train_order, self.condition


@dataclass(frozen=True)
class Inputs:
    """study: name, title, question and whatever of the declaration the page shows; runs, observations, sentences,
    audits: the export's tables (docs/method.md lists their columns)."""

    study: dict[str, Any]
    runs: pd.DataFrame
    observations: pd.DataFrame
    sentences: pd.DataFrame
    audits: pd.DataFrame

    def groups(self) -> list[Group]:
        return sorted(self._by_group, key=lambda group: group.key)

    @cached_property
    def _by_group(self) -> dict[Group, pd.DataFrame]:
        columns = ["lang", "unit", "model", "train_order", "condition"]
        parts = self.runs.sort_values(["seed", "run_id"]).groupby(columns, sort=False)
        return {Group(*map(str, key)): rows for key, rows in parts}

    def runs_of(self, group: Group) -> pd.DataFrame:
        """The group's runs by seed."""
        return self._by_group[group]

    def good_runs_of(self, group: Group) -> pd.DataFrame:
        """The group's runs that passed the gates; flagged ones are listed, never averaged in."""
        runs = self.runs_of(group)
        return runs[runs["gate"] == "passed"]

    def address(self, run: Mapping[Any, Any]) -> str:
        """A run's place in the UI that the study names (`ui`, an address up to its #); nothing where none is named."""
        ui, experiment = str(self.study.get("ui") or ""), run.get("experiment")
        return f"{ui.rstrip('/')}/#/experiments/{experiment}/runs/{run['run_id']}" if ui and experiment else ""

    def orders(self) -> list[str]:
        """Test orders, natural first, then by how much of the order they keep."""
        rows = self.observations["test_order"][self.observations["measure"] == "surprisal"]
        rank = {"natural": 0, "reverse": 1, "shuffle": 9}
        return sorted(map(str, rows.unique()), key=lambda name: (rank.get(name, 5), name))

    @cached_property
    def tables(self) -> Tables:
        """The observations as arrays."""
        return Tables(self)

    @cached_property
    def unit_bits(self) -> pd.DataFrame:
        """The observations of single units in the sentences that are kept as examples."""
        return self.observations[self.observations["measure"] == UNIT_BITS]

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The configuration that the runs share."""
        return dict(json.loads(self.runs["settings"].iloc[0]))

    @property
    def alike(self) -> bool:
        """Whether the languages have text of one kind, each its own, instead of translations of one text."""
        return bool(self.settings.get("alike"))

    @cached_property
    def _facts(self) -> dict[tuple[str, ...], pd.DataFrame]:
        parts = self.sentences.groupby(["lang", "unit", "condition"], sort=False)
        return {tuple(map(str, key)): rows.set_index("sentence_id").sort_index() for key, rows in parts}

    def facts(self, group: Group) -> pd.DataFrame:
        """Sizes of the test sentences, by sentence id."""
        return self._facts[group.lang, group.unit, group.condition]


def paired(first: Sequence[str], second: Sequence[str]) -> tuple[list[str], NDArray[np.int64], NDArray[np.int64]]:
    """The sentence ids that two groups of runs have in common, sorted, and the places of these in each."""
    common = sorted(set(first) & set(second))
    at = [np.asarray(pd.Index(list(names)).get_indexer(pd.Index(common)), np.int64) for names in (first, second)]
    return common, at[0], at[1]


def _coded(column: pd.Series[Any]) -> tuple[NDArray[np.integer[Any]], pd.Index[Any]]:
    """Each value's place among the sorted names, and the names; categories that are sorted already are taken as they
    are."""
    if isinstance(column.dtype, pd.CategoricalDtype) and column.cat.categories.is_monotonic_increasing:
        return column.cat.codes.to_numpy(), column.cat.categories
    return pd.factorize(column, sort=True)


class Tables:
    """Observations as arrays [seeds, sentences]; holds them by run, measure, order and x, sentences sorted by id; those
    of single units are left out.

    Values are paired by sentence: whatever is put side by side must have been measured on the same ones, each once,
    and be finite. ReportError otherwise.
    """

    def __init__(self, inputs: Inputs) -> None:
        rows = inputs.observations
        columns = ("run_id", "measure", "test_order", "x", "sentence_id")
        coded = [_coded(rows[column]) for column in columns]
        block = np.zeros(len(rows), dtype=np.int64)
        for codes, names in coded[:-1]:
            block = block * max(len(names), 1) + codes
        place = block * max(len(coded[-1][1]), 1) + coded[-1][0]
        order = np.argsort(place, kind="stable")
        place, block = place[order], block[order]
        if (place[1:] == place[:-1]).any():
            run = rows["run_id"].iloc[order[1:][place[1:] == place[:-1]][0]]
            raise ReportError(f"Run {run} holds an observation twice: export the study again.")
        self._names = np.asarray(coded[-1][1], dtype=object)
        self._values = rows["value"].to_numpy(float)[order]
        self._sentences = coded[-1][0][order]
        self._blocks: dict[tuple[str, str, str, float], slice] = {}
        self._xs: dict[tuple[str, str, str], list[float]] = {}
        self._orders: dict[str, set[str]] = {}
        self._combined: dict[tuple[str, ...], Combination] = {}
        starts = np.append(0, 1 + np.flatnonzero(block[1:] != block[:-1]))
        stops = np.append(starts[1:], len(place))
        wanted = np.asarray(coded[1][1] != UNIT_BITS)[coded[1][0][order[starts]]]
        first = order[starts[wanted]]
        named = [np.asarray(names, dtype=object)[codes[first]] for codes, names in coded[:-1]]
        for start, stop, run, measure, kind, x in zip(starts[wanted], stops[wanted], *named, strict=True):
            self._blocks[(str(run), str(measure), str(kind), float(x))] = slice(int(start), int(stop))
            self._xs.setdefault((str(run), str(measure), str(kind)), []).append(float(x))
            if measure == "surprisal":
                self._orders.setdefault(str(run), set()).add(str(kind))

    def xs(self, run_id: str, measure: str, order: str) -> list[float]:
        return self._xs.get((run_id, measure, order), [])

    def orders(self, run_id: str) -> set[str]:
        """The test orders under which a run's surprisal was measured."""
        return self._orders.get(run_id, set())

    def ids(self, run_id: str, measure: str = "surprisal", order: str = "natural") -> list[str]:
        """Sentence ids of a run's measure, in the order of its arrays."""
        xs = self.xs(run_id, measure, order)
        if not xs:
            raise ReportError(f"Run {run_id} has no {measure} under {order}: run the study again.")
        return [str(name) for name in self._names[self._sentences[self._blocks[(run_id, measure, order, xs[0])]]]]

    def over_draws(self, run_ids: list[str], order: str, measure: str = "surprisal") -> Table:
        """[seeds, sentences]: a measure of each sentence under an order, mean over the draws."""
        wanted = self._sentences_of(run_ids[0], measure, "natural")
        rows = []
        for run in run_ids:
            xs = self.xs(run, measure, order)
            if not xs:
                raise ReportError(f"Run {run} was not measured under {order}, other seeds were: run the study again.")
            rows.append(np.mean([self._value(run, measure, order, x, wanted) for x in xs], axis=0))
        return np.stack(rows)

    def combined(self, run_ids: list[str], order: str, measure: str = "surprisal") -> Combination:
        """The same for sums and differences: asked twice it is one, which remembers its resampling."""
        key = (*run_ids, order, measure)
        if key not in self._combined:
            self._combined[key] = Combination.of(self.over_draws(run_ids, order, measure), kept=True)
        return self._combined[key]

    def at(self, run_ids: list[str], measure: str, order: str, x: float) -> Table:
        """[seeds, sentences]: one measure at one x."""
        wanted = self._sentences_of(run_ids[0], measure, order)
        return np.stack([self._value(run, measure, order, x, wanted) for run in run_ids])

    def at_own(self, run_ids: list[str], measure: str, order: str, x: float) -> Table:
        """The same where every x has sentences of its own; all runs the same ones."""
        block = self._blocks[(run_ids[0], measure, order, x)]
        return np.stack([self._value(run, measure, order, x, self._sentences[block]) for run in run_ids])

    def _sentences_of(self, run: str, measure: str, order: str) -> NDArray[np.int64]:
        xs = self.xs(run, measure, order)
        if not xs:
            raise ReportError(f"Run {run} has no {measure} under {order}: run the study again.")
        return np.asarray(self._sentences[self._blocks[(run, measure, order, xs[0])]])

    def _value(self, run: str, measure: str, order: str, x: float, wanted: NDArray[np.integer[Any]]) -> Table:
        block = self._blocks.get((run, measure, order, x))
        if block is None:
            raise ReportError(f"Run {run} has no {measure} at {x:g}, other seeds have: run the study again.")
        if not np.array_equal(self._sentences[block], wanted):
            raise ReportError(
                f"Run {run} was measured on other sentences ({measure}, {order}) than what it is paired with: "
                "run the study again."
            )
        values: Table = self._values[block]
        if not np.isfinite(values).all():
            raise ReportError(
                f"Run {run} passed its gates, but its {measure} under {order} is not finite everywhere: run it again."
            )
        return values
