"""Readers: one a format. Each yields rows as they stand in the files; it cleans nothing."""

from __future__ import annotations

import bz2
import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from itertools import zip_longest
from pathlib import Path
from typing import IO, Any

from corpora.errors import CorpusError, unknown


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence, or one sentence with its translations: texts and trees by language, and its label if it has one.

    `left_out`: why the source's options leave the row out, counted as removed. `where` says file and line, for
    messages. `split` is empty where the source has none: then the document decides, or the text.
    """

    name: str
    texts: dict[str, str]
    split: str = ""
    document: str = ""
    label: str = ""
    trees: dict[str, str] = field(default_factory=dict)
    syntax: dict[str, str] = field(default_factory=dict)
    where: str = ""
    left_out: str = ""


@dataclass(frozen=True)
class Source:
    """What a reader reads: files by `CardFile.key`, the languages asked for, and options."""

    files: Mapping[str, Path]
    languages: tuple[str, ...]
    options: Mapping[str, Any]


Reader = Callable[[Source], Iterator[Row]]
LONGEST = 1 << 20
"""Bytes of a line, and characters of a text: a sentence is shorter, and no file may fill the memory with one line."""
_READERS: dict[str, Reader] = {}
_MODULES = (
    "generated", "planted", "jsonl", "gettext", "lines", "tsv", "conllu", "aligned", "table", "pairs", "minimal_pairs",
    "records", "scripture", "prose", "linked", "reviews",
)  # fmt: skip


def reader(name: str) -> Callable[[Reader], Reader]:
    """Register a reader under a name that cards use."""

    def register(function: Reader) -> Reader:
        _READERS[name] = function
        return function

    return register


def get_reader(name: str) -> Reader:
    for module in _MODULES:
        import_module(f"corpora.readers.{module}")
    if name not in _READERS:
        raise CorpusError(unknown("reader", name, _READERS))
    return _READERS[name]


def ending(name: str | Path) -> str:
    """The ending of a file's name in small letters, without that of gzip: .txt of a.txt, A.TXT and a.txt.gz."""
    path = Path(name)
    inner = Path(path.stem).suffix.lower()
    return inner if path.suffix.lower() == ".gz" and inner not in ("", ".parquet") else path.suffix.lower()


def text_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Numbered lines of a UTF-8 file, plain, gzipped or in bzip2, without line ends; a byte-order mark is dropped.

    CorpusError names the line that is not UTF-8, holds a NUL byte or is longer than 1 MiB, and a packed file that
    breaks off.
    """
    number = 0
    try:
        with _opened(path) as stream:
            for number, raw in enumerate(iter(partial(stream.readline, LONGEST + 1), b""), 1):
                if len(raw) > LONGEST:
                    raise CorpusError(
                        f"{path.name}, line {number}: longer than 1 MiB. Are line ends missing? Give one record a line."
                    )
                line = (raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw).rstrip(b"\r\n")
                if b"\r" in line:
                    raise CorpusError(f"{path.name}, line {number}: a bare carriage return. Write line ends as \\n.")
                yield number, decoded_line(line, path.name, number)
    except gzip.BadGzipFile as error:
        if number:
            raise CorpusError(f"{path.name} breaks off after line {number} ({error}): get the file again.") from None
        raise CorpusError(f"{path.name} is not gzipped: rename it to {path.stem}.") from None
    except (EOFError, zlib.error, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise CorpusError(f"{path.name} breaks off after line {number} ({error}): get the file again.") from None


def side_by_side(streams: Mapping[str, Iterator[Any]], names: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Items of several streams at once, by the streams' keys; CorpusError where one of the named files ends first."""
    for number, items in enumerate(zip_longest(*streams.values()), 1):
        missing = [key for key, item in zip(streams, items, strict=True) if item is None]
        if missing:
            longer = next(key for key in streams if key not in missing)
            raise CorpusError(
                f"{names[missing[0]]} ends after {number - 1:,} rows and {names[longer]} goes on: not aligned. "
                "Give both files the same number of rows."
            )
        yield dict(zip(streams, items, strict=True))


def _opened(path: Path) -> IO[bytes] | gzip.GzipFile | bz2.BZ2File:
    if path.suffix.lower() == ".gz":
        return gzip.open(path)
    return bz2.open(path) if path.suffix.lower() == ".bz2" else path.open("rb")


def decoded_line(line: bytes, name: str, number: int) -> str:
    """A line of UTF-8 as text, never decoded by a guess; CorpusError where it is none, or holds a NUL byte."""
    utf16 = number == 1 and line.startswith((b"\xff\xfe", b"\xfe\xff"))
    if line.startswith(b"\x1f\x8b") and number == 1:
        raise CorpusError(f"{name} is gzipped: rename it to {name}.gz.")
    if b"\0" in line and not utf16:
        raise CorpusError(f"{name}, line {number}: a NUL byte. Is this a text file, in UTF-8?")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        encoding = "UTF-16" if utf16 else _looks_like(line)
        seen = f" (it reads as {encoding})" if encoding else ""
        raise CorpusError(
            f"{name}, line {number}: not UTF-8{seen}. Convert it: iconv -f {encoding or 'ENCODING'} -t UTF-8."
        ) from None


def _looks_like(raw: bytes) -> str:
    """A guess for the message only."""
    try:
        text = raw.decode("cp949")
    except UnicodeDecodeError:
        return ""
    return "CP949" if any("가" <= letter <= "힣" for letter in text) else ""
