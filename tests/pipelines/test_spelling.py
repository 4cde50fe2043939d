"""A respelling: exactly so many symbols, from which the text can be read, in the same units."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import sentencepiece as spm
from hypothesis import given
from hypothesis import strategies as st

from corpora.build import build as build_corpus
from pipelines.build import build
from pipelines.dataset import Dataset, Recipe, splits_of
from pipelines.errors import PipelineError
from pipelines.orders import get_order
from pipelines.sequences import gather, texts_of
from pipelines.spelling import Spelling, respelt, spelling_in, with_spelling
from pipelines.vocabulary import respell, train

CASES = [("ko", "eojeol"), ("ko", "subword"), ("en", "word")]


@pytest.fixture(params=CASES, ids=" ".join)
def both(request: pytest.FixtureRequest) -> tuple[Dataset, Dataset]:
    lang, unit = request.param
    corpus = build_corpus("grammar", options={"pairs": 1500})
    plain, finer = (build(corpus, lang, Recipe(unit, 1000, fertility=fertility)) for fertility in (1.0, 1.5))
    return plain, finer


def test_the_training_text_has_half_as_many_symbols_again(both):
    tokens = [int(dataset.sizes("n_tokens")[splits_of(dataset)["train"]].sum()) for dataset in both]
    assert tokens[1] / tokens[0] == pytest.approx(1.5, abs=1e-4)


def test_the_text_is_the_same_and_so_is_every_unit(both):
    numbers = splits_of(both[0])["test"]
    assert texts_of(both[0], numbers) == texts_of(both[1], numbers)
    for name in ("sentences", "movable", "same", "keys", "initial"):
        np.testing.assert_array_equal(getattr(both[0], name), getattr(both[1], name))


def test_a_shuffle_moves_the_same_groups_to_the_same_places(both):
    numbers = splits_of(both[0])["test"]
    said = []
    for dataset in both:
        found, vocabulary = gather(dataset, numbers, get_order("shuffle"), seed=3), dataset.vocabulary()
        said.append([vocabulary.decode(found.ids[a:b]) for a, b in zip(found.units, found.units[1:], strict=False)])
    assert said[0] == said[1]


def test_symbols_are_not_foretold_by_the_vocabulary_alone(both):
    """Second symbols follow many first ones and first symbols have many second ones: each has something to tell."""
    (plain, finer), spelling = both, spelling_in((both[1].folder / "vocabulary.model").read_bytes())
    assert spelling is not None
    assert len(spelling) == finer.pieces < plain.pieces
    two = spelling.symbols[spelling.symbols[:, 1] >= 0]
    assert len(np.unique(two[:, 1])) == 16
    assert len(two) / len(np.unique(two[:, 0])) > 12


def test_every_symbol_has_the_text_that_begins_there(both):
    numbers = splits_of(both[0])["test"][:20]
    for number in numbers:
        said = []
        for dataset in both:
            ids = dataset.ids[dataset.units[dataset.sentences[number]] : dataset.units[dataset.sentences[number + 1]]]
            found = dataset.vocabulary().names(ids)
            assert len(found) == len(ids)
            said.append([name for name in found if name])
        assert said[0] == said[1]


def test_sentencepiece_reads_the_model_as_before(both):
    processors = [
        spm.SentencePieceProcessor(model_proto=(dataset.folder / "vocabulary.model").read_bytes()) for dataset in both
    ]
    text = texts_of(both[0], splits_of(both[0])["test"][:1])[0]
    assert processors[0].encode(text) == processors[1].encode(text)


def test_bytes_are_never_respelt(both):
    plain, finer = (dataset.vocabulary() for dataset in both)
    assert sum(plain.bytes_mask()) == sum(finer.bytes_mask()) == 256
    word = "𐎠"
    assert len(finer.encode([word])[0]) >= len(plain.encode([word])[0]) >= 4
    assert finer.decode(finer.encode([word])[0]) == word


@given(counts=st.lists(st.integers(0, 50), min_size=40, max_size=120), fertility=st.sampled_from([1.2, 1.5, 1.9]))
def test_what_is_written_can_be_read(counts: list[int], fertility: float):
    found = np.array([*counts, *[1] * 60], np.int64)
    names = [f"piece {i}" for i in range(len(found))]
    spelling = respelt(names, found, np.arange(len(found)) < 4, fertility)
    pieces = np.repeat(np.arange(len(found)), found).tolist()
    written = spelling.write(pieces)
    assert spelling.read(written) == pieces
    assert spelling.symbols[:4, 1].max() == -1
    free = found[4:].sum()
    if (fertility - 1.0) * found.sum() <= free - 50:
        assert abs(len(written) - fertility * len(pieces)) <= 0.5
    assert set(written) <= set(range(len(spelling)))


def test_what_writes_nothing_is_passed_over():
    spelling = Spelling(np.array([[0, -1], [1, 3], [1, 4], [2, 3]], np.int32))
    assert spelling.read([0, 1, 3, 2, 4, 0]) == [0, 1, 0]
    assert spelling.read([1]) == []


def test_a_model_holds_its_respelling():
    spelling = Spelling(np.array([[0, -1], [1, 2]], np.int32))
    found = spelling_in(with_spelling(b"", spelling))
    assert found is not None
    np.testing.assert_array_equal(found.symbols, spelling.symbols)
    assert spelling_in(b"anything else") is None


def test_a_factor_that_cannot_be_met_is_refused(tmp_path: Path):
    """Of one word alone, in one piece or in two, a quarter cannot be written as two."""
    path, counts = tmp_path / "vocabulary.model", Counter({"▁가": 1000, "▁나": 1})
    train(counts, 400, path, where="one word")
    before = path.read_bytes()
    with pytest.raises(PipelineError, match=r"one word cannot be respelt at 1.25 times its pieces, only at 1\.\d\d"):
        respell(counts, 1.25, path, where="one word")
    assert path.read_bytes() == before
