"""Builds that are killed or meet each other: what was read is not read again, and no entry is ever partial."""

from __future__ import annotations

import glob
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from corpora import readers
from corpora.build import build
from corpora.cleaning import Cleaner
from corpora.errors import CorpusError
from corpora.readers import Row, Source

ROOT = Path(__file__).parent.parent.parent


def file_of(folder: Path, sentences: int) -> Path:
    """Sentences of which every tenth is one that was there before, and every seventh has spaces to lose."""
    path = folder / "many.txt"
    with path.open("w", encoding="utf-8") as out:
        for i in range(sentences):
            number = i - i // 2 if i % 10 == 0 else i
            out.write(f"{number}번 학생이{'  ' if number % 7 == 0 else ' '}책 {number % 31}권을 읽었다.\n")
    return path


def entries(var: Path) -> list[Path]:
    folder = var / "corpora"
    return [path for path in folder.iterdir() if not path.name.startswith(".")] if folder.exists() else []


def drafts(var: Path) -> list[Path]:
    return list((var / "corpora").glob(".draft-*"))


def made(pattern: str, since: float) -> bool:
    """Whether there is a file of that pattern that was written since a moment."""
    try:
        return any(os.stat(path).st_mtime >= since for path in glob.glob(pattern))
    except FileNotFoundError:
        return False


