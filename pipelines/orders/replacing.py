"""Putting other words in: of the same class, or any at all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import Edited, Indices, Layout, where
from pipelines.orders import order
from pipelines.tags import is_open


def _drawn(layout: Layout, kind: Indices, whole: Indices) -> Indices:
    """[units]: for each unit an entry of the pool of its kind, each equally likely; the unit itself where none is.

    whole: the kind of every entry of the pool, ascending.
    """
    begin, end = np.searchsorted(whole, kind, "left"), np.searchsorted(whole, kind, "right")
    count = end - begin
    entry = begin + (layout.uniform * count).astype(np.int64)
    units = np.arange(len(kind), dtype=np.int64)
    return np.where(count > 0, len(units) + entry, units)


def _edited(layout: Layout, units: Indices) -> Edited:
    return Edited(units, layout.sentence, np.zeros(len(units), bool))


def _opens(layout: Layout) -> Indices:
    return np.asarray(layout.initial).astype(np.int64)


def _no_content(layout: Layout) -> NDArray[np.float64]:
    return where(layout.count(is_open(layout.tag)) == 0)


@order(
    "replace_same_class",
    "every unit of an open class replaced by one of the same class from the training text, as often as it is there",
    source="Khandelwal et al. 2018; the nonce sentences of Gulordava et al. 2018",
    random=True,
    needs=["tags", "classes", "words"],
    on="classes",
    edits=True,
    chance=_no_content,
)
def replace_same_class(layout: Layout) -> Edited:
    """A unit that opens a word gives way to one that does, too."""
    assert layout.pool is not None
    drawn = _drawn(layout, 2 * layout.tag.astype(np.int64) + _opens(layout), layout.pool.kind)
    return _edited(layout, np.where(is_open(layout.tag), drawn, np.arange(len(drawn))))


@order(
    "unigram_resample",
    "every unit replaced by one from the training text, as often as it is there: only the length is left",
    source="Sinha et al. 2021",
    random=True,
    needs=["words"],
    edits=True,
)
def unigram_resample(layout: Layout) -> Edited:
    """A unit that opens a word gives way to one that does, too; otherwise any unit may come anywhere."""
    assert layout.pool is not None
    pool = layout.pool.kind
    whole = np.where(pool >= 0, pool % 2, -1)
    by_kind = np.argsort(whole, kind="stable")
    drawn = _drawn(layout, _opens(layout), whole[by_kind])
    units = len(layout.position)
    return _edited(layout, np.where(drawn >= units, units + by_kind[np.maximum(drawn - units, 0)], drawn))
