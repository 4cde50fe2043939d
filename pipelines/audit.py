"""What an order really did to a corpus: the figures that go with every perturbed dataset."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.orders import Indices
from pipelines.reorder import lay_out

FIGURES = (
    "kept_bigrams",
    "kendall_tau",
    "mean_displacement",
    "identical",
    "fixed_points",
    "host_separation",
    "identical_by_chance",
)


def _per_sentence(values: NDArray[np.generic], sentence: Indices, sentences: int) -> NDArray[np.float64]:
    return np.bincount(sentence, weights=values.astype(np.float64), minlength=sentences).astype(np.float64)


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


def audit(
    offsets: Indices,
    movable: NDArray[np.bool_],
    permuted: Indices,
    *,
    same: NDArray[np.int64],
    initial: NDArray[np.bool_],
) -> dict[str, float]:
    """Figures of one order over the movable units of a corpus; shares are between 0 and 1.

    offsets: [sentences + 1]; movable: [units]; permuted: [units] from `reorder.permutation`;
    same: [units], equal numbers for equal units, so that an exchange of equal units counts as no change;
    initial: [units], whether a unit opens an eojeol or word.

    kept_bigrams: neighbours that are still neighbours in the same order. kendall_tau: over all pairs of a sentence,
    pooled. mean_displacement: how far a unit moved, as a share of the sentence's length less one.
    identical: sentences of two or more units that came out as they were; identical_by_chance: the share that a
    uniform shuffle would leave so. fixed_points: units on their own place. host_separation: units inside
    an eojeol that lost the unit they were attached to (NaN where there are none).
    """
    sentence, _ = lay_out(offsets)
    sentences = len(offsets) - 1
    places = np.flatnonzero(movable)
    owner = sentence[places]
    rank = np.full(offsets[-1], -1, dtype=np.int64)
    counts = np.bincount(owner, minlength=sentences)
    rank[places] = np.arange(len(places)) - np.repeat(np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
    source, place = rank[permuted[places]], rank[places]
    many = counts >= 2
    neighbours = owner[1:] == owner[:-1]
    kept = (source[1:] == source[:-1] + 1) & neighbours
    balance, pairs = _kendall_pairs(source, owner)
    lengths = counts[owner]
    changed = _per_sentence(same[permuted[places]] != same[places], owner, sentences) > 0
    inner = ~initial[permuted[places]] & (source > 0)
    with_host = np.concatenate([[False], kept])
    return {
        "kept_bigrams": _share(kept.sum(), neighbours.sum()),
        "kendall_tau": balance / pairs if pairs else float("nan"),
        "mean_displacement": float(np.mean(np.abs(source - place) / np.maximum(lengths - 1, 1))) if len(place) else 0.0,
        "identical": _share((many & ~changed).sum(), many.sum()),
        "fixed_points": _share((source == place).sum(), len(place)),
        "host_separation": _share((inner & ~with_host).sum(), inner.sum()),
        "identical_by_chance": float(np.mean(2.0 ** -log2_orders(offsets, movable, same)[many]))
        if many.any()
        else float("nan"),
    }


def _share(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else float("nan")


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
