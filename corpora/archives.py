"""One file out of an archive, by its name; what the archive says about places decides nothing."""

from __future__ import annotations

import gzip
import lzma
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from corpora.errors import CorpusError

LARGEST_MEMBER = 2 * 1024**3
"""Bytes: nothing larger is unpacked from an archive."""
ZIPPED = (".zip", ".whl")
BROKEN = (
    tarfile.TarError, zipfile.BadZipFile, gzip.BadGzipFile, lzma.LZMAError, zlib.error, EOFError, RuntimeError,
)  # fmt: skip
"""What libraries raise for archives that are cut off, damaged or locked."""


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    size: int
    ordinary: bool
    opened: Callable[[], IO[bytes] | None]


def unpack(archive: Path, member: str, target: Path) -> None:
    """Write one ordinary file of a tar or zip archive (a wheel is one) to the target, a block at a time.

    Raises CorpusError for an archive that lacks it, is broken, or shows a member that would lie outside of it or is
    larger than 2 GiB; sizes are read from the headers, so that what is too large is never unpacked.
    """
    try:
        for found in _members(archive):
            _refuse(archive, found)
            if found.name.removeprefix("./") == member:
                stream = found.opened() if found.ordinary else None
                if stream is None:
                    raise CorpusError(f"{archive.name}: {member} is no ordinary file but a link or a folder.")
                with stream, target.open("wb") as out:
                    shutil.copyfileobj(stream, out)
                return
    except BROKEN as error:
        raise CorpusError(f"{archive.name} is a broken archive ({error}): get it again.") from None
    raise CorpusError(f"{archive.name} does not hold {member}: it is not the archive that the card was written for.")


def files(archive: Path) -> Iterator[tuple[str, int, IO[bytes]]]:
    """Name, size in bytes and open stream of each ordinary file of a tar archive, in its order; nothing is unpacked.

    Memory does not grow with the number of members. Raises CorpusError for a broken archive.
    """
    try:
        with tarfile.open(archive) as tar:
            while info := tar.next():
                tar.members = []  # type: ignore[attr-defined]
                stream = tar.extractfile(info) if info.isreg() else None
                if stream is not None:
                    yield info.name, info.size, stream
    except BROKEN as error:
        raise CorpusError(f"{archive.name} is a broken archive ({error}): get it again.") from None


def _refuse(archive: Path, member: _Member) -> None:
    place = PurePosixPath(member.name.replace("\\", "/"))
    if place.is_absolute() or ".." in place.parts:
        raise CorpusError(f"{archive.name}: the member {member.name} would lie outside the archive: do not use it.")
    if member.size > LARGEST_MEMBER:
        raise CorpusError(
            f"{archive.name}: the member {member.name} has {member.size / 1024**3:.1f} GiB, 2 GiB is the most that is "
            "unpacked: it is not the archive that the card was written for."
        )


def _members(archive: Path) -> Iterator[_Member]:
    if archive.suffix in ZIPPED:
        with zipfile.ZipFile(archive) as zipped:
            for entry in zipped.infolist():
                kind = stat.S_IFMT(entry.external_attr >> 16)
                ordinary = kind in (0, stat.S_IFREG) and not entry.is_dir()
                yield _Member(entry.filename, entry.file_size, ordinary, partial(zipped.open, entry))
        return
    with tarfile.open(archive) as tar:
        for info in tar:
            yield _Member(info.name, info.size, info.isreg(), partial(tar.extractfile, info))
