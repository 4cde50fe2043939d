"""A recency profile by shared readings against the published way: one fresh pass a target and boundary."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from experiments.measures.profile import Past, _contexts
from experiments.models import get_model
from experiments.packing import Passages, documents
from experiments.probe import Probe
from experiments.study import load_study
from experiments.trainer import fix_runtime, new_language_model
from pipelines.sequences import Sequences

VOCABULARY, PIECES, DOCUMENTS, UNITS = 4000, 2, 8, 800
DISTANCES = np.array([1, 2, 4, 8, 16, 32, 64, 128, 192, 300])
RUN, FEW = 250, 60
"""Targets of a document; and how many in all are read the published way, whose cost a target does not depend on it."""


def past() -> Past:
    """Documents of one long sentence of random units of two pieces each, the last RUN units the targets."""
    generator = np.random.default_rng(0)
    count = DOCUMENTS * UNITS
    ids = generator.integers(4, VOCABULARY, count * PIECES).astype(np.int32)
    sequences = Sequences(ids, np.arange(count + 1) * PIECES, np.arange(DOCUMENTS + 1) * UNITS)
    given = documents(sequences, np.ones(DOCUMENTS, np.int64))
    place = np.arange(DOCUMENTS)[:, None] * (UNITS * PIECES + 1) + np.arange(UNITS)[None] * PIECES
    begin = np.append(place, place[:, -1:] + PIECES, axis=1).reshape(-1)
    end = np.append(begin[1:], len(given.targets))
    first = np.arange(DOCUMENTS) * (UNITS + 1) + UNITS - RUN
    sentence = np.repeat(np.arange(DOCUMENTS), UNITS + 1)
    return Past(given, begin, end, sentence, sentence, np.stack([first, first + RUN], 1), int(DISTANCES.max()))


def contenders() -> dict[str, Callable[[], float]]:
    """The truncation curve of 2,000 targets at ten distances up to 300 units, an LSTM of 256 units; each returns how
    many targets at how many boundaries it has scored."""
    fix_runtime()
    study = load_study("recency", preset="quick")
    network = new_language_model(get_model("lstm"), VOCABULARY, study, study.sizes.units, 0)
    probe, text = Probe(network), past()

    def shared() -> float:
        found = _contexts(text, DISTANCES, probe.bits)
        return float((len(found) - 1) * len(text.targets))

    def read(windows: list[tuple[int, int]]) -> float:
        """Each window of steps by itself, the soft-max of every step computed."""
        steps = [np.arange(first, last) for first, last in windows]
        offsets = np.cumsum([0, *map(len, steps)])
        every = np.concatenate(steps)
        network.bits(Passages(text.given.inputs[every], text.given.targets[every], offsets, offsets))
        return float(len(windows))

    targets = text.targets[:: len(text.targets) // FEW][:FEW]

    def cut() -> float:
        """Every target with the units that it may see, as many as the distance says."""
        return read([(int(text.begin[t - d]) + 1, int(text.end[t])) for t in targets for d in DISTANCES])

    def whole() -> float:
        """Every target with all of its past, as where what lies beyond a boundary is edited or shuffled."""
        return read([(int(text.begin[t - text.longest]) + 1, int(text.end[t])) for t in targets for _ in DISTANCES])

    for each in (shared, cut, whole):
        each()
    return {
        "shared readings": shared,
        "a fresh pass of the visible units a target and distance": cut,
        "a fresh pass of all 300 units a target and boundary": whole,
    }
