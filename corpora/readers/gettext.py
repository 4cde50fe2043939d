"""Translated documentation in gettext's `.po` files, markup taken off."""

from __future__ import annotations

import re
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpora.errors import CorpusError
from corpora.readers import Row, Source, ending, reader, text_lines
from corpora.splits import dealt

CODE = "CODE"
"""Stands, in every language alike, for inline code that is not one short name."""

_ROLE = re.compile(r":(?:[a-z][\w+-]*:)*[a-z][\w+-]*:`([^`]*)`")
_LINK = re.compile(r"`([^`<]*?)\s*<[^`>]*>`__?")
_LITERAL = re.compile(r"``(.+?)``")
_PLAIN = re.compile(r"`([^`]+)`_{0,2}")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,2})(?=\S)(.+?)(?<=\S)\1(?![\w*])")
_SUBSTITUTION = re.compile(r"\|[^|\s][^|]*\|_?")
_FOOTNOTE = re.compile(r"\s?\[(?:#\w*|\d+|\*)\]_")
_NAME = re.compile(r"[\w.+-]{1,30}(?:\(\))?")
_HANGUL = re.compile(r"[가-힣]")
_LATIN = re.compile(r"[A-Za-z]")
_WORD = re.compile(r"[A-Za-z]{2,}")
_LINE = re.compile(r'\s*(#.*|((msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d+\])\s*)?"([^"\\]|\\.)*"\s*)?')
"""A line of a .po file: a comment, or a string, after its keyword or going on; or nothing."""
LARGEST_MEMBER = 32 * 1024**2


@reader("po")
def po(source: Source) -> Iterator[Row]:
    """Every translated entry of a `.po` file, or of every one in an archive: the source's language and one translation.

    Options: `translation`, the language of `msgstr`; `original`, that of `msgid` (en); `held_out`, the percentage of
    files that validation and test get each (whole files, chosen by the hash of their name; 0: the texts decide). Fuzzy,
    obsolete and untranslated entries are skipped, and those that are mostly code. Where files are held out, they are
    the documents.
    """
    original, translation = str(source.options.get("original", "en")), str(source.options["translation"])
    held_out = int(source.options["held_out"])
    (path,) = source.files.values()
    for name, text in _members(path):
        split = _split(name, held_out)
        for number, entry in enumerate(_entries(name, text)):
            if entry.obsolete or entry.fuzzy or not entry.msgstr:
                continue
            texts = {original: plain(entry.msgid), translation: plain(entry.msgstr)}
            if _is_prose(texts[original], texts[translation], translation):
                document = name if held_out else ""
                yield Row(f"{name}#{number}", texts, split, document, where=f"{name}, line {entry.linenum}")


def language_of(path: Path) -> str:
    """What the head of a `.po` file says that its translation is in, as in ko; empty where it says nothing."""
    (member,) = _members(path)
    return re.split("[_@.-]", str(_entries(*member).metadata.get("Language", "")))[0].lower()


def _entries(name: str, text: str) -> Any:
    import polib

    for number, line in enumerate(text.splitlines(), 1):
        if not _LINE.fullmatch(line):
            raise CorpusError(f"{name}, line {number}: not gettext ({line.strip()[:40]}): mind the quotes.")
    try:
        return polib.pofile(text)
    except (OSError, ValueError) as error:
        raise CorpusError(
            f"{name}: {str(error).replace(' None', '')}: mend the entry, or get the file again."
        ) from None


def _members(path: Path) -> Iterator[tuple[str, str]]:
    """Names (below the top folder) and texts of the `.po` files of a tar archive, by name; nothing is unpacked."""
    if ending(path) == ".po":
        yield path.name, "\n".join(line for _, line in text_lines(path)) + "\n"
        return
    try:
        with tarfile.open(path) as archive:
            infos = []
            for info in archive:
                if info.size > LARGEST_MEMBER:
                    raise CorpusError(
                        f"{path.name}: {info.name} is larger than 32 MiB: this is not the archive it should be."
                    )
                if info.isreg() and info.name.endswith(".po"):
                    infos.append(info)
            for info in sorted(infos, key=lambda info: info.name):
                stream = archive.extractfile(info)
                if stream is not None:
                    yield info.name.partition("/")[2], stream.read().decode("utf-8")
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise CorpusError(f"{path.name} is a broken archive ({error}): get it again.") from None
    except UnicodeDecodeError:
        raise CorpusError(f"{path.name}: {info.name} is not UTF-8.") from None


def _split(name: str, held_out: int) -> str:
    if not held_out:
        return ""
    return dealt(name, {"valid": held_out, "test": held_out}, "")


def plain(text: str) -> str:
    """A paragraph without reStructuredText: roles and links give what a reader sees, short names stay, code is `CODE`.

    >>> plain("Returns :class:`~io.TextIO`\\\\의 *name*, see `the guide <x.html>`_ or ``a + b``.")
    'Returns TextIO의 name, see the guide or CODE.'
    """
    text = _FOOTNOTE.sub("", text)
    text = _ROLE.sub(lambda found: _shown(found[1]), text)
    text = _LINK.sub(lambda found: found[1] or CODE, text)
    text = _LITERAL.sub(lambda found: found[1] if _NAME.fullmatch(found[1]) else CODE, text)
    text = _PLAIN.sub(lambda found: found[1], text)
    text = _EMPHASIS.sub(lambda found: found[2], text)
    text = _SUBSTITUTION.sub(CODE, text)
    text = re.sub(r"::$", ":", re.sub(r"\\(\s|(?=\S))", "", text).strip())
    return re.sub(r"\s*-{3}\s*", " — ", text)


def _shown(target: str) -> str:
    """What a role shows: its title if it has one, the last part of a `~` path, a short name, else `CODE`."""
    titled = re.fullmatch(r"(.+?)\s*<[^>]*>", target, flags=re.S)
    if titled:
        return titled[1]
    name = target.lstrip("!")
    if name.startswith("~"):
        name = name.rpartition(".")[2].lstrip("~")
    return name if _NAME.fullmatch(name) or (" " in name and _WORD.search(name)) else CODE


def _is_prose(original: str, translated: str, translation: str) -> bool:
    """Whether both sides are language: two words of Latin letters or more that are not code, and a translation.

    Korean is known by its Hangul; of other translations two letters are asked for.
    """
    latin = len(_LATIN.findall(translated)) if translation == "ko" else 0
    letters = len(_HANGUL.findall(translated)) if translation == "ko" else sum(map(str.isalpha, translated))
    code = original.count(CODE) + sum(original.count(sign) for sign in "{}=<>[]_/\\|")
    words = len(_WORD.findall(original))
    return words >= 2 and letters >= 2 and letters >= latin * 0.4 and code * 3 <= words
