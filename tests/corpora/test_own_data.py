"""One's own data in every form, its columns and options."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from corpora.build import build
from corpora.errors import CorpusError
from corpora.table import Corpus

KO = [f"학생 {i}명이 책을 읽었다." for i in range(120)]
EN = [f"{i} students read a book." for i in range(120)]


@pytest.fixture(autouse=True)
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EOSUN_VAR", str(tmp_path / "var"))


def texts(corpus: Corpus, lang: str) -> set[str]:
    return set(corpus.table(lang)["text"].to_pylist())


def table(label: bool = True) -> pd.DataFrame:
    found = pd.DataFrame(
        {"ko": KO, "en": EN, "text": KO, "label": ["a", "b"] * 60, "document": [f"d{i // 2}" for i in range(120)]}
    )
    return found if label else found.drop(columns="label")


def as_csv(path: Path, found: pd.DataFrame) -> Path:
    found.to_csv(path.with_suffix(".csv"), index=False)
    return path.with_suffix(".csv")


def as_jsonl(path: Path, found: pd.DataFrame) -> Path:
    found.to_json(path.with_suffix(".jsonl"), orient="records", lines=True, force_ascii=False)
    return path.with_suffix(".jsonl")


def as_parquet(path: Path, found: pd.DataFrame) -> Path:
    found.to_parquet(path.with_suffix(".parquet"))
    return path.with_suffix(".parquet")


@pytest.mark.parametrize("write", [as_csv, as_jsonl, as_parquet])
def test_tables_in_one_language_and_aligned(write: Callable[[Path, pd.DataFrame], Path], tmp_path: Path) -> None:
    path = str(write(tmp_path / "own", table()))
    korean = build(path, langs=("ko",))
    assert texts(korean, "ko") == set(KO)
    assert set(korean.table("ko")["label"].to_pylist()) == {"a", "b"}
    aligned = build(str(write(tmp_path / "both", table().drop(columns="text"))))
    assert aligned.aligned
    assert aligned.languages == ("ko", "en")
    pairs = zip(aligned.table("ko")["text"].to_pylist(), aligned.table("en")["text"].to_pylist(), strict=True)
    assert set(pairs) == set(zip(KO, EN, strict=True))


def test_columns_by_option(tmp_path: Path) -> None:
    path = str(as_csv(tmp_path / "own", table().rename(columns={"text": "review", "label": "stars"})))
    found = build(path, langs=("ko",), options={"text": "review", "label": "stars"})
    assert set(found.table("ko")["label"].to_pylist()) == {"a", "b"}
    both = build(path, options={"text": {"ko": "review", "en": "en"}})
    assert texts(both, "en") == set(EN)


def test_quoted_fields_hold_commas_and_quotes(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("text\n" + "".join(f'"하나, 둘 ""{i}"""\n' for i in range(60)), encoding="utf-8")
    assert '하나, 둘 "7"' in texts(build(str(path), langs=("ko",)), "ko")


def test_two_aligned_files(tmp_path: Path) -> None:
    korean, english = tmp_path / "a.txt", tmp_path / "b.txt"
    korean.write_text("\n".join(KO), encoding="utf-8")
    english.write_text("\n".join(EN), encoding="utf-8")
    found = build(f"ko={korean},en={english}")
    assert (found.languages, found.aligned) == (("ko", "en"), True)
    assert texts(found, "en") == set(EN)
    english.write_text("\n".join(EN[:-1]), encoding="utf-8")
    with pytest.raises(CorpusError, match=r"b\.txt has no line 120, another file has: not aligned"):
        build(f"ko={korean},en={english}")
    with pytest.raises(CorpusError, match=r"as in ko=a\.txt,en=b\.txt"):
        build(f"ko={korean},{english}")


def test_a_treebank_and_a_translation_of_ones_own(tmp_path: Path) -> None:
    trees = tmp_path / "own.conllu"
    block = "1\t학생{i}\t_\tNOUN\t_\t_\t2\tnsubj\t_\t_\n2\t읽었다\t_\tVERB\t_\t_\t0\troot\t_\t_\n\n"
    trees.write_text("".join(block.replace("{i}", str(i)) for i in range(80)), encoding="utf-8")
    found = build(str(trees), langs=("ko",))
    assert found.table("ko")["syntax"].to_pylist()[0] == "2/nsubj/NOUN 0/root/VERB"
    messages = tmp_path / "own.po"
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n"Language: ko\\n"\n\n'
    entries = "".join(f'msgid "Read the book number {i}."\nmsgstr "책 {i} 번을 읽으세요."\n\n' for i in range(200))
    messages.write_text(head + entries, encoding="utf-8")
    translated = build(str(messages))
    assert "책 7 번을 읽으세요." in texts(translated, "ko")
    assert set(translated.counts["ko"]) == {"train", "valid", "test"}


