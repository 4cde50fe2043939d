"""What a report is made of: one export of tracked runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports.errors import ReportError

Table = NDArray[np.float64]
FLOORS = ("unigram", "bigram")
MODELS = ("unigram", "bigram", "rnn", "gru", "lstm")
LANGUAGES = {"ko": "Korean", "en": "English"}


@dataclass(frozen=True)
class Group:
    """Runs that differ in their seed alone."""

    lang: str
    unit: str
    model: str
    train_order: str

    @property
    def key(self) -> tuple[int, int, str, str, str]:
        """Sorts Korean first, models from the plainest up."""
        langs, models = list(LANGUAGES), list(MODELS)
        lang = langs.index(self.lang) if self.lang in langs else len(langs)
        model = models.index(self.model) if self.model in models else len(models)
        return lang, model, self.unit, self.model, self.train_order


@dataclass(frozen=True)
class Inputs:
    """study: name, title, question and whatever of the declaration the page shows; runs, observations, sentences: the
    export's tables (docs/method.md lists their columns)."""

    study: dict[str, Any]
    runs: pd.DataFrame
    observations: pd.DataFrame
    sentences: pd.DataFrame

    def groups(self) -> list[Group]:
        columns = ["lang", "unit", "model", "train_order"]
        return sorted(
            (Group(*row) for row in set(map(tuple, self.runs[columns].to_numpy()))), key=lambda group: group.key
        )

    def runs_of(self, group: Group) -> pd.DataFrame:
        """The group's runs by seed."""
        runs = self.runs
        same = (runs["lang"] == group.lang) & (runs["unit"] == group.unit)
        same &= (runs["model"] == group.model) & (runs["train_order"] == group.train_order)
        return runs[same].sort_values("seed")

    def good_runs_of(self, group: Group) -> pd.DataFrame:
        """The group's runs that passed the gates; flagged ones are listed, never averaged in."""
        runs = self.runs_of(group)
        return runs[runs["gate"] == "passed"]

    def orders(self) -> list[str]:
        """Test orders, natural first, then by how much of the order they keep."""
        rows = self.observations["test_order"][self.observations["measure"] == "surprisal"]
        rank = {"natural": 0, "reverse": 1, "shuffle": 9}
        return sorted(set(rows), key=lambda name: (rank.get(name, 5), name))

    def facts(self, group: Group) -> pd.DataFrame:
        """Sizes of the test sentences, by sentence id."""
        rows = self.sentences
        return rows[(rows["lang"] == group.lang) & (rows["unit"] == group.unit)].set_index("sentence_id").sort_index()


class Tables:
    """Observations as arrays [seeds, sentences]; holds them by run, measure, order and x, sentences sorted by id."""

    def __init__(self, inputs: Inputs) -> None:
        rows = inputs.observations.sort_values(["run_id", "measure", "test_order", "x", "sentence_id"], kind="stable")
        self._values: dict[tuple[str, str, str, float], Table] = {}
        self._ids: dict[tuple[str, str, str, float], NDArray[np.object_]] = {}
        self._xs: dict[tuple[str, str, str], list[float]] = {}
        for key, part in rows.groupby(["run_id", "measure", "test_order", "x"], sort=True):
            run, measure, order = (str(value) for value in key[:3])
            x = float(str(key[3]))
            name = (run, measure, order, x)
            self._xs.setdefault((run, measure, order), []).append(x)
            self._values[name] = part["value"].to_numpy(float)
            self._ids[name] = part["sentence_id"].to_numpy(object)

    def xs(self, run_id: str, measure: str, order: str) -> list[float]:
        return self._xs.get((run_id, measure, order), [])

    def ids(self, run_id: str, measure: str = "surprisal", order: str = "natural") -> list[str]:
        """Sentence ids of a run's measure, in the order of its arrays."""
        return [str(name) for name in self._ids[(run_id, measure, order, self.xs(run_id, measure, order)[0])]]

    def over_draws(self, run_ids: list[str], order: str) -> Table:
        """[seeds, sentences]: surprisal of each sentence under an order, mean over the draws."""
        rows = [
            np.mean([self._values[(run, "surprisal", order, x)] for x in self.xs(run, "surprisal", order)], axis=0)
            for run in run_ids
        ]
        return _stacked(rows)

    def at(self, run_ids: list[str], measure: str, order: str, x: float) -> Table:
        """[seeds, sentences]: one measure at one x."""
        return _stacked([self._values[(run, measure, order, x)] for run in run_ids])


def _stacked(rows: list[Table]) -> Table:
    if len({len(row) for row in rows}) != 1:
        raise ReportError("The runs of one model were measured on different sentences: run the study again.")
    return np.stack(rows)
