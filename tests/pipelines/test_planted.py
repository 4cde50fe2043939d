"""How planted languages are cut: known numbers of pieces, and the same words under every shuffle."""

from __future__ import annotations

import numpy as np
import pytest

from corpora.build import build as build_corpus
from pipelines.build import build as build_dataset
from pipelines.dataset import Dataset, Recipe
from pipelines.orders import get_order
from pipelines.sequences import gather


def datasets(name: str, unit: str) -> list[Dataset]:
    corpus = build_corpus(name, options={"sentences": 1_500})
    return [build_dataset(corpus, lang, Recipe(unit, 400)) for lang in corpus.languages]


def pieces_a_word(dataset: Dataset) -> set[float]:
    return set(np.unique(dataset.sizes("n_tokens") / dataset.sizes("n_words")))


def test_a_copied_symbol_is_one_unit_and_one_piece() -> None:
    (copies,) = datasets("planted-copy", "character")
    assert set(copies.sizes("n_units")) == {200}
    sizes = np.diff(copies.units[: copies.sentences[-1] + 1]).reshape(-1, 200)  # after them stand the case marks
    assert (sizes[:, 1:] == 1).all(), "the first symbol may bring the mark of the beginning as a piece of its own"


def test_words_have_two_pieces_and_marks_are_a_third() -> None:
    plain, marked, free, free_marked = datasets("planted-free-order", "word")
    for bare, more in ((plain, marked), (free, free_marked)):
        assert pieces_a_word(bare) == {2.0}
        np.testing.assert_array_equal(more.sizes("n_tokens"), bare.sizes("n_tokens") + 2)


def test_a_renaming_is_the_same_dataset() -> None:
    """Names are forgotten where pieces are numbered by their frequency: between the two there is nothing to find."""
    one, other = datasets("planted-renamed", "word")
    for name in ("ids", "units", "sentences", "keys", "split"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert one.vocabulary().decode(one.ids[:20]) != other.vocabulary().decode(other.ids[:20])


@pytest.mark.parametrize("order", ["natural", "shuffle", "reverse", "local_3", "mallows_0.5"])
def test_the_second_spelling_has_half_as_many_pieces_again_and_the_same_groups(order: str) -> None:
    two, three = datasets("planted-fertility", "word")
    assert (pieces_a_word(two), pieces_a_word(three)) == ({2.0}, {3.0})
    chosen = np.arange(400)
    words = []
    for dataset in (two, three):
        found = gather(dataset, chosen, get_order(order), seed=5, draw=1)
        words.append([tuple(found.ids[a:b]) for a, b in zip(found.units, found.units[1:], strict=False)])
    pairs = set(zip(*words, strict=True))
    assert len(pairs) == len(dict(pairs)) == len({second for _, second in pairs}) == 64
