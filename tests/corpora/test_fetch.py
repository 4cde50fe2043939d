"""Files by their hash: the mirror, the network that is not there, and archives that are not what they should be."""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from corpora.build import build
from corpora.cards import load_card
from corpora.errors import CorpusError
from corpora.fetch import fetch


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


def unpinned(folder: Path, line: str) -> None:
    """That card with no hash, and another line in the place of its public address."""
    card(folder, b"")
    path = folder / "tiny.yaml"
    kept = [row for row in path.read_text("utf-8").splitlines() if "sha256" not in row and "url" not in row]
    path.write_text("\n".join([*kept, f"    {line}"]) + "\n", encoding="utf-8")


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


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ("31", "tiny: 30 sentences of ko where the card expects 31"),
        ("{ko: 31}", "tiny: 30 sentences of ko where the card expects 31"),
        ("{ko: {train: 10, test: 9}}", "tiny: 10 sentences of ko for test where the card expects 9"),
        ("{en: 30}", "expected counts en, the languages are ko"),
        ("{ko: {trian: 10}}", r"tiny\.yaml: expected"),
    ],
)
def test_another_size_than_expected_is_refused(expected: str, message: str, mirror: Path, tmp_path: Path) -> None:
    card(tmp_path / "cards", rows(), extra=f"expected: {expected}\n")
    (mirror / "tiny" / "tiny.jsonl").write_bytes(rows())
    with pytest.raises(CorpusError, match=message):
        build("tiny")


def test_sizes_are_expected_of_the_cards_own_settings(mirror: Path, tmp_path: Path) -> None:
    """By language and split, all of them right; other splits are the user's."""
    card(tmp_path / "cards", rows(32), extra="expected: {ko: {train: 11, valid: 11, test: 10}}\n")
    (mirror / "tiny" / "tiny.jsonl").write_bytes(rows(32))
    assert build("tiny").counts["ko"] == {"train": 11, "valid": 11, "test": 10}
    other = build("tiny", options={"splits": {"a": "test", "b": "valid", "c": "train"}})
    assert other.counts["ko"] == {"train": 10, "valid": 11, "test": 11}


def archive(path: Path, members: dict[str, bytes]) -> bytes:
    with tarfile.open(path, "w:gz") as out:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))
    return path.read_bytes()


class Site(BaseHTTPRequestHandler):
    """Serves one file; `promised` is the length that it says it has."""

    content: ClassVar[bytes] = b""
    promised: ClassVar[int] = 0

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(self.promised or len(self.content)))
        self.end_headers()
        self.wfile.write(self.content)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def site(mirror: Path, tmp_path: Path) -> Iterator[type[Site]]:
    """A site of this machine that is the public address of the tiny corpus, whose hash is not known."""
    Site.content, Site.promised = rows(), 0
    server = HTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    unpinned(tmp_path / "cards", f"url: http://127.0.0.1:{server.server_address[1]}/tiny.jsonl")
    yield Site
    server.shutdown()
    server.server_close()


def cached(produced: Path) -> list[str]:
    return sorted(path.name.partition("-")[2] for path in (produced / "cache").iterdir())


