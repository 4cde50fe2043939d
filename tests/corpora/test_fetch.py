"""Files by their hash: the mirror, the network that is not there, and archives that are not what they should be."""

from __future__ import annotations

import gzip
import hashlib
import io
import random
import tarfile
from pathlib import Path

import pytest

from corpora.build import build
from corpora.errors import CorpusError


def card(folder: Path, data: bytes, *, reader: str = "jsonl", name: str = "tiny.jsonl", extra: str = "") -> None:
    """A card for one Korean file of that content, in a folder of cards."""
    folder.mkdir(exist_ok=True)
    (folder / "tiny.yaml").write_text(
        f"""name: tiny
title: a tiny corpus
languages: [ko]
kind: labelled
aligned: false
licence: CC0
citation: nobody
reader: {reader}
options: {{id: id, text: text, split: split, splits: {{a: train, b: valid, c: test}}}}
files:
  - lang: ko
    path: tiny/{name}
    sha256: {hashlib.sha256(data).hexdigest()}
    url: http://127.0.0.1:9/{name}
{extra}""",
        encoding="utf-8",
    )


def rows(count: int = 30) -> bytes:
    return "".join(f'{{"id": "{i}", "text": "문장 {i}", "split": "{"abc"[i % 3]}"}}\n' for i in range(count)).encode()


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "mirror"
    (folder / "tiny").mkdir(parents=True)
    monkeypatch.setenv("EOSUN_MIRROR", str(folder))
    monkeypatch.setenv("EOSUN_CARDS", str(tmp_path / "cards"))
    return folder


def nothing_left(produced: Path) -> bool:
    return not (produced / "corpora").exists() or not list((produced / "corpora").iterdir())


@pytest.mark.parametrize("zipped", [False, True])
def test_a_file_of_the_mirror_plain_or_gzipped(zipped: bool, mirror: Path, tmp_path: Path) -> None:
    card(tmp_path / "cards", rows())
    path = mirror / "tiny" / ("tiny.jsonl.gz" if zipped else "tiny.jsonl")
    path.write_bytes(gzip.compress(rows()) if zipped else rows())
    corpus = build("tiny")
    assert corpus.counts == {"ko": {"train": 10, "valid": 10, "test": 10}}
    assert corpus.table("ko")["text"][0].as_py() == "문장 0"


def test_a_file_with_another_hash_is_refused(mirror: Path, tmp_path: Path, produced: Path) -> None:
    card(tmp_path / "cards", rows())
    (mirror / "tiny" / "tiny.jsonl").write_bytes(rows(29))
    with pytest.raises(CorpusError, match=r"tiny/tiny.jsonl in the mirror has sha256 .*, the card says"):
        build("tiny")
    assert nothing_left(produced)


def test_a_truncated_gzip_is_refused(mirror: Path, tmp_path: Path, produced: Path) -> None:
    card(tmp_path / "cards", rows())
    (mirror / "tiny" / "tiny.jsonl.gz").write_bytes(gzip.compress(rows(3000))[:-40])
    with pytest.raises(CorpusError, match="broken gzip"):
        build("tiny")
    assert nothing_left(produced)


def test_neither_mirror_nor_network(mirror: Path, tmp_path: Path, produced: Path) -> None:
    card(tmp_path / "cards", rows())
    with pytest.raises(CorpusError, match=r"could not be fetched.*set EOSUN_MIRROR") as caught:
        build("tiny")
    assert "\n" not in str(caught.value)
    assert nothing_left(produced)
    assert not [path for path in (produced / "cache").iterdir() if path.is_file()], "a partial download is left"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (rows() + b"not json\n", "tiny.jsonl, line 31: not a JSON object"),
        (rows() + '{"id": "x", "text": "가", "split": "z"}\n'.encode(), 'the split "z" is not one that the card maps'),
        (rows() + b'{"id": "x", "text": "\xb0\xa1", "split": "a"}\n', r"line 31: not UTF-8 \(it reads as CP949\)"),
    ],
)
def test_broken_rows_name_their_line(data: bytes, message: str, mirror: Path, tmp_path: Path, produced: Path) -> None:
    card(tmp_path / "cards", data)
    (mirror / "tiny" / "tiny.jsonl").write_bytes(data)
    with pytest.raises(CorpusError, match=message):
        build("tiny")
    assert nothing_left(produced)


def test_an_unknown_key_of_a_card_is_answered(mirror: Path, tmp_path: Path) -> None:
    card(tmp_path / "cards", rows(), extra="licens: CC0\n")
    with pytest.raises(CorpusError, match=r'unknown key "licens"\. Did you mean "licence"'):
        build("tiny")


def archive(path: Path, members: dict[str, bytes]) -> bytes:
    with tarfile.open(path, "w:gz") as out:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))
    return path.read_bytes()


def test_members_outside_an_archive_are_text_and_nothing_else(tmp_path: Path) -> None:
    """An archive whose member climbs out of it: the member is read where it lies and nothing is written there."""
    from corpora.readers import Source, get_reader

    entry = 'msgid "Return the name of the file."\nmsgstr "파일의 이름을 반환합니다."\n'.encode()
    header = b'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    path = tmp_path / "docs.tar.gz"
    archive(path, {"top/../../escaped.po": header + entry, "top/good.po": header + entry})
    source = Source({"docs": path}, ("ko", "en"), {"translation": "ko", "held_out": 5})
    found = list(get_reader("po")(source))
    assert [row.texts["ko"] for row in found] == ["파일의 이름을 반환합니다."] * 2
    assert not (tmp_path.parent / "escaped.po").exists()
    assert not (tmp_path / "escaped.po").exists()


def test_a_broken_archive_is_one_line(tmp_path: Path) -> None:
    from corpora.readers import Source, get_reader

    whole = archive(tmp_path / "docs.tar.gz", {"top/a.po": random.Random(0).randbytes(50_000)})
    for data, message in ((whole[:20_000], "is a broken archive"), (whole, "is not UTF-8")):
        (tmp_path / "docs.tar.gz").write_bytes(data)
        source = Source({"docs": tmp_path / "docs.tar.gz"}, ("ko", "en"), {"translation": "ko", "held_out": 5})
        with pytest.raises(CorpusError, match=message):
            list(get_reader("po")(source))


def test_a_broken_po_file_names_itself_and_the_line(tmp_path: Path) -> None:
    from corpora.readers import Source, get_reader

    archive(tmp_path / "docs.tar.gz", {"top/a.po": b'msgid "a"\nmsgstr "b"\nnonsense\n'})
    source = Source({"docs": tmp_path / "docs.tar.gz"}, ("ko", "en"), {"translation": "ko", "held_out": 5})
    with pytest.raises(CorpusError, match=r"a\.po: Syntax error .*line 3"):
        list(get_reader("po")(source))
