"""Broken files, made here: one line that names file, line and remedy, and nothing half-written."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from corpora.build import build
from corpora.errors import CorpusError

LINES = [f"학생 {i}번은 책 {i * 7 % 13}권을 읽었다." for i in range(120)]
TEXT = "".join(f"{line}\n" for line in LINES)


def csv_of(lines: list[str], head: str = "id,text") -> str:
    return "\n".join([head, *(f"n{i},{line}" for i, line in enumerate(lines))]) + "\n"


def objects(lines: list[str]) -> str:
    return "".join(json.dumps({"id": f"n{i}", "text": line}, ensure_ascii=False) + "\n" for i, line in enumerate(lines))


def sentence(heads: list[int], name: str = "s") -> str:
    tokens = [f"{i}\t낱말\t_\tNOUN\t_\t_\t{head}\tdep\t_\t_" for i, head in enumerate(heads, 1)]
    return "\n".join([f"# sent_id = {name}", *tokens]) + "\n\n"


GOOD = "".join(sentence([2, 0], f"g{i}") for i in range(3))
BROKEN: dict[str, tuple[str, bytes, str]] = {
    "CP949": ("a.txt", TEXT.encode("cp949"), r"a\.txt, line 1: not UTF-8 \(it reads as CP949\)\. Convert it: iconv -f CP949"),
    "CP949 from line 61 on": ("a.txt", (TEXT[: TEXT.index("학생 60번")]).encode() + "학생".encode("cp949"), r"a\.txt, line 61: not UTF-8"),
    "CP949 table": ("a.csv", csv_of(LINES).encode("cp949"), r"a\.csv, line 2: not UTF-8 \(it reads as CP949\)"),
    "UTF-16": ("a.txt", TEXT.encode("utf-16"), r"a\.txt, line 1: not UTF-8 \(it reads as UTF-16\)\. Convert it: iconv -f UTF-16"),
    "Latin 1": ("a.txt", TEXT.encode() + "ça".encode("latin-1") + b"\n", r"a\.txt, line 121: not UTF-8\. Convert it: iconv -f ENCODING"),
    "NUL": ("a.txt", TEXT.encode() + b"a\0b\n", r"a\.txt, line 121: a NUL byte"),
    "NUL in JSON": ("a.jsonl", (objects(LINES) + '{"id": "x", "text": "a\\u0000b"}\n').encode(), r"a\.jsonl, line 121: the text holds a NUL"),
    "5 MB line": ("a.txt", TEXT.encode() + b"a b " * 1_250_000, r"a\.txt, line 121: longer than 1 MiB\. Are line ends missing"),
    "5 MB line, gzipped": ("a.txt.gz", gzip.compress(TEXT.encode() + b"a b " * 1_250_000), r"a\.txt\.gz, line 121: longer than 1 MiB"),
    "5 MB object": ("a.jsonl", (objects(LINES) + objects(["가 " * 1_250_000])).encode(), r"a\.jsonl, line 121: longer than 1 MiB"),
    "empty": ("a.txt", b"", r"a\.txt is empty: give it sentences"),
    "empty table": ("a.csv", b"id,text\n", r"a\.csv holds 0 different sentences"),
    "only blank lines": ("a.txt", b"\n \n" * 100, r"a\.txt holds 0 different sentences: at least 50"),
    "empty column": ("a.csv", csv_of([""] * 120).encode(), r"a\.csv holds 0 different sentences.*removed: empty 120"),
    "empty column of pairs": ("a.tsv", b"ko\ten\n" + "".join(f"{line}\t\n" for line in LINES).encode(), r"a\.tsv, line 2: the en column is empty"),
    "fields": ("a.csv", (csv_of(LINES) + "n120,하나, 둘\n").encode(), r"a\.csv, line 122: 3 fields where the first line names 2: mend"),
    "open quote": ("a.csv", (csv_of(LINES) + 'n120,"하나\nn121,둘\n').encode(), r'a\.csv, line 122: not CSV \(unexpected end of data\)\. Quote fields'),
    "quote in a field": ("a.csv", (csv_of(LINES) + 'n120,"하"나\n').encode(), r"a\.csv, line 122: not CSV"),
    "one column twice": ("a.csv", csv_of(LINES, "text,text").encode(), r'a\.csv, line 1: two columns are called "text"'),
    "id twice": ("a.csv", csv_of([*LINES]).replace("n77,", "n7,").encode(), r'a\.csv, line 79: the id "n7" is also that of a\.csv, line 9'),
    "id twice in JSON": ("a.jsonl", objects(LINES).replace('"n9"', '"n8"').encode(), r'a\.jsonl, line 10: the id "n8" is also that of a\.jsonl, line 9'),
    "JSON": ("a.jsonl", (objects(LINES) + '{"text": "하나",}\n').encode(), r"a\.jsonl, line 121: not a JSON object \(.*column 15\)"),
    "JSON list": ("a.jsonl", (objects(LINES) + "[1]\n").encode(), r"a\.jsonl, line 121: not a JSON object but \[1\]"),
    "JSON without text": ("a.jsonl", (objects(LINES) + '{"id": "x", "txt": "하나"}\n').encode(), r'a\.jsonl, line 121: Unknown column "text".*Available: id, txt'),
    "JSON number": ("a.jsonl", (objects(LINES) + '{"id": "x", "text": 3}\n').encode(), r'a\.jsonl, line 121: the column "text" holds 3, which is no text'),
    "truncated gzip": ("a.txt.gz", gzip.compress(TEXT.encode())[:-60], r"a\.txt\.gz breaks off after line \d+ .*get the file again"),
    "no gzip": ("a.txt.gz", TEXT.encode(), r"a\.txt\.gz is not gzipped: rename it to a\.txt"),
    "gzipped under another name": ("a.txt", gzip.compress(TEXT.encode()), r"a\.txt is gzipped: rename it to a\.txt\.gz"),
    "bare carriage returns": ("a.txt", TEXT.replace("\n", "\r").encode(), r"a\.txt, line 1: a bare carriage return"),
    "half a surrogate pair": ("a.jsonl", (objects(LINES) + '{"id": "x", "text": "a\\ud800"}\n').encode(), r"a\.jsonl, line 121: half of a surrogate pair"),
    "no opening quote": ("a.po", b'msgid "a b"\nmsgstr "b c"\n\nmsgid Cut off"\nmsgstr "x"\n', r"a\.po, line 4: not gettext"),
    "no closing quote": ("a.po", b'msgid "a b\nmsgstr "b c"\n', r"a\.po, line 1: not gettext"),
    "empty split": ("a.csv", csv_of(LINES, "id,text").replace("\n", ",train\n").replace("id,text,train", "id,text,split").replace("n5,학생 5번은 책 9권을 읽었다.,train", "n5,학생 5번은 책 9권을 읽었다.,").encode(), r"a\.csv, line 7: the split is empty"),
    "no Parquet": ("a.parquet", TEXT.encode(), r"a\.parquet is not a Parquet file"),
    "missing column": ("a.conllu", (GOOD + "1\t낱말\t_\tNOUN\t_\t_\t0\troot\t_\n\n").encode(), r"a\.conllu, line 13: 9 columns where CoNLL-U has 10"),
    "cyclic heads": ("a.conllu", (GOOD + sentence([2, 3, 1, 0])).encode(), r"a\.conllu, sentence 4 \(from line 13\): its tree goes round in a circle: mend"),
    "no root": ("a.conllu", (GOOD + sentence([2, 1])).encode(), r"sentence 4 \(from line 13\): its tree has no roots"),
    "two roots": ("a.conllu", (GOOD + sentence([0, 0])).encode(), r"sentence 4 \(from line 13\): its tree has 2 roots"),
    "head outside": ("a.conllu", (GOOD + sentence([7, 0])).encode(), r"sentence 4 \(from line 13\): its tree has a head 7 among 2 words"),
    "token number": ("a.conllu", (GOOD + sentence([2, 0]).replace("\n2\t", "\n3\t")).encode(), r"sentence 4 \(from line 13\): token 3 where token 2 should be"),
    "no head": ("a.conllu", (GOOD + sentence([2, 0]).replace("\t2\tdep", "\t_\tdep")).encode(), r"sentence 4: token 1 has no head \(the sentence begins in line 13"),
    "sentence twice": ("a.conllu", "".join(sentence([*range(2, 2 + i), 0], f"s{i % 60}") for i in range(100)).encode(), r'a\.conllu, sentence 61: the id "s0" is also that of a\.conllu, sentence 1'),
    "broken entry": ("a.po", b'msgid "a"\nmsgstr "b"\nnonsense\n', r"a\.po, line 3: not gettext \(nonsense\)"),
    "ending": ("a.docx", TEXT.encode(), r"a\.docx: the ending must be one of \.txt, \.tsv, \.csv"),
}  # fmt: skip


def refused(name: str, message: str, produced: Path) -> None:
    with pytest.raises(CorpusError, match=message) as caught:
        build(name, langs=("ko",))
    assert "\n" not in str(caught.value), "one line"
    left = produced / "corpora"
    assert not left.exists() or not list(left.iterdir()), "something half-written is left"


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_is_one_line(what: str, tmp_path: Path, produced: Path) -> None:
    name, data, message = BROKEN[what]
    (tmp_path / name).write_bytes(data)
    refused(str(tmp_path / name), message, produced)


def test_unequal_files_are_not_aligned(tmp_path: Path, produced: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b.txt").write_text("".join(f"Sentence {i}.\n" for i in range(119)), encoding="utf-8")
    message = r"b\.txt has no line 120, another file has: not aligned"
    refused(f"ko={tmp_path / 'a.txt'},en={tmp_path / 'b.txt'}", message, produced)
    for name, sentences in (("a", 2), ("b", 3)):
        (tmp_path / f"{name}.conllu").write_text("".join(sentence([0], f"{i}") for i in range(sentences)))
    message = r"a\.conllu ends after 2 rows and b\.conllu goes on: not aligned"
    refused(f"ko={tmp_path / 'a.conllu'},en={tmp_path / 'b.conllu'}", message, produced)
    refused(f"ko={tmp_path / 'a.txt'}", "Aligned files are two or more of one kind", produced)


@pytest.mark.parametrize(
    "changed",
    [
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"),
        lambda data: data.rstrip(b"\n"),
    ],
    ids=["BOM", "CRLF", "both", "no line end at the end"],
)
@pytest.mark.parametrize(("name", "text"), [("a.txt", TEXT), ("a.csv", csv_of(LINES)), ("a.jsonl", objects(LINES))])
def test_marks_of_other_systems_change_nothing(
    name: str, text: str, changed: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(text.encode())
    plain = build(str(tmp_path / name), langs=("ko",))
    (tmp_path / name).write_bytes(changed(text.encode()))
    other = build(str(tmp_path / name), langs=("ko",))
    assert other.folder != plain.folder, "the file is another"
    assert other.sha256 == plain.sha256
    assert other.table("ko", ["text"])["text"].to_pylist() == LINES


def carded(folder: Path, monkeypatch: pytest.MonkeyPatch, reader: str, options: str, files: dict[str, str]) -> None:
    """A card `aligned` of one's own in the folder, beside its files."""
    listed = ""
    for lang, text in files.items():
        (folder / f"{lang}.data").write_text(text, encoding="utf-8")
        listed += f"\n  - {{lang: {lang}, path: {lang}.data, sha256: {hashlib.sha256(text.encode()).hexdigest()}}}"
    card = (
        f"name: aligned\ntitle: t\nlanguages: [ko, en]\nkind: parallel\naligned: true\nlicence: none\ncitation: none\n"
        f"reader: {reader}\noptions: {options}\nfiles:{listed}\n"
    )
    (folder / "aligned.yaml").write_text(card, encoding="utf-8")
    monkeypatch.setenv("EOSUN_CARDS", str(folder))
    monkeypatch.setenv("EOSUN_MIRROR", str(folder))


@pytest.mark.parametrize(
    ("reader", "options", "line"),
    [
        ("jsonl", "{id: id, text: text, split: split, splits: {a: train}}", '{"id": 1, "text": "가", "split": "a"}\n'),
        ("pairs", "{held_out: {valid: 5, test: 5}}", "가\t나\t1\n"),
    ],
)
def test_aligned_files_of_different_length_part_in_a_line(
    reader: str, options: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carded(tmp_path, monkeypatch, reader, options, {"ko": line * 3, "en": line * 2})
    with pytest.raises(CorpusError, match=r"en\.data ends after 2 rows and ko\.data goes on"):
        build("aligned")
    carded(tmp_path, monkeypatch, reader, "{}", {"ko": line, "en": line})
    with pytest.raises(CorpusError, match=f"The reader {reader} needs the option"):
        build("aligned")


@pytest.mark.parametrize("line", ["[" * 100_000, '{"text": ' + "9" * 5000 + "}"], ids=["nested", "a long number"])
def test_json_that_python_cannot_read_is_refused_in_a_line(line: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(objects(LINES) + line + "\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"a\.jsonl, line 121: not a JSON object"):
        build(str(path), langs=("ko",))
