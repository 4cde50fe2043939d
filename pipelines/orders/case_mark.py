"""Marking subject and objects of a language that does not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import Edited, Layout, where
from pipelines.orders import order
from pipelines.trees import RELATION_CODES, relation_codes, trees_of


def _none_to_mark(layout: Layout) -> NDArray[np.float64]:
    relation = trees_of(layout).relation
    marked = np.isin(relation, relation_codes(*(name for name in _marks(layout))))
    return where(np.bincount(trees_of(layout).sentence[marked], minlength=len(layout.lengths)) == 0)


def _marks(layout: Layout) -> dict[str, int]:
    """The pool's marks that are named after a relation, by relation."""
    marks = layout.pool.marks if layout.pool is not None else {}
    return {name: entry for name, entry in marks.items() if name in RELATION_CODES}


@order(
    "case_mark",
    "a mark after every subject, object and indirect object, as the language declares them",
    source="Ravfogel et al. 2019, who added suffixes to English",
    random=False,
    needs=["trees", "marks"],
    on="words",
    edits=True,
    chance=_none_to_mark,
)
def case_mark(layout: Layout) -> Edited:
    """The mark follows the last unit of the noun itself, not of its whole phrase, and moves with it."""
    trees = trees_of(layout)
    units = np.arange(len(layout.position), dtype=np.int64)
    closes = np.concatenate([np.diff(trees.word) != 0, [True]]) if len(units) else np.zeros(0, bool)
    added = np.full(len(units), -1, np.int64)
    for relation, entry in _marks(layout).items():
        added[closes & (trees.relation[trees.word] == RELATION_CODES[relation])] = len(units) + entry
    marked = np.flatnonzero(added >= 0)
    unit = np.insert(units, marked + 1, added[marked])
    joined = np.insert(np.zeros(len(units), bool), marked + 1, True)
    return Edited(unit, np.insert(layout.sentence, marked + 1, layout.sentence[marked]), joined)
