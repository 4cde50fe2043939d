"""Recency profiles by word class: of the target, and of the unit that is erased."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from experiments.measures import Subject
from experiments.measures.past import Past
from pipelines.layout import Indices
from pipelines.tags import CLOSED, OPEN, TAGS

PARTICLES = ("structural", "adverbial", "auxiliary_particle", "other_particle")
ENDINGS = ("ending", "copula", "suffix")
"""What Korean writes on its verbs and nouns; the copula 이다 is one of them."""
CLASSES = ("content", "particle", "ending", "function", "end")
"""Open classes; Korean particles; endings; other closed classes; ends of sentences and punctuation."""
Rows = dict[tuple[str, float], NDArray[np.float64]]


def class_of(tag: str) -> str:
    """Which of the few classes a word class belongs to."""
    if tag in PARTICLES:
        return "particle"
    if tag in ENDINGS:
        return "ending"
    return "content" if tag in OPEN else "function" if tag in CLOSED else "end"


def by_class(subject: Subject, past: Past, rows: Mapping[tuple[str, float], NDArray[np.float64]]) -> Rows:
    """Of the profiles' rows, each [targets]: those of one class of target, as `context.particle`; zero elsewhere.

    Beside them, of the unit at distance x: `erased_as.particle`, the bits that erasing it costs where it is a particle,
    and `targets_as.particle`, at how many targets it is one. Nothing of units that have no word class (syllables).
    """
    dataset = subject.dataset
    if not len(dataset.tag):
        return {}
    names = np.array([CLASSES.index(class_of(tag)) for tag in TAGS])
    classes = np.where(past.number >= 0, names[dataset.tag[np.maximum(past.number, 0)]], CLASSES.index("end"))
    own, found = classes[past.targets], Rows()
    for number in np.unique(own):
        for (name, x), values in rows.items():
            if name in ("targets", "context", "whole", "erased"):
                found[f"{name}.{CLASSES[number]}", x] = values * (own == number)
    for x in sorted(x for name, x in rows if name == "erased"):
        found |= _at(classes[past.targets - int(x)], x, rows["erased", x] - rows["whole", 0.0])
    return found


def _at(there: Indices, x: float, cost: NDArray[np.float64]) -> Rows:
    found = Rows()
    for number, name in enumerate(CLASSES):
        found[f"targets_as.{name}", x] = (there == number).astype(float)
        found[f"erased_as.{name}", x] = cost * (there == number)
    return found
