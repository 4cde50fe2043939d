"""Targets that have a long past: which units they are, and the text around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from experiments.errors import StudyError
from experiments.measures.truncation import unit_steps
from experiments.packing import Passages
from pipelines.layout import Indices, Keys, ranges

if TYPE_CHECKING:
    from experiments.material import Material


LAST = 1.4
"""How much longer the longest context is than the one before it, at the least, where it is declared in characters."""


@dataclass(frozen=True)
class Past:
    """The text around the targets, unit by unit; the end of a sentence counts as a unit.

    begin, end: [units], the steps that predict each unit; sentence: [units]; number: [units], the unit in the dataset,
    -1 for an end; runs: [runs, 2], the first target of each run and the one after its last; longest: how far back.
    """

    given: Passages
    begin: Indices
    end: Indices
    sentence: Indices
    number: Indices
    runs: Indices
    longest: int

    @property
    def targets(self) -> Indices:
        return np.concatenate([np.arange(first, last) for first, last in self.runs])


def has_profile(material: Material) -> bool:
    """Whether the model is a recurrent network that reads from one side."""
    return material.model.recurrent and material.model.direction != "bidirectional"


def check_targets(material: Material) -> None:
    """StudyError where the test split has no passages that profiles can be taken on; called before training."""
    if material.study.recency.targets and has_profile(material):
        past_of(material)


def past_of(material: Material) -> Past:
    """Runs of targets in passages that are long enough, those with the smallest keys first, in random places.

    With `recency.sides: both` a run has the longest distance on both sides of it, and a model that reads backward gets
    the same targets as one that reads forward: there the end of a sentence is predicted from what follows it.
    """
    dataset, numbers = material.dataset, material.numbers["test"]
    sequences = material.sequences(numbers, "natural")
    given = material.passages_of(numbers, "natural")
    begin, end, position, sentence = unit_steps(sequences, given)
    first = np.flatnonzero(position == 0)
    lengths = np.diff(np.append(first, len(begin)))
    backward = material.model.direction == "backward"
    named = sentence[first + lengths - 1 if backward else first]
    runs = _runs(material, first, lengths, dataset.keys[numbers][named])
    counts = np.diff(sequences.sentences)
    ends = np.cumsum(counts + 1) - 1
    number = np.full(len(begin), -1, np.int64)
    units = ranges(dataset.sentences[numbers], counts)
    if backward:
        units = np.repeat((dataset.sentences[numbers] + dataset.sentences[numbers + 1]), counts) - 1 - units
        inner = ends[~np.isin(ends + 1, np.append(first, len(begin)))]
        sentence[inner] = sentence[inner + 1]
    number[np.delete(np.arange(len(begin)), ends)] = units
    return Past(given, begin, end, sentence, number, runs, max(distances_of(material)))


def distances_of(material: Material) -> list[int]:
    """The distances in units that profiles are taken at, the longest context last.

    Where that is declared in characters: as many units as so many have on average in training, spaces between units
    and the ends of sentences, which are units, counted; and of the declared contexts those that are shorter by LAST, so
    that it is no matter of the grid whether a reach is called longer than all but the last. Raises StudyError where
    none is.
    """
    recency = material.study.recency
    if recency.characters is None:
        return list(recency.contexts)
    train = material.numbers["train"]
    characters, units = (material.dataset.sizes(name)[train] + 1 for name in ("n_chars", "n_units"))
    longest = round(recency.characters * int(units.sum()) / int(characters.sum()))
    shorter = [context for context in recency.contexts if LAST * context <= longest]
    if not shorter:
        raise StudyError(
            f"recency.characters={recency.characters} are {longest} units ({material.dataset.lang}, "
            f"{material.dataset.recipe.unit}), and none of recency.contexts is shorter: set more characters."
        )
    return [*shorter, longest]


def _runs(material: Material, first: Indices, lengths: Indices, keys: Keys) -> Indices:
    """[runs, 2]; first, lengths, keys: [passages], the first unit of each, its number of units, its random key.

    One run a passage in the order of the keys, and as long as too few targets are had one more, next to the others.
    """
    recency, longest = material.study.recency, max(distances_of(material))
    behind = longest + 1 if recency.sides == "both" else 0
    room = np.maximum(lengths - longest - behind, 0) // recency.run
    order, wanted = np.argsort(keys, kind="stable"), -(-recency.targets // recency.run)
    many = np.zeros(len(lengths), np.int64)
    while many.sum() < wanted and (many < room).any():
        again = order[many[order] < room[order]]
        many[again[: wanted - int(many.sum())]] += 1
    runs: list[tuple[int, int]] = []
    for i in np.flatnonzero(many):
        size = int(many[i]) * recency.run
        before = longest + int(keys[i] % np.uint64(int(lengths[i]) - longest - behind - size + 1))
        if behind and material.model.direction == "backward":
            before = int(lengths[i]) - 1 - size - before
        begin = int(first[i]) + before
        runs += [(at, at + recency.run) for at in range(begin, begin + size, recency.run)]
    if len(runs) < 2:
        raise StudyError(
            f"Fewer than two passages of the test split have {longest + recency.run + behind} units, which recency "
            f"needs ({material.dataset.lang}): shorten recency.{'characters' if recency.characters else 'contexts'} or "
            "recency.run, or set recency.targets=0."
        )
    return np.array(sorted(runs), np.int64)
