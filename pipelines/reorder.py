"""Applying an order to many sentences at once, each from a random stream of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import Edited, Indices, Keys, Layout, Pool
from pipelines.orders import Order
from pipelines.stream import key_of, mix
from pipelines.tags import CODES

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def _random_keys(
    layout_sentence: Indices, position: Indices, sentences: Keys, seed: int, order: str, unit: str, draw: int
) -> Keys:
    """[units]: the stream that belongs to (seed, order, unit, sentence id, draw), read at each unit's position."""
    stream = key_of(f"{seed}\x1f{order}\x1f{unit}\x1f{draw}")
    start = mix(sentences ^ stream)
    return mix(start[layout_sentence] + (position.astype(np.uint64) + np.uint64(1)) * _GOLDEN)


def lay_out(offsets: Indices) -> tuple[Indices, Indices]:
    """For units laid end to end: the sentence number and the position in the sentence of each, both [units]."""
    lengths = np.diff(offsets)
    sentence = np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)
    return sentence, np.arange(offsets[-1] - offsets[0], dtype=np.int64) - (offsets[:-1] - offsets[0])[sentence]


@dataclass(frozen=True)
class Batch:
    """Sentences as units end to end, and what is known of the units.

    unit: its name; offsets: [sentences + 1], from 0; movable: [units], False for what stays put (final punctuation);
    keys: [sentences] from `sentence_keys`. initial, tag, head, relation, traits: [units], see `Layout`; those that are
    not known are empty. pool: what edits may put in.
    """

    unit: str
    offsets: Indices
    movable: NDArray[np.bool_]
    keys: Keys
    initial: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    tag: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    head: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    relation: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    traits: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    pool: Pool | None = None


@dataclass(frozen=True)
class Arrangement:
    """What stands where after an order.

    units: [places], units of the batch by number, or, from the number of units on, entries of its pool;
    offsets: [sentences + 1], where each sentence's places begin.
    """

    units: Indices
    offsets: Indices


def layout_of(batch: Batch, order: str = "", *, seed: int = 0, draw: int = 0, random: bool = False) -> Layout:
    """The movable units of a batch as an order of that name sees them."""
    sentence, _ = lay_out(batch.offsets)
    places = np.flatnonzero(batch.movable)
    inner = _offsets(sentence[places], len(batch.offsets) - 1)
    inner_sentence, position = lay_out(inner)
    keys = (
        _random_keys(inner_sentence, position, batch.keys, seed, order, batch.unit, draw)
        if random
        else np.zeros(0, np.uint64)
    )
    facts = {
        name: values[places] if len(values) else values
        for name in ("initial", "tag", "head", "relation", "traits")
        for values in [getattr(batch, name)]
    }
    return Layout(inner, inner_sentence, position, keys, seed, pool=batch.pool, **facts)


def seen_by(order: Order, batch: Batch) -> Batch:
    """The batch with what the order may move."""
    return replace(batch, movable=np.ones(len(batch.movable), bool)) if order.moves_final else batch


def arrange(batch: Batch, order: Order, *, seed: int = 0, draw: int = 0) -> Arrangement:
    """The sentences of a batch in an order. The result depends on each sentence alone (and on the pool, for an edit):
    not on its neighbours, the file, the process or the order of reading."""
    if order.parts and order.moves_final:
        return _final_last(batch, order, seed, draw)
    batch = seen_by(order, batch)
    layout = layout_of(batch, order.name, seed=seed, draw=draw, random=order.random and not order.parts)
    places = np.flatnonzero(batch.movable)
    if order.reorder is not None:
        units = np.arange(batch.offsets[-1], dtype=np.int64)
        units[places] = places[order.reorder(layout)]
        return Arrangement(units, batch.offsets)
    edited = _edited(layout, batch, order.steps, seed, draw)
    return _with_final(batch, places, edited)


def _final_last(batch: Batch, order: Order, seed: int, draw: int) -> Arrangement:
    """Edits that leave final punctuation in its place, and then a reordering that moves it, too."""
    *edits, last = order.parts
    assert last.reorder is not None
    places = np.flatnonzero(batch.movable)
    edited = _with_final(batch, places, _edited(layout_of(batch), batch, edits, seed, draw))
    owner, _ = lay_out(edited.offsets)
    opened = seen_by(order, batch)
    seen = _seen(layout_of(opened), edited.units, owner, opened, last, seed, draw)
    return Arrangement(edited.units[last.reorder(seen)], edited.offsets)


def _edited(layout: Layout, batch: Batch, steps: Sequence[Order], seed: int, draw: int) -> Edited:
    """The steps of an order, one after the other, over the movable units; each part draws from its own stream."""
    count = len(layout.position)
    now = Edited(np.arange(count, dtype=np.int64), layout.sentence, np.zeros(count, bool))
    for step in steps:
        free = np.flatnonzero(~now.joined)
        heads = now.unit if step.reorder is None else now.unit[free]
        owner = now.sentence if step.reorder is None else now.sentence[free]
        seen = _seen(layout, heads, owner, batch, step, seed, draw)
        if step.reorder is not None:
            now = _moved(now, free, step.reorder(seen))
        elif step.edit is not None:
            done = _with_joined(step.edit(seen), now)
            own = done.unit < len(heads)
            unit = np.where(own, heads[np.where(own, done.unit, 0)], done.unit - len(heads) + count)
            joined = np.where(own, now.joined[np.where(own, done.unit, 0)], False) | done.joined
            now = _without_orphans(Edited(unit.astype(np.int64), done.sentence, joined), done.unit, len(heads))
    return now


