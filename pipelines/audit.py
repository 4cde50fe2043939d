"""What an order really did to a corpus: the figures that go with every perturbed dataset."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.layout import Indices
from pipelines.orders import Order
from pipelines.reorder import Arrangement, Batch, arrange, lay_out, layout_of, seen_by
from pipelines.trees import trees_of
from pipelines.units import all_units

FIGURES = (
    "sentences",
    "kept_bigrams",
    "kendall_tau",
    "mean_displacement",
    "identical",
    "identical_by_chance",
    "unmoved",
    "unmoved_by_chance",
    "fixed_points",
    "host_separation",
    "dropped",
    "put_in",
    "dependency_length_before",
    "dependency_length",
    "head_final_before",
    "head_final",
)


def audit(batch: Batch, order: Order, same: NDArray[np.int64], *, seed: int = 0, draw: int = 0) -> dict[str, float]:
    """Figures of one draw of an order over the movable units of a corpus, see `figures_of`."""
    batch = seen_by(order, batch)
    arranged = arrange(batch, order, seed=seed, draw=draw)
    return figures_of(batch, arranged, same, order.chance(layout_of(batch)))


def figures_of(
    batch: Batch, arranged: Arrangement, same: NDArray[np.int64], by_chance: NDArray[np.float64]
) -> dict[str, float]:
    """Figures of an arrangement of the movable units of a corpus; shares are between 0 and 1, NaN without meaning.

    same: [units], equal numbers for equal units, so that an exchange of equal units counts as no change;
    by_chance: [sentences], the probability that the order leaves a sentence as it is.

    sentences: those of two or more units. kept_bigrams: neighbours that are still neighbours in the same order.
    kendall_tau: over all pairs of a sentence, pooled. mean_displacement: how far a unit moved, as a share of the
    sentence's length less one. identical: sentences of two or more units that read as they did; identical_by_chance:
    the share that a uniform shuffle would leave so. unmoved: those in which every unit is on its own place;
    unmoved_by_chance: the share that the definition of the order gives (0 where it gives none). fixed_points: units on
    their own place. host_separation: units inside a word that lost the unit they were attached to. dropped: units left
    out; put_in: units of the result that were not in the sentence. dependency_length, head_final: mean distance in
    words of a word from its head, and the share of words that stand before their head; with `_before`, in the natural
    order (NaN for chunks, which hold several words). Of units
    left out or put in, neighbours, places and distances are counted among those that are left.
    """
    sentence, _ = lay_out(batch.offsets)
    units, sentences = len(sentence), len(batch.offsets) - 1
    places = np.flatnonzero(batch.movable)
    counts = np.bincount(sentence[places], minlength=sentences)
    many = counts >= 2
    result, owner = _movable_result(batch, arranged)
    own = result < units
    kept, kept_owner = result[own], owner[own]
    rank = np.full(units, -1, np.int64)
    rank[np.sort(kept)] = _ranks(sentence[np.sort(kept)])
    source, place = rank[kept], _ranks(kept_owner)
    neighbours = own[1:] & own[:-1] & (owner[1:] == owner[:-1])
    beside = neighbours & _were_neighbours(result, np.flatnonzero(batch.movable), units)
    still = (kept_owner[1:] == kept_owner[:-1]) & (source[1:] == source[:-1] + 1)
    pairs_left = np.maximum(np.bincount(kept_owner, minlength=sentences) - 1, 0).sum()
    balance, pairs = _kendall_pairs(source, kept_owner)
    spread = np.maximum(np.bincount(kept_owner, minlength=sentences)[kept_owner] - 1, 1)
    inner = ~batch.initial[kept] & (_first_rank(kept, places, sentence) > 0) if len(batch.initial) else own[:0]
    with_host = np.concatenate([[False], beside])[own] if len(own) else own
    length_before, final_before = _distances(batch, None)
    length_after, final_after = _distances(batch, arranged)
    return {
        "sentences": float(many.sum()),
        "kept_bigrams": _share(still.sum(), pairs_left),
        "kendall_tau": balance / pairs if pairs else float("nan"),
        "mean_displacement": float(np.mean(np.abs(source - place) / spread)) if len(place) else float("nan"),
        "identical": _share((many & _reads_the_same(batch, arranged, same)).sum(), many.sum()),
        "identical_by_chance": _mean(2.0 ** -log2_orders(batch.offsets, batch.movable, same)[many]),
        "unmoved": _share((many & _unmoved(batch, arranged)).sum(), many.sum()),
        "unmoved_by_chance": _mean(by_chance[many]),
        "fixed_points": _share((source == place).sum(), len(place)),
        "host_separation": _share((inner & ~with_host).sum(), inner.sum()) if len(inner) else float("nan"),
        "dropped": 1.0 - _share(len(kept), len(places)) if len(places) else 0.0,
        "put_in": _share((~own).sum(), len(result)) if len(result) else 0.0,
        "dependency_length_before": length_before,
        "dependency_length": length_after,
        "head_final_before": final_before,
        "head_final": final_after,
    }


def _movable_result(batch: Batch, arranged: Arrangement) -> tuple[Indices, Indices]:
    """What stands in the places that are not held by final punctuation, and the sentence of each."""
    owner, _ = lay_out(arranged.offsets)
    units = len(batch.movable)
    stays = np.zeros(len(arranged.units), bool)
    own = arranged.units < units
    stays[own] = ~batch.movable[arranged.units[own]]
    return arranged.units[~stays], owner[~stays]


def _ranks(owner: Indices) -> Indices:
    """Positions from 0 within runs of one sentence."""
    numbers = np.arange(len(owner), dtype=np.int64)
    opens = np.concatenate([[True], owner[1:] != owner[:-1]]) if len(owner) else np.zeros(0, bool)
    return numbers - np.maximum.accumulate(np.where(opens, numbers, 0)) if len(owner) else numbers


def _were_neighbours(result: Indices, places: Indices, units: int) -> NDArray[np.bool_]:
    """[places - 1]: whether two things side by side stood side by side in this order among the movable units."""
    rank = np.full(units + 1, -2, np.int64)
    rank[places] = np.arange(len(places))
    at = rank[np.minimum(result, units)]
    return np.asarray(at[1:] == at[:-1] + 1)


def _first_rank(kept: Indices, places: Indices, sentence: Indices) -> Indices:
    """[kept]: the position of each unit in its sentence before anything was left out."""
    rank = np.zeros(len(sentence), np.int64)
    rank[places] = _ranks(sentence[places])
    return rank[kept]


def _kendall_pairs(source: Indices, sentence: Indices) -> tuple[float, float]:
    """Concordant minus discordant pairs, and all pairs, over all sentences. Time grows with the longest sentence."""
    balance = pairs = 0.0
    lag = 1
    while lag < len(source):
        same = sentence[lag:] == sentence[:-lag]
        if not same.any():
            break
        balance += float(np.sign(source[lag:] - source[:-lag])[same].sum())
        pairs += float(same.sum())
        lag += 1
    return balance, pairs


def _unmoved(batch: Batch, arranged: Arrangement) -> NDArray[np.bool_]:
    """[sentences]: whether nothing was left out, put in or moved."""
    whole = np.diff(arranged.offsets) == np.diff(batch.offsets)
    owner, position = lay_out(arranged.offsets)
    moved = arranged.units != batch.offsets[owner] + position
    return np.asarray(whole & (np.bincount(owner[moved], minlength=len(whole)) == 0))


def _reads_the_same(batch: Batch, arranged: Arrangement, same: NDArray[np.int64]) -> NDArray[np.bool_]:
    """[sentences]: whether a sentence reads as before, equal units counting as equal."""
    whole = np.diff(arranged.offsets) == np.diff(batch.offsets)
    owner, position = lay_out(arranged.offsets)
    names = same if batch.pool is None else np.concatenate([same, batch.pool.same])
    here = np.minimum(batch.offsets[owner] + position, max(len(same) - 1, 0))
    differs = names[arranged.units] != same[here]
    return np.asarray(whole & (np.bincount(owner[differs], minlength=len(whole)) == 0))


def _distances(batch: Batch, arranged: Arrangement | None) -> tuple[float, float]:
    """Mean distance of words from their heads, and the share of words that stand before them; NaN without trees.

    A word stands where the unit that opens it stands; arcs of words that were left out are not counted.
    """
    holds_words = all_units()[batch.unit].joined and not all_units()[batch.unit].whole
    if not len(batch.head) or holds_words:
        return float("nan"), float("nan")
    trees = trees_of(layout_of(batch))
    numbers = np.arange(len(trees.head), dtype=np.int64)
    place = numbers
    if arranged is not None:
        result, _ = _movable_result(batch, arranged)
        movable = np.flatnonzero(batch.movable)
        word = np.full(len(batch.movable) + 1, -1, np.int64)
        opens = np.concatenate([[True], trees.word[1:] != trees.word[:-1]]) if len(movable) else np.zeros(0, bool)
        word[movable[opens]] = trees.word[opens]
        standing = word[np.minimum(result, len(batch.movable))]
        place = np.full(len(numbers), -1, np.int64)
        place[standing[standing >= 0]] = np.arange((standing >= 0).sum())
    arcs = np.flatnonzero((trees.head >= 0) & trees.known[trees.sentence])
    arcs = arcs[(place[arcs] >= 0) & (place[trees.head[arcs]] >= 0)]
    if not len(arcs):
        return float("nan"), float("nan")
    distance = place[trees.head[arcs]] - place[arcs]
    return float(np.mean(np.abs(distance))), float(np.mean(distance > 0))


def _share(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else float("nan")


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def log2_orders(offsets: Indices, movable: NDArray[np.bool_], same: NDArray[np.int64]) -> NDArray[np.float64]:
    """[sentences]: log2(n! / prod m_i!) bits, for n movable units of which m_i are equal.

    It is the ceiling of what the order of a sentence can tell: the number of its distinguishable orders.
    """
    from scipy.special import gammaln

    sentence, _ = lay_out(offsets)
    sentences = len(offsets) - 1
    owner, unit = sentence[movable], same[movable]
    counts = np.bincount(owner, minlength=sentences)
    pairs, repeats = np.unique(np.stack([owner, unit]), axis=1, return_counts=True)
    ties = np.bincount(pairs[0], weights=gammaln(repeats + 1.0), minlength=sentences)
    bits: NDArray[np.float64] = (gammaln(counts + 1.0) - ties) / np.log(2.0)
    return np.maximum(bits, 0.0)
