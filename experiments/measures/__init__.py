"""Measures: each a function from a trained model and test sentences to rows of the long table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.packing import Passages
from experiments.study import Study
from pipelines.dataset import Dataset
from pipelines.layout import Indices

COLUMNS = ["test_order", "sentence_id", "measure", "x", "value"]


class Scorer(Protocol):
    """Anything that gives the surprisal of every target of some passages, [steps], in bits."""

    def bits(self, given: Passages) -> NDArray[np.float64]: ...


@dataclass(frozen=True)
class Subject:
    """What is measured: a scorer, and the test sentences of a dataset (by number)."""

    scorer: Scorer
    dataset: Dataset
    numbers: Indices
    study: Study

    def sample(self, count: int) -> Indices:
        """Numbers of `count` of the test sentences, those with the smallest keys: random, and the same everywhere."""
        order = np.argsort(self.dataset.keys[self.numbers], kind="stable")
        return np.sort(self.numbers[order[:count]])

    def ids(self, numbers: Indices) -> list[str]:
        return list(self.dataset.facts["sentence_id"].take(numbers).to_pylist())


Measure = Callable[[Subject], pd.DataFrame]
_MEASURES: dict[str, Measure] = {}


def measure(name: str) -> Callable[[Measure], Measure]:
    """Register a measure under the name that its rows carry."""

    def register(function: Measure) -> Measure:
        _MEASURES[name] = function
        return function

    return register


def all_measures() -> dict[str, Measure]:
    """Every measure by name."""
    for module in ("surprisal", "truncation"):
        import_module(f"experiments.measures.{module}")
    return dict(_MEASURES)


def table(test_order: str, ids: list[str], name: str, x: float, values: NDArray[np.float64]) -> pd.DataFrame:
    """Rows of one measure at one x, in the columns of the long table."""
    return pd.DataFrame(
        {"test_order": test_order, "sentence_id": ids, "measure": name, "x": x, "value": values}, columns=COLUMNS
    )


def sum_by_passage(bits: NDArray[np.float64], given: Passages) -> NDArray[np.float64]:
    """[passages]: the bits of each passage."""
    return np.add.reduceat(bits, given.offsets[:-1]) if len(bits) else np.zeros(0)