def test_a_killed_build_leaves_no_entry_and_ends_in_the_same_bytes(tmp_path: Path, produced: Path) -> None:
    """Killed with SIGKILL again and again, at other moments of its work, until it gets through."""
    path = file_of(tmp_path, 70_000)
    whole = build(str(path), langs=("ko",))
    here = tmp_path / "killed"
    command = [sys.executable, str(ROOT / "eosun.py"), "corpora", "build", str(path), "--lang", "ko"]
    around = {**os.environ, "EOSUN_VAR": str(here), "PYTHONDONTWRITEBYTECODE": "1"}
    kills = 0
    for moment in (
        "rows/000000.arrow",
        "rows/000001.arrow",
        "rows/000002.arrow",
        "keys/repeated",
        "entry/ko.parquet",
    ):
        begin = time.time()
        running = subprocess.Popen(command, env=around, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while running.poll() is None and not made(f"{here}/corpora/.draft-*/{moment}", begin):
            time.sleep(0.001)
        if running.poll() is None:
            running.send_signal(signal.SIGKILL)
            kills += 1
            running.communicate()
            assert not entries(here), "a partial entry"
            assert len(drafts(here)) == 1
    done = subprocess.run(command, env=around, capture_output=True, text=True, check=True)
    assert kills >= 4
    assert whole.sha256 in done.stdout
    (entry,) = entries(here)
    assert not drafts(here)
    assert {file.name: file.read_bytes() for file in entry.iterdir()} == {
        file.name: file.read_bytes() for file in whole.folder.iterdir()
    }


def test_what_was_cleaned_is_not_cleaned_again(tmp_path: Path, produced: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file_of(tmp_path, 50_000)
    lines, calls = readers.get_reader("lines"), []

    def interrupted(source: Source) -> Iterator[Row]:
        for number, row in enumerate(lines(source)):
            if number == 45_000:
                raise KeyboardInterrupt
            yield row

    original = Cleaner.clean
    monkeypatch.setattr(Cleaner, "clean", lambda self, *row: calls.append(1) or original(self, *row))
    monkeypatch.setitem(readers._READERS, "lines", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build(str(path), langs=("ko",))
    assert len(calls) == 45_000
    assert len(drafts(produced)) == 1
    assert not entries(produced)
    monkeypatch.setitem(readers._READERS, "lines", lines)
    corpus = build(str(path), langs=("ko",))
    assert len(calls) == 45_000 + 10_000, "two parts of 20,000 were there"
    assert not drafts(produced)
    monkeypatch.setenv("EOSUN_VAR", str(tmp_path / "other"))
    clean = build(str(path), langs=("ko",))
    assert (corpus.sha256, corpus.removed, corpus.changed) == (clean.sha256, clean.removed, clean.changed)
    assert corpus.removed["repeated"] > 500
    assert corpus.changed["whitespace"] > 5000


def test_a_damaged_part_is_made_again(tmp_path: Path, produced: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file_of(tmp_path, 50_000)
    monkeypatch.setattr("corpora.build.select", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        build(str(path), langs=("ko",))
    monkeypatch.undo()
    monkeypatch.setenv("EOSUN_VAR", str(produced))
    _, second, *_ = sorted(produced.glob("corpora/.draft-*/rows/*.arrow"))
    second.write_bytes(second.read_bytes()[:1000])
    corpus = build(str(path), langs=("ko",))
    monkeypatch.setenv("EOSUN_VAR", str(tmp_path / "other"))
    assert corpus.sha256 == build(str(path), langs=("ko",)).sha256


def test_what_is_left_of_an_older_build_goes(tmp_path: Path, produced: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is changed after a kill is another corpus: nothing of the old one is used or kept."""
    path = file_of(tmp_path, 50_000)
    monkeypatch.setattr("corpora.build.select", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        build(str(path), langs=("ko",))
    monkeypatch.undo()
    monkeypatch.setenv("EOSUN_VAR", str(produced))
    assert len(drafts(produced)) == 1
    path.write_text("".join(f"새 문장 {i}\n" for i in range(300)), encoding="utf-8")
    assert sum(build(str(path), langs=("ko",)).counts["ko"].values()) == 300
    assert not drafts(produced)


def test_a_kill_at_the_very_end_leaves_nothing_for_long(tmp_path: Path, produced: Path) -> None:
    """The entry is there, its draft still too: the next call takes the entry and deletes the draft."""
    path = file_of(tmp_path, 2000)
    corpus = build(str(path), langs=("ko",))
    draft = corpus.folder.parent / f".draft-{corpus.folder.name}"
    (draft / "rows").mkdir(parents=True)
    (draft / "lock").touch()
    assert build(str(path), langs=("ko",)).sha256 == corpus.sha256
    assert not drafts(produced)


def test_two_builds_at_a_time_are_one(tmp_path: Path, produced: Path) -> None:
    path = file_of(tmp_path, 30_000)
    command = [sys.executable, str(ROOT / "eosun.py"), "corpora", "build", str(path), "--lang", "ko"]
    around = {**os.environ, "EOSUN_VAR": str(produced), "PYTHONDONTWRITEBYTECODE": "1"}
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: subprocess.run(command, env=around, capture_output=True, text=True), range(3)))
    assert [one.returncode for one in done] == [0, 0, 0], [one.stderr for one in done]
    assert len({one.stdout for one in done}) == 1
    assert len(entries(produced)) == 1
    assert not drafts(produced)


def test_a_mistake_late_in_a_file_leaves_nothing(tmp_path: Path, produced: Path) -> None:
    path = file_of(tmp_path, 50_000)
    with path.open("ab") as out:
        out.write("학생".encode("cp949"))
    with pytest.raises(CorpusError, match=r"many\.txt, line 50001: not UTF-8"):
        build(str(path), langs=("ko",))
    assert not entries(produced)
    assert not drafts(produced)


@pytest.mark.long
def test_memory_does_not_grow_with_the_text(tmp_path: Path) -> None:
    """Peak memory of a build of 60,000 and of 300,000 sentences, each in a process of its own."""
    code = (
        "import resource, sys; from corpora.build import build; build(sys.argv[1], langs=('ko',)); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    peaks = []
    for sentences in (60_000, 300_000):
        path = file_of(tmp_path, sentences)
        around = {**os.environ, "EOSUN_VAR": str(tmp_path / f"var-{sentences}"), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)], env=around, cwd=ROOT, capture_output=True, check=True
        )
        peaks.append(int(done.stdout) / 1024)
    assert peaks[1] < peaks[0] * 1.25 + 16, f"MB: {peaks}"


def test_a_full_disk_is_one_line_and_nothing_is_kept(tmp_path: Path) -> None:
    """A real file system of 2 MiB, where this machine lets one be mounted."""
    path = file_of(tmp_path, 100_000)
    small = tmp_path / "small"
    small.mkdir()
    script = (
        f"mount -t tmpfs -o size=2m tmpfs {small} || exit 77; EOSUN_VAR={small}/var {sys.executable} -B "
        f"{ROOT / 'eosun.py'} corpora build {path} --lang ko; code=$?; find {small} -type f; exit $code"
    )
    done = subprocess.run(["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 2):
        pytest.skip("no file system can be mounted here")
    assert (done.returncode, done.stdout) == (2, ""), "a file is left"
    assert len(done.stderr.splitlines()) == 1
    assert "No space is left in" in done.stderr
