"""Leaving word classes out."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import Edited, Layout, only, where
from pipelines.orders import order
from pipelines.tags import GROUPS, TAGS, codes_of

_NAMES = re.compile("|".join(sorted({*GROUPS, *TAGS[1:-1]}, key=len, reverse=True)))


def _are(layout: Layout, pos: str) -> NDArray[np.bool_]:
    return np.isin(layout.tag, codes_of(_NAMES.findall(pos)))


def _drop_chance(layout: Layout, *, pos: str) -> NDArray[np.float64]:
    return where(layout.count(_are(layout, pos)) == 0)


def _keep_chance(layout: Layout, *, pos: str) -> NDArray[np.float64]:
    return where(layout.count(~_are(layout, pos)) == 0)


@order(
    "drop_pos",
    "units of some word classes left out, as in drop_adjective_adverb or drop_function; below the word, endings stay",
    source="Khandelwal et al. 2018; O'Connor & Andreas 2021",
    random=False,
    needs=["tags"],
    on="classes",
    edits=True,
    chance=_drop_chance,
)
def drop(layout: Layout, *, pos: str) -> Edited:
    return only(layout, ~_are(layout, pos))


@order(
    "keep_pos",
    "only units of some word classes, as in keep_noun_verb or keep_content",
    source="Khandelwal et al. 2018; O'Connor & Andreas 2021",
    random=False,
    needs=["tags"],
    on="classes",
    edits=True,
    chance=_keep_chance,
)
def keep(layout: Layout, *, pos: str) -> Edited:
    return only(layout, _are(layout, pos))
