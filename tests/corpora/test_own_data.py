"""One's own data in every form, and what is wrong with it in one line that names the place and the remedy."""

from __future__ import annotations

import gzip
import json
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
    found = pd.DataFrame({"ko": KO, "en": EN, "text": KO, "label": ["a", "b"] * 60, "document": ["d"] * 120})
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
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
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


def write(folder: Path, name: str, content: bytes) -> str:
    (folder / name).write_bytes(content)
    return str(folder / name)


CSV = ("text,label\n" + "".join(f"{text},a\n" for text in KO)).encode()


@pytest.mark.parametrize(
    ("name", "content", "options", "message"),
    [
        ("a.txt", "\n".join(KO).encode("cp949"), {}, r"a\.txt, line 1: not UTF-8 \(it reads as CP949\)\. Convert it"),
        ("a.txt", b"one\ntwo\x00\n" * 60, {}, r"a\.txt, line 2: a NUL byte"),
        ("a.txt", b"", {}, r"a\.txt is empty"),
        ("a.csv", CSV + b"x,y,z\n", {}, r"a\.csv, line 122: 3 fields where the first line names 2"),
        ("a.csv", CSV + b'"open\n', {}, r"a\.csv, line 12\d: not CSV"),
        ("a.csv", CSV, {"text": "txet"}, r'a\.csv: Unknown column "txet"\. Did you mean "text"'),
        ("a.csv", b"one,two\n1,2\n", {}, r"a\.csv: no column is called text, ko or en; there are one, two"),
        ("a.jsonl", b'{"text": "a"}\n{"text": \n', {}, r"a\.jsonl, line 2: not JSON"),
        ("a.jsonl", b'{"text": "a"}\n[1]\n', {}, r"a\.jsonl, line 2: not a JSON object"),
        ("a.jsonl", b'{"text": "a"}\n{"text": 7}\n', {}, r'a\.jsonl, line 2: the column "text" holds no text'),
        ("a.jsonl", b'{"text": "a", "split": "dev"}\n', {}, r'a\.jsonl, line 1: Unknown split "dev"'),
        ("a.parquet", b"PAR1 and no more", {}, r"a\.parquet is not a Parquet file"),
        ("a.conllu", b"1\tA\ta\tX\n\n", {}, r"a\.conllu"),
        ("a.conllu", b"1\tA\ta\tX\t_\t_\t2\td\t_\t_\n2\tB\tb\tX\t_\t_\t1\td\t_\t_\n\n", {}, "goes round in a circle|roots"),
        ("a.conllu", b"1\tA\ta\tX\t_\t_\t0\td\t_\t_\n2\tB\tb\tX\t_\t_\t0\td\t_\t_\n\n", {}, "2 roots"),
        ("a.doc", b"x", {}, r"a\.doc: the ending must be"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_in_a_line(
    name: str, content: bytes, options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    path = write(tmp_path, name, content)
    with pytest.raises(CorpusError, match=message) as caught:
        build(path, langs=("ko",), options=options)
    assert "\n" not in str(caught.value)
    kept = tmp_path / "var" / "corpora"
    assert not kept.exists() or not list(kept.iterdir())


def test_a_long_line_a_mark_and_other_line_ends_are_read(tmp_path: Path) -> None:
    long = "가 " * 2_000_000
    path = write(tmp_path, "a.txt", b"\xef\xbb\xbf" + "\r\n".join([*KO, long]).encode())
    found = texts(build(path, langs=("ko",)), "ko")
    assert found == {*KO, long.strip()}


def test_a_gzip_file_that_breaks_off_names_its_line(tmp_path: Path) -> None:
    from corpora.readers import Source, get_reader

    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress("\n".join(KO).encode())[:-20])
    with pytest.raises(CorpusError, match=r"a\.txt\.gz breaks off after line \d+ .*get the file again"):
        list(get_reader("lines")(Source({"x": path}, ("ko",), {})))
