"""Surprisal of content words alone, on the same words whatever an order leaves out or puts in."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.measures import COLUMNS, LANGUAGE_MODELS, Subject, measure, table
from pipelines.layout import Indices
from pipelines.orders import get_order
from pipelines.sequences import placed
from pipelines.tags import is_open


@measure("hosts", LANGUAGE_MODELS)
def hosts(subject: Subject) -> pd.DataFrame:
    """Bits of the content units of each test sentence under every test order, x the draw: `hosts`; and how many they
    are, `host_units` (natural, x = 0).

    Units of open classes, which are what is left of a Korean eojeol without its particles by the units `particle` and
    `morpheme`; those that stand in the sentence under every test order and draw. What is put in or left out (a case
    mark) is seen and not scored. Measured where the study asks for it (`hosts`) and the unit has word classes.
    """
    study, dataset = subject.study, subject.dataset
    if not study.hosts or not len(dataset.tag) or subject.material.model.direction == "backward":
        return pd.DataFrame(columns=COLUMNS)
    draws = [(name, draw) for name in study.test_orders for draw in range(study.draws if get_order(name).random else 1)]
    numbers, seed = subject.numbers, study.perturbation_seed
    places = {key: placed(dataset, numbers, get_order(key[0]), seed=seed, draw=key[1])[0] for key in draws}
    natural = places["natural", 0]
    common = _content(subject, natural)
    for units in places.values():
        common = np.intersect1d(common, units)
    inside = np.argsort(natural)
    sentences = np.repeat(np.arange(len(numbers)), dataset.sentences[numbers + 1] - dataset.sentences[numbers])
    owner = sentences[inside[np.searchsorted(natural[inside], common)]]
    ids = subject.ids(numbers)
    count = np.bincount(owner, minlength=len(numbers)).astype(float)
    rows = [table("natural", ids, "host_units", 0.0, count)]
    for name, draw in draws:
        units = places[name, draw]
        sequences = subject.material.sequences(numbers, name, draw)
        bits = subject.bits(subject.material.passages_of(numbers, name, draw))
        sentence = np.repeat(np.arange(len(numbers)), np.diff(sequences.sentences))
        steps = sequences.units + np.append(sentence, len(numbers))
        sums = np.concatenate([[0.0], np.cumsum(bits)])
        each = sums[steps[:-1] + np.diff(sequences.units)] - sums[steps[:-1]]
        chosen = np.isin(units, common)
        scored = np.bincount(sentence[chosen], each[chosen], len(numbers)).astype(float)
        rows.append(table(name, ids, "hosts", draw, scored))
    return pd.concat(rows, ignore_index=True)


def _content(subject: Subject, units: Indices) -> Indices:
    """Those of some units that are movable and of an open class."""
    dataset = subject.dataset
    return units[is_open(dataset.tag[units]) & dataset.movable[units]]
