"""Measures: each a function from a trained model and test sentences to rows of the long table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.packing import Passages
from experiments.study import Study
from pipelines.dataset import Dataset
from pipelines.layout import Indices
from pipelines.sequences import Sequences

if TYPE_CHECKING:
    from experiments.material import Material

COLUMNS = ["test_order", "sentence_id", "measure", "x", "value"]
LANGUAGE_MODELS = ("sentences", "documents")
CLASSIFIERS = ("classification", "pairs")


class Scorer(Protocol):
    """Anything that gives the surprisal of every target of some passages, [steps], in bits; where `wanted` says which
    targets are asked for, the others may be zero."""

    def bits(self, given: Passages, wanted: NDArray[np.bool_] | None = None) -> NDArray[np.float64]: ...


class ClassScorer(Protocol):
    """Anything that gives the surprisal of every class of some texts or pairs, [texts or pairs, classes], in bits."""

    def class_bits(self, given: Sequences) -> NDArray[np.float64]: ...


@dataclass(frozen=True)
class Subject:
    """What is measured: a scorer, and the test sentences of a cell's material (by number)."""

    scorer: Scorer | ClassScorer
    material: Material

    @property
    def study(self) -> Study:
        return self.material.study

    @property
    def dataset(self) -> Dataset:
        return self.material.dataset

    @property
    def numbers(self) -> Indices:
        return self.material.numbers["test"]

    def bits(self, given: Passages, wanted: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        return self.scorer.bits(given, wanted)  # type: ignore[union-attr]

    def sample(self, count: int) -> Indices:
        """Numbers of `count` of the test sentences, those with the smallest keys: random, and the same everywhere."""
        order = np.argsort(self.dataset.keys[self.numbers], kind="stable")
        return np.sort(self.numbers[order[:count]])

    def ids(self, numbers: Indices) -> list[str]:
        return list(self.dataset.facts["sentence_id"].take(numbers).to_pylist())


Measure = Callable[[Subject], pd.DataFrame]
_MEASURES: dict[str, tuple[Measure, tuple[str, ...]]] = {}


def measure(name: str, tasks: tuple[str, ...]) -> Callable[[Measure], Measure]:
    """Register a measure under a name, for the tasks that it can be taken of."""

    def register(function: Measure) -> Measure:
        _MEASURES[name] = function, tasks
        return function

    return register


def measures_of(task: str) -> dict[str, Measure]:
    """The measures of a task by name."""
    for module in ("surprisal", "units", "truncation", "profile", "labels", "occlusion", "recall", "hosts"):
        import_module(f"experiments.measures.{module}")
    return {name: function for name, (function, tasks) in _MEASURES.items() if task in tasks}


def table(test_order: str, ids: list[str], name: str, x: float, values: NDArray[np.float64]) -> pd.DataFrame:
    """Rows of one measure at one x, in the columns of the long table."""
    return pd.DataFrame(
        {"test_order": test_order, "sentence_id": ids, "measure": name, "x": x, "value": values}, columns=COLUMNS
    )


def sum_by_sentence(bits: NDArray[np.float64], given: Passages) -> NDArray[np.float64]:
    """[sentences]: the bits of each sentence, its end included."""
    return np.add.reduceat(bits, given.sentences[:-1]) if len(bits) else np.zeros(0)