def test_the_first_download_is_recorded_and_said(
    site: type[Site], produced: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = build("tiny")
    assert corpus.counts == {"ko": {"train": 10, "valid": 10, "test": 10}}
    assert f"its sha256 is checked from now on: {hashlib.sha256(rows()).hexdigest()}" in capsys.readouterr().err
    assert cached(produced) == ["tiny.jsonl", "tiny.jsonl.sha256"]
    site.content = rows(60)
    assert build("tiny") == corpus
    assert capsys.readouterr().err == ""


def test_the_hash_of_the_file_holds_for_its_public_address(site: type[Site], tmp_path: Path, produced: Path) -> None:
    path = tmp_path / "cards" / "tiny.yaml"
    told = path.read_text("utf-8")
    path.write_text(f"{told}    sha256: {'ab' * 32}\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"tiny\.jsonl has sha256 .*, the card says abababababab"):
        fetch(load_card("tiny"))
    assert cached(produced) == []
    path.write_text(f"{told}    sha256: {'ab' * 32}\n    url_sha256: recorded\n", encoding="utf-8")
    assert [file.read_bytes() for file in fetch(load_card("tiny")).values()] == [rows()], "its bytes are not promised"


def test_a_second_download_that_differs_is_refused(site: type[Site], produced: Path) -> None:
    (path,) = fetch(load_card("tiny")).values()
    path.unlink()
    site.content = rows(60)
    with pytest.raises(CorpusError, match=r"tiny\.jsonl has sha256 .*, at its first fetch it had .*delete"):
        fetch(load_card("tiny"))
    assert cached(produced) == ["tiny.jsonl.sha256"]


def test_a_damaged_cache_is_downloaded_again(site: type[Site]) -> None:
    (path,) = fetch(load_card("tiny")).values()
    path.write_bytes(rows()[:-7])
    assert fetch(load_card("tiny"))["ko"].read_bytes() == rows()


def test_a_download_that_breaks_off_is_not_kept(site: type[Site], produced: Path) -> None:
    site.promised = len(rows()) + 100
    with pytest.raises(CorpusError, match=r"could not be fetched \(ChunkedEncodingError\)"):
        fetch(load_card("tiny"))
    assert cached(produced) == []


def test_an_interrupted_download_is_not_kept(site: type[Site], produced: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pooch

    def interrupted(url: str, known_hash: None, fname: str, path: Path) -> str:
        (path / fname).write_bytes(rows()[:100])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(pooch, "retrieve", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fetch(load_card("tiny"))
    assert cached(produced) == []
    assert fetch(load_card("tiny"))["ko"].read_bytes() == rows()


@pytest.mark.parametrize("step", ["pooch.retrieve", "os.fsync"])
def test_a_full_disk_is_one_line_and_nothing_is_kept(
    step: str, site: type[Site], produced: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(step, full)
        with pytest.raises(CorpusError, match=r"tiny: no space is left in .*cache for tiny/tiny\.jsonl: free some"):
            fetch(load_card("tiny"))
    assert cached(produced) == []
    assert fetch(load_card("tiny"))["ko"].read_bytes() == rows()


def test_a_mirror_that_is_not_there(mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card(tmp_path / "cards", rows())
    monkeypatch.setenv("EOSUN_MIRROR", str(tmp_path / "nowhere"))
    with pytest.raises(CorpusError, match=r"EOSUN_MIRROR names .*nowhere, which is not a folder"):
        build("tiny")


def test_a_local_file_from_the_cards_folder(mirror: Path, tmp_path: Path) -> None:
    unpinned(tmp_path / "cards", "local: own/rows.jsonl")
    (tmp_path / "cards" / "own").mkdir()
    path = tmp_path / "cards" / "own" / "rows.jsonl"
    path.write_bytes(rows())
    corpus = build("tiny")
    assert corpus.counts == {"ko": {"train": 10, "valid": 10, "test": 10}}
    path.write_bytes(rows(60))
    with pytest.raises(
        CorpusError, match=r"tiny/tiny\.jsonl at .*rows\.jsonl has sha256 .*, at its first fetch"
    ) as caught:
        build("tiny")
    Path(str(caught.value).rpartition("delete ")[2].removesuffix(".")).unlink()
    assert build("tiny").counts == {"ko": {"train": 20, "valid": 20, "test": 20}}


def test_a_member_of_a_downloaded_archive(site: type[Site], tmp_path: Path, produced: Path) -> None:
    site.content = archive(tmp_path / "a.tar.gz", {"top/tiny.jsonl": rows()})
    path = tmp_path / "cards" / "tiny.yaml"
    path.write_text(path.read_text("utf-8").rstrip() + "\n    member: top/tiny.jsonl\n", encoding="utf-8")
    (found,) = fetch(load_card("tiny")).values()
    assert found.read_bytes() == rows()
    found.write_bytes(b"")
    assert fetch(load_card("tiny"))["ko"].read_bytes() == rows()
    assert len(cached(produced)) == 4, "archive and member, each with its hash"
