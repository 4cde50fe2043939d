"""Work in progress in a folder of its own, beside what it will become."""

from __future__ import annotations

import errno
import fcntl
import glob
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpora.errors import CorpusError


def is_full(error: Exception) -> bool:
    """Whether a disk or a quota is full; Arrow says so in words."""
    full = (errno.ENOSPC, errno.EDQUOT)
    return isinstance(error, OSError) and (
        error.errno in full or any(f"[errno {number}]" in str(error) for number in full)
    )


@contextmanager
def draft_of(folder: Path) -> Iterator[Path]:
    """A folder's own folder for work in progress, this process' alone, deleted at the end, but for an interruption.

    A lock that the system takes back from a killed process tells work in progress from what is left over; of folders
    that are called NAME-HASH, what is left over of the same name with another hash is deleted.
    """
    draft = _path(folder)
    named = re.fullmatch(r"(.+-)[0-9a-f]{12}", draft.name)
    if named:
        for other in folder.parent.glob(f"{glob.escape(named[1])}*"):
            if other != draft and re.fullmatch(f"{re.escape(named[1])}[0-9a-f]{{12}}", other.name):
                _discard(other)
    lock = _locked(draft)
    try:
        yield draft
    except Exception as error:
        shutil.rmtree(draft, ignore_errors=True)
        if is_full(error):
            raise CorpusError(
                f"No space is left in {folder.parent} for {folder.name}: free some, or set EOSUN_VAR to a folder on "
                "another disk. Nothing of it was kept."
            ) from None
        raise
    else:
        shutil.rmtree(draft, ignore_errors=True)
    finally:
        os.close(lock)


def discard_draft_of(folder: Path) -> None:
    """Delete what a build that was killed at its very end has left beside its finished corpus."""
    if _path(folder).exists():
        _discard(_path(folder))


def _path(folder: Path) -> Path:
    return folder.parent / f".draft-{folder.name}"


def _discard(draft: Path) -> None:
    if not _is_locked(draft):
        shutil.rmtree(draft, ignore_errors=True)


def _locked(draft: Path) -> int:
    """Wait for the lock of a draft folder, which is made if it is not there; the lock's file descriptor."""
    while True:
        draft.mkdir(parents=True, exist_ok=True)
        try:
            lock = os.open(draft / "lock", os.O_CREAT | os.O_RDWR)
        except FileNotFoundError:
            continue
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            if os.path.samestat(os.fstat(lock), os.stat(draft / "lock")):
                return lock
        except FileNotFoundError:
            pass
        os.close(lock)


def _is_locked(draft: Path) -> bool:
    try:
        lock = os.open(draft / "lock", os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False