def test_a_card_of_ones_own_with_a_file_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import hashlib

    data = ("review\tstars\n" + "".join(f"{text}\t{i % 2}\n" for i, text in enumerate(KO))).encode()
    (tmp_path / "mine.tsv").write_bytes(data)
    card = {
        "name": "mine", "title": "Mine", "languages": ["ko"], "kind": "labelled", "aligned": False, "licence": "mine",
        "citation": "none", "reader": "table", "options": {"text": "review", "label": "stars"},
        "files": [{"lang": "ko", "path": "mine.tsv", "sha256": hashlib.sha256(data).hexdigest()}],
    }  # fmt: skip
    (tmp_path / "mine.yaml").write_text(json.dumps(card), encoding="utf-8")
    monkeypatch.setenv("EOSUN_CARDS", str(tmp_path))
    monkeypatch.setenv("EOSUN_MIRROR", str(tmp_path))
    assert texts(build("mine"), "ko") == set(KO)


CSV = "text,stars,film\n" + "".join(f"{text},{i % 5 + 1},f{i // 2}\n" for i, text in enumerate(KO))


def test_labels_that_values_mean_and_whole_documents_held_out(tmp_path: Path) -> None:
    """24 of each of five grades: 48 good, 48 bad, 24 left out; no film in two splits."""
    path = tmp_path / "own.csv"
    path.write_text(CSV, encoding="utf-8")
    options = {
        "label": "stars", "document": "film", "labels": {"good": [4, 5], "bad": [1, 2]},
        "held_out": {"valid": 20, "test": 20},
    }  # fmt: skip
    corpus = build(str(path), langs=("ko",), options=options)
    rows = corpus.table("ko").to_pylist()
    assert Counter(row["label"] for row in rows) == {"good": 48, "bad": 48}
    assert corpus.removed == {"another label": 24}
    assert {row["label"] for row in rows if row["text"] == KO[3]} == {"good"}, "the fourth has four stars"
    splits: dict[str, set[str]] = {}
    for row in rows:
        splits.setdefault(row["document"], set()).add(row["split"])
    assert all(len(found) == 1 for found in splits.values())


def test_gzipped_tables_and_tabs(tmp_path: Path) -> None:
    packed, tabbed = tmp_path / "own.csv.gz", tmp_path / "own.tsv"
    packed.write_bytes(gzip.compress(CSV.encode()))
    tabbed.write_text(CSV.replace(",", "\t"), encoding="utf-8")
    for path in (packed, tabbed):
        assert texts(build(str(path), langs=("ko",)), "ko") == set(KO)


