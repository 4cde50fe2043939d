"""Archives that are not what they should be: climbing, linked, too large, cut off."""

from __future__ import annotations

import gzip
import random
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from corpora.archives import unpack
from corpora.errors import CorpusError
from corpora.readers import Source, get_reader
from tests.corpora.test_fetch import archive


def test_members_outside_an_archive_are_text_and_nothing_else(tmp_path: Path) -> None:
    """An archive whose member climbs out of it: the member is read where it lies and nothing is written there."""
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
    whole = archive(tmp_path / "docs.tar.gz", {"top/a.po": random.Random(0).randbytes(50_000)})
    for data, message in ((whole[:20_000], "is a broken archive"), (whole, "is not UTF-8")):
        (tmp_path / "docs.tar.gz").write_bytes(data)
        source = Source({"docs": tmp_path / "docs.tar.gz"}, ("ko", "en"), {"translation": "ko", "held_out": 5})
        with pytest.raises(CorpusError, match=message):
            list(get_reader("po")(source))


def test_a_broken_po_file_names_itself_and_the_line(tmp_path: Path) -> None:
    archive(tmp_path / "docs.tar.gz", {"top/a.po": b'msgid "a"\nmsgstr "b"\nnonsense\n'})
    source = Source({"docs": tmp_path / "docs.tar.gz"}, ("ko", "en"), {"translation": "ko", "held_out": 5})
    with pytest.raises(CorpusError, match=r"a\.po, line 3: not gettext"):
        list(get_reader("po")(source))


def hostile(path: Path, kind: str) -> None:
    """A tar archive whose first member is that kind of bad, before a good one."""
    bad = tarfile.TarInfo({"climbing": "top/../../out.txt", "absolute": "/tmp/out.txt"}.get(kind, "text.txt"))
    if kind in ("symbolic", "hard"):
        bad.type, bad.linkname = (tarfile.SYMTYPE, "/etc/hostname") if kind == "symbolic" else (tarfile.LNKTYPE, "a")
    with tarfile.open(path, "w:gz") as out:
        out.addfile(bad)
        out.addfile(tarfile.TarInfo("good.txt"))


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("climbing", r"a\.tar\.gz: the member top/\.\./\.\./out\.txt would lie outside"),
        ("absolute", r"a\.tar\.gz: the member /tmp/out\.txt would lie outside"),
        ("symbolic", "text.txt is no ordinary file but a link"),
        ("hard", "text.txt is no ordinary file but a link"),
    ],
)
def test_members_that_lie_elsewhere_are_refused(kind: str, message: str, tmp_path: Path) -> None:
    hostile(tmp_path / "a.tar.gz", kind)
    with pytest.raises(CorpusError, match=message):
        unpack(tmp_path / "a.tar.gz", "text.txt", tmp_path / "target")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar.gz"]


def test_zip_members_that_lie_elsewhere_are_refused(tmp_path: Path) -> None:
    for name, message in (("../out.txt", "would lie outside"), ("/out.txt", "would lie outside")):
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
            out.writestr(name, "x")
            out.writestr("text.txt", "y")
        with pytest.raises(CorpusError, match=message):
            unpack(tmp_path / "a.zip", "text.txt", tmp_path / "target")
    link = zipfile.ZipInfo("text.txt")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        out.writestr(link, "/etc/hostname")
    with pytest.raises(CorpusError, match="no ordinary file but a link"):
        unpack(tmp_path / "a.zip", "text.txt", tmp_path / "target")


def bomb(path: Path) -> None:
    """A tar archive whose first member is 10 GiB of zeros, in 10 MB: one packed block, over and over."""
    info = tarfile.TarInfo("zeros.txt")
    info.size = 10 * 1024**3
    block = gzip.compress(bytes(64 * 1024**2))
    with path.open("wb") as out:
        out.write(gzip.compress(info.tobuf()))
        for _ in range(info.size // (64 * 1024**2)):
            out.write(block)
        out.write(gzip.compress(tarfile.TarInfo("after.txt").tobuf() + bytes(1024)))
    assert path.stat().st_size < 20 * 1024**2


@pytest.mark.parametrize("wanted", ["zeros.txt", "after.txt"])
def test_a_member_of_ten_gigabytes_is_refused_unread(wanted: str, tmp_path: Path) -> None:
    """Whether it is the member that is wanted or lies before it; a reader of whole archives refuses it, too."""
    bomb(tmp_path / "bomb.tar.gz")
    source = Source({"docs": tmp_path / "bomb.tar.gz"}, ("ko", "en"), {"translation": "ko", "held_out": 5})
    tracemalloc.start()
    with pytest.raises(CorpusError, match=r"bomb\.tar\.gz: the member zeros\.txt has 10\.0 GiB"):
        unpack(tmp_path / "bomb.tar.gz", wanted, tmp_path / "target")
    with pytest.raises(CorpusError, match=r"bomb\.tar\.gz: zeros\.txt is larger than 32 MiB"):
        list(get_reader("po")(source))
    assert tracemalloc.get_traced_memory()[1] < 8 * 1024**2
    tracemalloc.stop()
    assert not (tmp_path / "target").exists()


def test_archives_that_break_off_or_lack_the_member(tmp_path: Path) -> None:
    whole = archive(tmp_path / "a.tar.gz", {"text.txt": random.Random(0).randbytes(50_000)})
    with pytest.raises(CorpusError, match=r"a\.tar\.gz does not hold other\.txt"):
        unpack(tmp_path / "a.tar.gz", "other.txt", tmp_path / "target")
    (tmp_path / "a.tar.gz").write_bytes(whole[:20_000])
    with pytest.raises(CorpusError, match=r"a\.tar\.gz is a broken archive"):
        unpack(tmp_path / "a.tar.gz", "text.txt", tmp_path / "target")
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(CorpusError, match=r"a\.zip is a broken archive"):
        unpack(tmp_path / "a.zip", "text.txt", tmp_path / "target")
