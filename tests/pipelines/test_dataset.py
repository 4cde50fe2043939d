"""Datasets: what is encoded is the text, in every order the same pieces."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpora.table import Corpus, Sentence, write
from pipelines.build import build
from pipelines.dataset import Dataset, Recipe, splits_of
from pipelines.errors import PipelineError
from pipelines.normalise import normalise
from pipelines.orders import get_order
from pipelines.selection import select, words_of
from pipelines.sequences import audit_of, ceilings, fallback_share, gather
from pipelines.vocabulary import EOS
from tests.pipelines.conftest import corpus_rows

UNITS = [
    ("ko", "eojeol"),
    ("ko", "particle"),
    ("ko", "morpheme"),
    ("ko", "syllable"),
    ("ko", "jamo"),
    ("ko", "subword"),
]
UNITS += [("en", "word"), ("en", "chunk"), ("en", "character"), ("en", "subword")]
EVERYTHING = {"train": None, "valid": None, "test": None}


def sentence_ids(dataset: Dataset, numbers: np.ndarray) -> list[str]:  # type: ignore[type-arg]
    return list(dataset.facts["sentence_id"].take(numbers).to_pylist())


@pytest.mark.parametrize(("lang", "unit"), UNITS)
def test_decoding_gives_every_sentence_back(tiny_corpus: Corpus, lang: str, unit: str) -> None:
    dataset = build(tiny_corpus, lang, Recipe(unit, 400))
    vocabulary = dataset.vocabulary()
    texts = {row.sentence_id: row.text for row in corpus_rows() if row.lang == lang}
    everything = np.arange(len(dataset.facts))
    sequences = gather(dataset, everything, get_order("natural"))
    for i, name in enumerate(sentence_ids(dataset, everything)):
        ids = sequences.ids[sequences.tokens[i] : sequences.tokens[i + 1]]
        assert vocabulary.decode(ids) == normalise(texts[name], lang)


@pytest.mark.parametrize("order", ["reverse", "local_3", "shuffle"])
@pytest.mark.parametrize(("lang", "unit"), UNITS)
def test_pure_reorderings_keep_the_multiset_of_pieces(tiny_corpus: Corpus, lang: str, unit: str, order: str) -> None:
    dataset = build(tiny_corpus, lang, Recipe(unit, 400))
    everything = np.arange(len(dataset.facts))
    natural = gather(dataset, everything, get_order("natural"))
    moved = gather(dataset, everything, get_order(order), draw=3)
    assert not np.array_equal(natural.ids, moved.ids)
    assert np.array_equal(natural.tokens, moved.tokens)
    for a, b in zip(natural.tokens[:-1], natural.tokens[1:], strict=True):
        assert Counter(natural.ids[a:b].tolist()) == Counter(moved.ids[a:b].tolist())


def test_facts_counted_by_hand(tiny_corpus: Corpus) -> None:
    """민수는 책을 보았다. — four units with the stop, 12 characters, 1.? jamo, 30 bytes."""
    dataset = build(tiny_corpus, "ko", Recipe("eojeol", 400))
    first = {name: dataset.facts[name][0].as_py() for name in dataset.facts.column_names}
    assert first["sentence_id"] == "s0"
    assert first["n_units"] == 4
    assert first["n_chars"] == len("민수는 책을 보았다.") == 11
    assert first["n_bytes"] == 8 * 3 + 3
    # ㅁㅣㄴ ㅅㅜ ㄴㅡㄴ, ㅊㅐㄱ ㅇㅡㄹ, ㅂㅗ ㅇㅏㅆ ㄷㅏ: 21 jamo, two spaces and the stop.
    assert first["n_jamo"] == 21 + 3
    assert words_of(dataset)[0] == 3


def test_words_are_counted_in_words_whatever_the_unit(tiny_corpus: Corpus) -> None:
    counts = [words_of(build(tiny_corpus, lang, Recipe(unit, 400))) for lang, unit in UNITS]
    assert all(np.array_equal(found, counts[0]) for found in counts[:6])
    assert all(np.array_equal(found, counts[6]) for found in counts[6:])


def test_letters_never_seen_in_training_become_bytes_and_come_back(tmp_path: Path) -> None:
    rows = [Sentence(f"s{i}", "ko", f"가나 다라{'마' * (i % 5)}.", "train") for i in range(60)]
    rows += [Sentence("v", "ko", "가나.", "valid"), Sentence("t", "ko", "뷁 가나.", "test")]
    counts, sha256 = write(tmp_path, ("ko",), iter(rows))
    corpus = Corpus("rare", tmp_path, ("ko",), False, sha256, counts, {}, {})
    dataset = build(corpus, "ko", Recipe("eojeol", 400))
    numbers = splits_of(dataset)["test"]
    sequences = gather(dataset, numbers, get_order("reverse"))
    assert dataset.vocabulary().decode(sequences.ids) == "가나 뷁."
    assert fallback_share(dataset, numbers) > 0
    assert fallback_share(dataset, splits_of(dataset)["train"]) == 0


def test_the_vocabulary_is_learnt_from_the_training_split_alone(tiny_corpus: Corpus, tmp_path: Path) -> None:
    other = [replace(row, text=row.text if row.split == "train" else "전혀 다른 글월이다.") for row in corpus_rows()]
    folder = tmp_path / "other"
    folder.mkdir()
    counts, sha256 = write(folder, ("ko", "en"), iter(other))
    changed = Corpus("other", folder, ("ko", "en"), True, sha256, counts, {}, {})
    first, second = (build(c, "ko", Recipe("eojeol", 400)) for c in (tiny_corpus, changed))
    assert first.sha256 != second.sha256
    models = [(d.folder / "vocabulary.model").read_bytes() for d in (first, second)]
    assert models[0] == models[1]


def test_building_again_reads_what_is_there(tiny_corpus: Corpus) -> None:
    first = build(tiny_corpus, "ko", Recipe("eojeol", 400))
    stamp = (first.folder / "ids.bin").stat().st_mtime_ns
    assert build(tiny_corpus, "ko", Recipe("eojeol", 400)) == first
    assert (first.folder / "ids.bin").stat().st_mtime_ns == stamp


def test_every_piece_is_a_unit_and_the_bytes_of_a_letter_stay_together(tmp_path: Path) -> None:
    rows = [Sentence(f"s{i}", "ko", f"가나 다라{'마' * (i % 5)}.", "train") for i in range(60)]
    rows += [Sentence("v", "ko", "가나.", "valid"), Sentence("t", "ko", "뷁뛟 가나 다라...", "test")]
    counts, sha256 = write(tmp_path, ("ko",), iter(rows))
    dataset = build(Corpus("rare", tmp_path, ("ko",), False, sha256, counts, {}, {}), "ko", Recipe("subword", 400))
    numbers = splits_of(dataset)["test"]
    natural = gather(dataset, numbers, get_order("natural"))
    sizes = np.diff(natural.units)
    assert sizes[:3].tolist() == [1, 3, 3], "the mark, and two letters of three bytes each"
    letters = {
        tuple(natural.ids[a:b]) for a, b in zip(natural.units[:-1], natural.units[1:], strict=True) if b - a == 3
    }
    for draw in range(10):
        moved = gather(dataset, numbers, get_order("shuffle"), draw=draw)
        found = {tuple(moved.ids[a:b]) for a, b in zip(moved.units[:-1], moved.units[1:], strict=True) if b - a == 3}
        assert letters <= found
        assert dataset.vocabulary().decode(moved.ids).endswith("...")


def test_other_code_builds_another_dataset(tiny_corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    before = build(tiny_corpus, "ko", Recipe("eojeol", 400))
    monkeypatch.setattr("pipelines.build.SOURCES", ("dataset.py",))
    assert build(tiny_corpus, "ko", Recipe("eojeol", 400)).folder != before.folder


def test_a_vocabulary_too_small_for_the_letters_is_refused(tmp_path: Path, produced: Path) -> None:
    letters = [chr(0xAC00 + 28 * i) for i in range(120)]
    rows = [Sentence(f"s{i}", "ko", f"{letter} {letter}.", "train") for i, letter in enumerate(letters)]
    counts, sha256 = write(tmp_path, ("ko",), iter(rows))
    corpus = Corpus("letters", tmp_path, ("ko",), False, sha256, counts, {}, {})
    with pytest.raises(PipelineError, match="256 bytes"):
        build(corpus, "ko", Recipe("eojeol", 280))
    with pytest.raises(PipelineError, match="larger vocabulary"):
        build(corpus, "ko", Recipe("eojeol", 310))
    assert list((produced / "datasets").iterdir()) == [], "something half-written is left"


def test_languages_use_the_same_sentences(tiny_corpus: Corpus) -> None:
    """English words are longer in pieces: what does not fit there is out in Korean too."""
    korean, english = build(tiny_corpus, "ko", Recipe("eojeol", 400)), build(tiny_corpus, "en", Recipe("word", 400))
    tokens = english.facts["n_tokens"].to_numpy()
    limit = int(tokens.max()) - 1
    assert 0 < (tokens > limit).sum() < len(tokens)
    options = {"words": (2, 60), "most_tokens": limit, "most": {"train": 50, "valid": None, "test": None}}
    ours = select(korean, [english], **options)  # type: ignore[arg-type]
    theirs = select(english, [korean], **options)  # type: ignore[arg-type]
    assert {s: sentence_ids(korean, ours[s]) for s in ours} == {s: sentence_ids(english, theirs[s]) for s in theirs}
    assert len(ours["train"]) == 50
    alone = select(korean, [], **{**options, "most": EVERYTHING})  # type: ignore[arg-type]
    assert len(alone["train"]) > len(select(korean, [english], **{**options, "most": EVERYTHING})["train"])  # type: ignore[arg-type]


def test_no_sentence_left_is_said(tiny_corpus: Corpus) -> None:
    dataset = build(tiny_corpus, "ko", Recipe("eojeol", 400))
    with pytest.raises(PipelineError, match="No train sentence of 50–60 words"):
        select(dataset, [], words=(50, 60), most_tokens=63, most=EVERYTHING)


def test_ceilings_and_audits_come_with_the_dataset(tiny_corpus: Corpus) -> None:
    dataset = build(tiny_corpus, "ko", Recipe("eojeol", 400))
    numbers = splits_of(dataset)["test"]
    assert ceilings(dataset, numbers) == pytest.approx(np.log2(6.0))
    assert audit_of(dataset, numbers, get_order("reverse"))["kept_bigrams"] == 0.0
    assert EOS not in gather(dataset, numbers, get_order("natural")).ids


def test_a_language_reads_the_same_whatever_the_order_of_sets() -> None:
    """A dataset's hash is taken over it, so another process must find the dataset that this one has built."""
    program = (
        "from pipelines.languages import get_language as g; print(*(g(n).model_dump_json() for n in ('ko', 'en')))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(found) == 1
