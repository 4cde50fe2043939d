"""Recency profiles: what units at a distance are worth, on targets that have a long past.

Targets are runs of consecutive units, so that one reading serves many distances: whatever is done at a place is read on
from there once, and the targets at every distance after it are scored on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.measures import COLUMNS, LANGUAGE_MODELS, Subject, measure, table
from experiments.measures.past import Past, distances_of, has_profile, past_of
from experiments.measures.word_classes import by_class
from experiments.models import LONGEST_NGRAM
from experiments.models.floors import new_floor
from experiments.packing import Passages, units_apart
from pipelines.dataset import Dataset
from pipelines.layout import Indices, ranges

GRADIENTS = 4
"""One target in so many gets a gradient."""
Read = Callable[[Passages, NDArray[np.bool_]], NDArray[np.float64]]


@dataclass(frozen=True)
class Reading:
    """One reading on from a place: the ids read first, the unit whose prediction comes next, and the run it is in."""

    head: NDArray[np.int32]
    place: int
    next: int
    run: int


@measure("profile", LANGUAGE_MODELS)
def profile(subject: Subject) -> pd.DataFrame:
    """Bits of the targets of each sentence under different pasts, at every distance x (`distances_of`).

    Unit: bits, summed over a sentence's targets, whose number is `targets` (x = 0); sentences without have no row.
    `context`: at most the x units before are seen, from an empty state; x = 0 is told by the model `unit_unigram`,
    which knows how often units are and nothing of what stands before, a network having no state for that.
    `whole` (x = 0): the whole past is seen. `erased`: the same, but the unit at distance x is another one of its class
    and frequency (an end of a sentence stays). `deleted`: the unit at distance x is left out.
    `unshuffled` (x = 0): the past from C units before the run on, C being the longest distance; `shuffled_beyond`: the
    same with all units at distance x and more in random order. `gradient`: the mean norm of the gradient of a target's
    bits at the embeddings of the unit at distance x, over every fourth target.
    Of a model that reads backward the past is what stands after, and distance is counted to the right.
    After Khandelwal et al. 2018 (truncation, shuffling and deletion beyond a boundary).
    """
    recency = subject.study.recency
    if not recency.targets or not has_profile(subject.material):
        return pd.DataFrame(columns=COLUMNS)
    from experiments.probe import Probe

    probe, past = Probe(subject.scorer), past_of(subject.material)  # type: ignore[arg-type]
    distances = np.array(distances_of(subject.material))
    generator = np.random.Generator(np.random.Philox([subject.study.perturbation_seed, 11]))
    rows = {
        ("targets", 0.0): np.ones(len(past.targets)),
        ("context", 0.0): _alone(subject, past),
        **_contexts(past, distances, probe.bits),
        **_edits(past, distances, probe, subject, generator),
        **_shuffles(past, distances, probe.bits, generator),
    }
    if recency.classes:
        rows |= by_class(subject, past, rows)
    frames = [_by_sentence(subject, past, name, x, values) for (name, x), values in rows.items()]
    frames += _gradients(subject, past, distances, probe)
    return pd.concat(frames, ignore_index=True)


def _by_sentence(subject: Subject, past: Past, name: str, x: float, values: NDArray[np.float64]) -> pd.DataFrame:
    """Rows of the sums of values [targets] over each sentence."""
    sentence = past.sentence[past.targets]
    chosen, place = np.unique(sentence, return_inverse=True)
    sums = np.bincount(place, values, len(chosen)).astype(np.float64)
    return table("natural", subject.ids(subject.numbers[chosen]), name, x, sums)


def _read(past: Past, readings: list[Reading], distances: Indices, read: Read) -> NDArray[np.float64]:
    """[distances, targets]: bits of the target at every distance after the place of a reading."""
    given, farthest = past.given, int(distances.max())
    place_of = np.full(len(past.begin), -1, np.int64)
    place_of[past.targets] = np.arange(len(past.targets))
    inputs: list[NDArray[np.int32]] = []
    targets: list[NDArray[np.int32]] = []
    lengths: list[int] = []
    wanted: list[int] = []
    where: list[int] = []
    offset = 0
    for reading in readings:
        last = min(reading.place + farthest, int(past.runs[reading.run, 1]) - 1)
        begin, end = int(past.begin[reading.next]), int(past.end[last])
        head = len(reading.head)
        inputs += [reading.head, given.inputs[begin + 1 : end]]
        targets += [np.zeros(head - 1, np.int32), given.targets[begin:end]]
        for i, distance in enumerate(distances):
            unit = reading.place + int(distance)
            if past.runs[reading.run, 0] <= unit <= last and unit >= reading.next:
                at = offset + head - 1 + int(past.begin[unit]) - begin
                steps = range(at, at + int(past.end[unit] - past.begin[unit]))
                wanted.extend(steps)
                where.extend([i * len(past.targets) + int(place_of[unit])] * len(steps))
        lengths.append(head - 1 + end - begin)
        offset += lengths[-1]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    windows = Passages(np.concatenate(inputs), np.concatenate(targets), offsets, offsets)
    asked = np.zeros(offset, bool)
    asked[wanted] = True
    bits = read(windows, asked)
    sums = np.bincount(where, bits[wanted], len(distances) * len(past.targets)).astype(np.float64)
    return sums.reshape(len(distances), len(past.targets))


def _places(past: Past, farthest: int) -> list[tuple[int, int]]:
    """Every place with a target up to the farthest distance after it, and the run of that target."""
    return [(place, run) for run, (first, last) in enumerate(past.runs) for place in range(first - farthest, last)]


def _contexts(past: Past, distances: Indices, read: Read) -> dict[tuple[str, float], NDArray[np.float64]]:
    """From an empty state, begun at each place."""
    inputs = past.given.inputs
    readings = [
        Reading(inputs[past.begin[place] + 1 : past.end[place] + 1], place, place + 1, run)
        for place, run in _places(past, int(distances.max()))
        if place + 1 < past.runs[run, 1]
    ]
    rows = _read(past, readings, distances, read)
    return {("context", float(x)): values for x, values in zip(distances, rows, strict=True)}


def _alone(subject: Subject, past: Past) -> NDArray[np.float64]:
    """[targets]: bits of every target by the frequencies of units in training."""
    material = subject.material
    train = units_apart(material.sequences(material.numbers["train"], "natural"))
    floor = new_floor(LONGEST_NGRAM, train, material.pieces)
    return _of_targets(past, floor.bits(units_apart(material.sequences(subject.numbers, "natural"))))


def _of_targets(past: Past, bits: NDArray[np.float64]) -> NDArray[np.float64]:
    """[targets]: the sums of bits [steps] over the steps of every target."""
    sizes = past.end[past.targets] - past.begin[past.targets]
    steps = ranges(past.begin[past.targets], sizes)
    sums: NDArray[np.float64] = np.add.reduceat(bits[steps], np.concatenate([[0], np.cumsum(sizes)[:-1]]))
    return sums


def _edits(
    past: Past, distances: Indices, probe: Any, subject: Subject, generator: np.random.Generator
) -> dict[tuple[str, float], NDArray[np.float64]]:
    """From the state before each place, which is there anyway: the unit at the place replaced, and left out."""
    inputs, dataset = past.given.inputs, subject.dataset
    turned = -1 if subject.material.model.direction == "backward" else 1
    places = [(place, run) for place, run in _places(past, int(distances.max())) if place + 1 < past.runs[run, 1]]
    units = np.array([place for place, _ in places])
    states = probe.states_before(past.given, past.begin[units])
    others = replacements(dataset, past.number[units], generator)

    def read(given: Passages, wanted: NDArray[np.bool_]) -> NDArray[np.float64]:
        bits: NDArray[np.float64] = probe.bits(given, wanted, states)
        return bits

    found = {}
    for name in ("erased", "deleted"):
        readings = []
        for (place, run), other in zip(places, others, strict=True):
            begin, end = int(past.begin[place]), int(past.end[place])
            put = inputs[begin + 1 : end + 1]
            if other >= 0:
                put = dataset.ids[dataset.units[other] : dataset.units[other + 1]][::turned]
            put = put if name == "erased" else put[:0]
            readings.append(Reading(np.concatenate([inputs[begin : begin + 1], put]), place, place + 1, run))
        for x, values in zip(distances, _read(past, readings, distances, read), strict=True):
            found[name, float(x)] = values
    wanted = np.zeros(len(past.given.targets), bool)
    wanted[ranges(past.begin[past.targets], past.end[past.targets] - past.begin[past.targets])] = True
    found["whole", 0.0] = _of_targets(past, probe.network.bits(past.given, wanted))
    return found


def replacements(dataset: Dataset, units: Indices, generator: np.random.Generator) -> Indices:
    """[units]: for each unit of a dataset one of the training text that opens a word if it does, is of the same word
    class where classes are known, and about as frequent there (the same power of two; where that is no other, the one
    that comes nearest). An equal one only where a class has no other. -1 for -1."""
    pool, numbers = dataset.pooled
    real = np.flatnonzero(pool.kind >= 0)
    numbers, kind = numbers[real], pool.kind[real]
    kinds, place, counts = np.unique(dataset.same[numbers], return_inverse=True, return_counts=True)
    group = kind * 64 + np.log2(counts[place]).astype(np.int64)
    order = np.argsort(group, kind="stable")
    tag = dataset.tag[units].astype(np.int64) if len(dataset.tag) else np.zeros(len(units), np.int64)
    own = dataset.same[units]
    at = np.minimum(np.searchsorted(kinds, own), len(kinds) - 1)
    seen = np.where(kinds[at] == own, counts[at], 1)
    asked = (2 * tag + dataset.initial[units]) * 64 + np.log2(seen).astype(np.int64)
    begin, end = (np.searchsorted(group[order], asked, side) for side in ("left", "right"))
    missing = begin == end
    begin, end = np.where(missing, 0, begin), np.where(missing, len(order), end)
    found = units.copy()
    for _ in range(20):
        again = (found < 0) | (dataset.same[found] == own)
        drawn = begin + (generator.random(len(units)) * (end - begin)).astype(np.int64)
        found = np.where(again, numbers[order[drawn]], found)
    stuck = np.flatnonzero((units >= 0) & (dataset.same[found] == own))
    for one, alike in _pairs(own[stuck], asked[stuck] // 64):
        others = np.flatnonzero((kind == one[1]) & (dataset.same[numbers] != one[0]))
        if len(others):
            apart = np.abs(np.log2(counts[place[others]]) - np.log2(seen[stuck[alike[0]]]))
            nearest = others[apart == apart.min()]
            found[stuck[alike]] = numbers[nearest[(generator.random(len(alike)) * len(nearest)).astype(np.int64)]]
    return np.where(units < 0, -1, found)


def _pairs(first: Indices, second: Indices) -> Iterator[tuple[tuple[int, int], Indices]]:
    """Every pair of values that stands somewhere, and the places where it does."""
    pairs, at = np.unique(np.stack([first, second]), axis=1, return_inverse=True)
    for i, (one, other) in enumerate(pairs.T.tolist()):
        yield (one, other), np.flatnonzero(at == i)


def _shuffles(
    past: Past, distances: Indices, read: Read, generator: np.random.Generator
) -> dict[tuple[str, float], NDArray[np.float64]]:
    """From C units before the run, the units up to each place in random order, the rest as they stand."""
    inputs, farthest = past.given.inputs, int(distances.max())
    straight, readings = [], []
    for run, (first, last) in enumerate(past.runs):
        start = int(first) - past.longest
        head = inputs[past.begin[start] + 1 : past.end[start] + 1]
        straight.append(Reading(head, start, start + 1, run))
        for place in range(max(int(first) - farthest, start), int(last)):
            if place + 1 >= last:
                continue
            units = generator.permutation(np.arange(start, place + 1))
            steps = ranges(past.begin[units] + 1, past.end[units] - past.begin[units])
            readings.append(Reading(inputs[steps], place, place + 1, run))
    spans = np.arange(past.longest, past.longest + int(np.diff(past.runs, axis=1).max()))
    rows = _read(past, straight, spans, read)
    found = {("unshuffled", 0.0): rows.sum(0)}
    for x, values in zip(distances, _read(past, readings, distances, read), strict=True):
        found["shuffled_beyond", float(x)] = values
    return found


def _gradients(subject: Subject, past: Past, distances: Indices, probe: Any) -> list[pd.DataFrame]:
    """The gradient of every fourth target's bits at each unit before it, C units back."""
    given, chosen = past.given, past.targets[::GRADIENTS]
    starts = past.begin[chosen - past.longest] + 1
    lengths = past.end[chosen] - starts
    steps = ranges(starts, lengths)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    windows = Passages(given.inputs[steps], given.targets[steps], offsets, offsets)
    wanted = steps >= np.repeat(past.begin[chosen], lengths)
    squares = probe.gradient_norms(windows, wanted)
    unit_of = np.repeat(np.arange(len(past.begin)), past.end - past.begin)
    distance = np.repeat(chosen, lengths) - unit_of[steps - 1]
    target = np.repeat(np.arange(len(chosen)), lengths)
    far = past.longest + 1
    inside = distance <= past.longest
    sums = np.bincount(target[inside] * far + distance[inside], squares[inside], len(chosen) * far).reshape(-1, far)
    names, place = np.unique(past.sentence[chosen], return_inverse=True)
    ids = subject.ids(subject.numbers[names])
    counts = np.bincount(place)
    return [
        table("natural", ids, "gradient", float(x), np.bincount(place, np.sqrt(sums[:, x])) / counts) for x in distances
    ]