def test_repetitions_of_ones_own_stay_where_asked(tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_text("\n".join([*KO, KO[0]]), encoding="utf-8")
    kept = build(str(path), langs=("ko",), options={"deduplicate": "none"}).table("ko")["text"].to_pylist()
    assert kept == [*KO, KO[0]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"text": "txet"}, r'own\.csv: Unknown column "txet"\. Did you mean "text"'),
        ({"txt": "text"}, r'Unknown option of own\.csv "txt"\. Did you mean "text"'),
        ({"held_out": {"valid": 5}}, r"write the option held_out as in \{valid: 5, test: 5\}"),
        ({"labels": [4, 5]}, r"write the option labels as in \{positive: \[4, 5\]"),
        ({"labels": {"good": [4], "bad": [4]}, "label": "stars"}, "labels: 4 means good and bad"),
        ({"labels": {"good": [4], "bad": [9]}, "label": "stars"}, "no record has a label that means bad"),
        ({"labels": {"good": [4]}}, r"the option labels needs a column of labels"),
        ({"cleaning": {"words": [60, 2]}}, r"cleaning\.words: must be the least and the largest number"),
        ({"deduplicate": "alll"}, r'Unknown rule of deduplicate "alll"\. Did you mean "all"'),
        ({"split": "stars"}, r'own\.csv, line 2: Unknown split "1"'),
    ],
)
def test_options_are_checked(options: dict[str, Any], message: str, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(CSV, encoding="utf-8")
    with pytest.raises(CorpusError, match=message):
        build(str(path), langs=("ko",), options=options)


def test_no_column_is_called_text(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("one,two\n1,2\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"own\.csv: no column is called text, ko or en; there are one, two"):
        build(str(path), langs=("ko",))


def test_documents_are_held_out_whole_unasked(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    rows = [f"{text} {j}번째.,d{i}" for i, text in enumerate(KO) for j in range(3)]
    path.write_text("text,document\n" + "\n".join(rows), encoding="utf-8")
    splits: dict[str, set[str]] = {}
    for row in build(str(path), langs=("ko",)).table("ko").to_pylist():
        splits.setdefault(row["document"], set()).add(row["split"])
    assert len(splits) == 120
    assert all(len(found) == 1 for found in splits.values())
    assert {split for found in splits.values() for split in found} == {"train", "valid", "test"}


@pytest.mark.parametrize(
    ("name", "lang", "message"),
    [
        ("own.txt", "fr", r'Unknown language "fr".*EOSUN_LANGUAGES'),
        ("own.txt", "../x", r'Unknown language "\.\./x"'),
        ("ko=own.txt,korean=own.txt", "", 'Unknown language "korean"'),
    ],
)
def test_a_language_has_to_be_declared(
    name: str, lang: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.txt").write_text("\n".join(KO), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CorpusError, match=message):
        build(name, langs=(lang,) if lang else None)


def test_an_ending_may_be_in_capitals_and_a_header_in_words(tmp_path: Path) -> None:
    path = tmp_path / "PAIRS.TSV"
    path.write_text("Korean\tEnglish\n" + "\n".join(map("\t".join, zip(KO, EN, strict=True))), encoding="utf-8")
    assert texts(build(str(path)), "ko") == set(KO)


def test_missing_texts_of_tables_are_empty_ones(tmp_path: Path) -> None:
    found = table().drop(columns=["ko", "en", "document"])
    found.loc[5, "text"] = None
    for write in (as_csv, as_jsonl, as_parquet):
        corpus = build(str(write(tmp_path / "own", found)), langs=("ko",))
        assert corpus.removed == {"empty": 1}


@pytest.mark.parametrize("write", [as_csv, as_jsonl, as_parquet])
def test_labels_may_be_numbers_and_nought(write: Callable[[Path, pd.DataFrame], Path], tmp_path: Path) -> None:
    found = table().drop(columns=["ko", "en", "document"]).assign(label=[i % 2 for i in range(120)])
    path = str(write(tmp_path / "own", found))
    assert Counter(build(path, langs=("ko",)).table("ko")["label"].to_pylist()) == {"0": 60, "1": 60}
    named = build(path, langs=("ko",), options={"labels": {"no": [0], "yes": [1]}})
    assert Counter(named.table("ko")["label"].to_pylist()) == {"no": 60, "yes": 60}


def test_what_later_records_alone_have_is_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    lines = [{"text": text, "split": "train"} if i else {"text": text} for i, text in enumerate(KO)]
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    with pytest.raises(CorpusError, match=r'own\.jsonl, line 2 has "split", the first record has not'):
        build(str(path), langs=("ko",))


@pytest.mark.parametrize("write", [as_csv, as_jsonl, as_parquet])
def test_endings_in_capitals_are_read_alike(write: Callable[[Path, pd.DataFrame], Path], tmp_path: Path) -> None:
    path = write(tmp_path / "own", table().drop(columns=["ko", "en", "document"]))
    loud = path.rename(path.with_name(path.name.upper()))
    assert texts(build(str(loud), langs=("ko",)), "ko") == set(KO)


@pytest.mark.parametrize(("name", "option"), [("a.conllu", "valid"), ("ko=a.txt,en=b.txt", "documents")])
def test_options_that_would_do_nothing_are_refused(
    name: str, option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for file in ("a.conllu", "a.txt", "b.txt"):
        (tmp_path / file).write_text("x", encoding="utf-8")
    with pytest.raises(CorpusError, match=f'Unknown option of .* "{option}"'):
        build(name, langs=("ko",), options={option: 1})


@pytest.mark.parametrize("name", ["a.csv", "a.conllu"])
def test_documents_are_left_out_where_asked(name: str, tmp_path: Path) -> None:
    """One document alone would be held out whole, or not at all: the remedy of that error works."""
    path = tmp_path / name
    if name == "a.csv":
        path.write_text("text,document\n" + "".join(f"문장 {i}번.,d\n" for i in range(300)), encoding="utf-8")
    else:
        rows = (f"# sent_id = s{i}\n1\t문장{i}\t_\tNOUN\t_\t_\t0\troot\t_\t_\n\n" for i in range(300))
        path.write_text("# newdoc id = d\n" + "".join(rows), encoding="utf-8")
    with pytest.raises(CorpusError, match="the option document= leaves them out"):
        build(str(path), langs=("ko",))
    corpus = build(str(path), langs=("ko",), options={"document": ""})
    assert all(corpus.counts["ko"].values())


def test_a_table_of_more_than_two_columns_is_one_whatever_it_ends_in(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text("ko\tlabel\tid\n" + "".join(f"문장 {i}번.\tx\tn{i}\n" for i in range(300)), encoding="utf-8")
    assert sum(build(str(path), langs=("ko",)).counts["ko"].values()) == 300
