"""Taking Korean particles away, exchanging them, and making them all alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import ENDS_IN_CONSONANT, Edited, Indices, Layout, only, same_order, where
from pipelines.orders import order
from pipelines.tags import codes_of

TAG = {"structural": "structural", "adverbial": "adverbial", "auxiliary": "auxiliary_particle"}


def _particles(layout: Layout, kind: str) -> NDArray[np.bool_]:
    """[units]: the particles of a kind that follow something."""
    return np.isin(layout.tag, codes_of([TAG[kind]])) & (layout.position > 0)


def _no_particles(layout: Layout, *, kind: str) -> NDArray[np.float64]:
    return where(layout.count(_particles(layout, kind)) == 0)


def _permute_chance(layout: Layout, *, kind: str) -> NDArray[np.float64]:
    return same_order(layout.count(_particles(layout, kind)))


@order(
    "particle_drop_kind",
    "particles of a kind left out: structural (subject, object, complement, genitive), adverbial or auxiliary",
    source="SIKO (Kim et al. 2024)",
    random=False,
    needs=["tags"],
    on="particles",
    edits=True,
    chance=_no_particles,
)
def particle_drop(layout: Layout, *, kind: str) -> Edited:
    """A chain of particles goes by its first one."""
    return only(layout, ~_particles(layout, kind))


@order(
    "particle_permute_kind",
    "particles of a kind exchanged among the nouns of a sentence; the shapes after vowel and consonant may not fit",
    source="the case cue set against the order cue, after Ravfogel et al. 2019",
    random=True,
    needs=["tags"],
    on="particles",
    chance=_permute_chance,
)
def particle_permute(layout: Layout, *, kind: str) -> Indices:
    return layout.shuffle_among(_particles(layout, kind))


@order(
    "particle_neutralise_kind",
    "every particle of a kind (structural ones include the genitive) made the topic particle, 은 or 는 as it must be",
    source="the topic particle stands for subject and object alike; after Ravfogel et al. 2019 on syncretic case",
    random=False,
    needs=["tags", "marks"],
    on="particles",
    edits=True,
    chance=_no_particles,
)
def particle_neutralise(layout: Layout, *, kind: str) -> Edited:
    assert layout.pool is not None
    units = np.arange(len(layout.position), dtype=np.int64)
    replaced = _particles(layout, kind)
    after_consonant = np.roll(layout.traits, 1) & ENDS_IN_CONSONANT > 0
    marks = len(units) + np.array([layout.pool.marks["neutral_open"], layout.pool.marks["neutral_closed"]])
    units[replaced] = marks[after_consonant[replaced].astype(np.int64)]
    return Edited(units, layout.sentence, np.zeros(len(units), bool))
