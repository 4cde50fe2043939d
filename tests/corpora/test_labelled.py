"""Labelled text: tables, pairs, and the reviews and paraphrases at hand."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from corpora.build import build
from corpora.errors import CorpusError
from corpora.readers import Row, Source, get_reader

MIRROR = os.environ.get("EOSUN_MIRROR")
mirrored = pytest.mark.skipif(not MIRROR, reason="EOSUN_MIRROR is not set: the real corpora are not at hand")
TABLE = "id\tfilm\tstars\ttext\na\tf1\t9\t좋다\nb\tf1\t5\t글쎄\nc\tf2\t1\t싫다\nd\tf3\t10\t또 볼래\n"
OPTIONS = {"id": "id", "text": "text", "label": "stars", "document": "film", "held_out": {"valid": 5, "test": 10},
           "labels": {"good": [9, 10], "bad": [1, 2]}}  # fmt: skip


def rows(reader: str, files: dict[str, Path], languages: Iterable[str], options: dict[str, object]) -> list[Row]:
    return list(get_reader(reader)(Source(files, tuple(languages), options)))


def test_a_table_by_its_column_names(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text(TABLE, encoding="utf-8")
    found = rows("table", {"ko": tmp_path / "t.tsv"}, ["ko"], OPTIONS)
    assert [(row.name, row.texts["ko"], row.label, row.document) for row in found if not row.left_out] == [
        ("a", "좋다", "good", "f1"),
        ("c", "싫다", "bad", "f2"),
        ("d", "또 볼래", "good", "f3"),
    ], "a rating that means no label is left out"
    assert [row.left_out for row in found] == ["", "another label", "", ""]
    assert {row.split for row in found} <= {"train", "valid", "test"}


def test_a_document_is_in_one_split_and_shares_are_as_asked(tmp_path: Path) -> None:
    lines = ["id\tfilm\tstars\ttext"] + [f"{i}\tf{i // 4}\t9\t글 {i}" for i in range(8000)]
    (tmp_path / "t.tsv").write_text("\n".join(lines), encoding="utf-8")
    found = rows("table", {"ko": tmp_path / "t.tsv"}, ["ko"], OPTIONS)
    by_film: dict[str, set[str]] = {}
    for row in found:
        by_film.setdefault(row.document, set()).add(row.split)
    assert all(len(splits) == 1 for splits in by_film.values())
    shares = {split: sum(row.split == split for row in found) / len(found) for split in ("valid", "test")}
    assert shares["test"] == pytest.approx(0.10, abs=0.02)
    assert shares["valid"] == pytest.approx(0.05, abs=0.02)


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("id\ttext\na\tb\tc\n", {"text": "text"}, "t.tsv, line 2: 3 columns where the first line names 2"),
        ("id\ttxt\n", {"text": "text"}, 'Unknown column "text". Did you mean "txt"'),
        ("text\tpart\na\tdev\n", {"text": "text", "split": "part"}, 'line 2: the split "dev"'),
    ],
)
def test_a_table_that_does_not_line_up(text: str, options: dict[str, object], said: str, tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match=said):
        rows("table", {"ko": tmp_path / "t.tsv"}, ["ko"], options)


def test_pairs_are_two_rows_of_one_document(tmp_path: Path) -> None:
    (tmp_path / "ko").write_text("가\t나\t1\nNS\t다\t0\n라\t마\t0\n", encoding="utf-8")
    (tmp_path / "en").write_text("a\tb\t1\nc\td\t1\ne\tf\t0\n", encoding="utf-8")
    files = {lang: tmp_path / lang for lang in ("ko", "en")}
    found = rows("pairs", files, files, {"missing": "NS", "held_out": {"valid": 0, "test": 0}})
    assert [(row.name, row.document, row.texts, row.label) for row in found] == [
        ("pair-00001-1", "pair-00001", {"ko": "가", "en": "a"}, "1"),
        ("pair-00001-2", "pair-00001", {"ko": "나", "en": "b"}, "1"),
        ("pair-00003-1", "pair-00003", {"ko": "라", "en": "e"}, "0"),
        ("pair-00003-2", "pair-00003", {"ko": "마", "en": "f"}, "0"),
    ]
    (tmp_path / "en").write_text("a\tb\t0\nc\td\t1\ne\tf\t0\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="line 1: labels 0, 1 in one pair"):
        rows("pairs", files, files, {"missing": "NS", "held_out": {"valid": 0, "test": 0}})


@mirrored
def test_paraphrases_of_paws_x() -> None:
    """2,000 pairs less those that one language does not have (35, shared/corpora says, in Korean)."""
    corpus = build("paws-x")
    for lang in ("ko", "en"):
        table = corpus.table(lang, ["sentence_id", "document", "label", "split"]).to_pandas()
        assert len(table) == 2 * (2000 - 35)
        assert (table.groupby("document").size() == 2).all()
        assert (table.groupby("document")["split"].nunique() == 1).all()


@mirrored
def test_intents_of_massive() -> None:
    """The official partitions, less held-out rows whose text occurs in training in either language; 60 intents."""
    corpus = build("massive")
    labels = {lang: corpus.table(lang, ["label"])["label"].to_pylist() for lang in ("ko", "en")}
    assert labels["ko"] == labels["en"]
    assert len(set(labels["ko"])) == 60
    assert corpus.counts["ko"]["train"] == 11_514


@pytest.mark.long
@mirrored
def test_film_reviews() -> None:
    """No text twice, none with both labels, no film in two splits, enough for 150,000 and 20,000 balanced ones."""
    table = build("nsmc").table("ko", ["text", "label", "document", "split"]).to_pandas()
    assert not table["text"].str.lower().duplicated().any()
    assert (table.groupby("document")["split"].nunique() == 1).all()
    counts = table.groupby(["split", "label"]).size()
    assert counts["train", "negative"] >= 75_000
    assert counts["test", "negative"] >= 10_000


def test_a_text_with_two_labels_is_dropped_wherever_it_occurs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import hashlib

    lines = ["id\ttext\tlabel"] + [f"{i}\t글 {i}\t{'ab'[i % 2]}" for i in range(400)]
    lines += ["400\t글 7\ta", "401\t글 8\ta"]
    data = "\n".join(lines).encode()
    (tmp_path / "own.tsv").write_bytes(data)
    card = f"""
name: own
title: own
languages: [ko]
kind: labelled
aligned: false
licence: none
citation: none
reader: table
options: {{id: id, text: text, label: label, held_out: {{valid: 10, test: 10}}}}
files: [{{lang: ko, path: own.tsv, sha256: {hashlib.sha256(data).hexdigest()}}}]
"""
    (tmp_path / "own.yaml").write_text(card, encoding="utf-8")
    monkeypatch.setenv("EOSUN_CARDS", str(tmp_path))
    monkeypatch.setenv("EOSUN_MIRROR", str(tmp_path))
    corpus = build("own")
    texts = corpus.table("ko", ["text"])["text"].to_pylist()
    assert "글 7" not in texts, "it is b once and a once"
    assert texts.count("글 8") == 1
    assert corpus.removed["the same text with another label"] == 2
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("EOSUN_MIRROR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("EOSUN_VAR", str(tmp_path / "other"))
    with pytest.raises(CorpusError, match="no public address in this form: set EOSUN_MIRROR"):
        build("own")