def _with_joined(done: Edited, now: Edited) -> Edited:
    """What an edit has made of `now`, and what is joined to a unit that it has kept, which goes with that."""
    if not now.joined.any():
        return done
    places = np.arange(len(now.unit))
    host = np.maximum.accumulate(np.where(now.joined, 0, places))
    at = np.full(len(now.unit) + 1, -1, np.int64)
    own = np.flatnonzero(done.unit < len(now.unit))
    at[done.unit[own]] = own
    lost = np.flatnonzero(now.joined & (at[:-1] < 0) & (at[host] >= 0))
    after = at[host[lost]] + 1
    return Edited(
        np.insert(done.unit, after, lost),
        np.insert(done.sentence, after, done.sentence[after - 1]),
        np.insert(done.joined, after, False),
    )


def _without_orphans(now: Edited, came_from: Indices, count: int) -> Edited:
    """What is joined to a unit goes where that unit was left out. came_from: [places], places before the edit, those
    from `count` on being put in; a unit that was put in for another keeps what was joined to that one."""
    before = np.concatenate([[-2], came_from[:-1]])
    same = np.concatenate([[False], now.sentence[1:] == now.sentence[:-1]])
    own = came_from < count
    hosted = same & ((before >= count) | (before == came_from - 1) | ~own)
    kept = ~now.joined | hosted
    return Edited(now.unit[kept], now.sentence[kept], now.joined[kept])


def _seen(layout: Layout, unit: Indices, sentence: Indices, batch: Batch, step: Order, seed: int, draw: int) -> Layout:
    """The layout of what an earlier step has left."""
    offsets = _offsets(sentence, len(layout.offsets) - 1)
    _, position = lay_out(offsets)
    keys = (
        _random_keys(sentence, position, batch.keys, seed, step.name, batch.unit, draw)
        if step.random
        else np.zeros(0, np.uint64)
    )
    count, pool = len(layout.position), layout.pool
    own = unit < count
    at, entry = np.where(own, unit, 0), np.where(own, 0, unit - count)
    seen = replace(layout, offsets=offsets, sentence=sentence, position=position, keys=keys)
    facts: dict[str, Any] = {}
    for name in ("initial", "tag", "head", "relation", "traits"):
        values = getattr(layout, name)
        if len(values) and not own.all():
            assert pool is not None
            put_in = _put_in(pool, name)
            facts[name] = np.where(own, values[at], put_in[entry].astype(values.dtype))
        elif len(values):
            facts[name] = values[at]
    return replace(seen, **facts)


def _put_in(pool: Pool, name: str) -> NDArray[Any]:
    """[entries]: what is known of the entries of a pool. The marks of neutral particles are auxiliary particles; what
    is not known is zero."""
    other = np.maximum(pool.kind, 0)
    if name == "initial":
        return np.asarray(other % 2 > 0)
    if name == "tag":
        neutral = [entry for mark, entry in pool.marks.items() if mark.startswith("neutral")]
        tags = other // 2
        tags[neutral] = CODES["auxiliary_particle"]
        return tags
    return pool.traits if name == "traits" and len(pool.traits) else np.zeros(len(other), np.int64)


def _moved(now: Edited, free: Indices, chosen: Indices) -> Edited:
    """Units in a new order, each taking along those joined to it."""
    ends = np.append(free[1:], len(now.unit))
    sizes = (ends - free)[chosen]
    starts = np.cumsum(sizes) - sizes
    source = np.repeat(free[chosen] - starts, sizes) + np.arange(len(now.unit), dtype=np.int64)
    return Edited(now.unit[source], now.sentence[source], now.joined[source])


def _with_final(batch: Batch, places: Indices, edited: Edited) -> Arrangement:
    """Numbers of the whole batch, with what stays put at the end of its sentence."""
    sentence, _ = lay_out(batch.offsets)
    units, final = int(batch.offsets[-1]), np.flatnonzero(~batch.movable)
    own = edited.unit < len(places)
    number = np.where(
        own, places[np.where(own, edited.unit, 0)] if len(places) else 0, edited.unit - len(places) + units
    )
    owner = np.concatenate([edited.sentence, sentence[final]])
    by_sentence = np.argsort(owner, kind="stable")
    return Arrangement(
        np.concatenate([number, final])[by_sentence].astype(np.int64), _offsets(owner, len(batch.offsets) - 1)
    )


def _offsets(sentence: Indices, sentences: int) -> Indices:
    return np.concatenate([[0], np.cumsum(np.bincount(sentence, minlength=sentences))]).astype(np.int64)
