"""One's own data: a card made up for a file, or for aligned files, by their endings and options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from corpora.cards import Card, card_names
from corpora.cleaning import cleaning_of
from corpora.errors import CorpusError, unknown
from corpora.readers import ending, text_lines
from corpora.readers.gettext import language_of
from corpora.readers.records import OPTIONS, columns
from corpora.scripts import check_language, language_files

READERS = {
    ".txt": "lines", ".tsv": "tsv", ".csv": "records", ".jsonl": "records", ".parquet": "records", ".conllu": "conllu",
    ".po": "po",
}  # fmt: skip
"""Readers by ending; all but .parquet may be gzipped (.txt.gz)."""
ALIGNED = {".txt": "aligned", ".conllu": "conllu"}
"""Readers of aligned files, one a language."""
KNOWN = {
    "lines": (), "aligned": (), "tsv": (), "records": OPTIONS, "conllu": ("document",),
    "po": ("translation", "original"),
}  # fmt: skip
"""The options that readers know for one's own files."""
ABOVE = ("cleaning", "deduplicate")
"""Options that every corpus has."""


def is_path(name: str) -> bool:
    """Whether a corpus is named by a path: it has a separator or the ending of a text file, or is there."""
    return "/" in name or "\\" in name or "=" in name or ending(name) in READERS or Path(name).is_file()


def own_card(name: str, langs: tuple[str, ...], options: Mapping[str, Any]) -> tuple[Card, dict[str, Path]]:
    """The card of a path, or of aligned files as in "ko=a.txt,en=b.txt", and its files by language.

    langs: the language of a file that does not say it. options: `cleaning`, `deduplicate`, and the reader's.
    CorpusError for what is no such file, and for options that its reader does not know.
    """
    settings = {key: value for key, value in options.items() if key not in ABOVE}
    if "=" in name:
        files = _aligned_files(name)
        reader, languages = _reader_of_aligned(files), tuple(files)
        check_options(name, settings, KNOWN[reader])
    else:
        path = Path(name)
        reader = READERS[_checked(path, READERS)]
        if reader == "tsv" and _is_table(path, settings):
            reader = "records"
        check_options(path.name, settings, KNOWN[reader])
        languages, settings = _languages(reader, path, langs, settings)
        files = {languages[0]: path}
    for lang in languages:
        check_language(lang)
    if len(set(languages)) < len(languages):
        raise CorpusError(f"{name}: original and translation are both {languages[0]}: name two languages.")
    stems = [path.name.removesuffix(".gz").removesuffix(ending(path.name)) for path in files.values()]
    card = Card(
        name="-".join(stems), title=", ".join(path.name for path in files.values()), languages=languages,
        kind="treebank" if reader == "conllu" else "parallel" if len(languages) > 1 else "monolingual",
        aligned=len(languages) > 1, licence="the owner's", citation="", reader=reader, options=settings,
    )  # fmt: skip
    return with_rules(card, options), files


def written_options(given: Iterable[str] | None) -> dict[str, Any]:
    """Options written key=value, nested by dots as in cleaning.script=0.5, the value in YAML; CorpusError where one is
    not."""
    found: dict[str, Any] = {}
    for text in given or ():
        key, equals, value = text.partition("=")
        if not equals:
            raise CorpusError(f'An option is written key=value, as in text=review; "{text}" has no "=".')
        *above, last = key.strip().split(".")
        inside = found
        for part in above:
            inside = inside.setdefault(part, {})
            if not isinstance(inside, dict):
                raise CorpusError(f'"{text}": {part} has a value already.')
        try:
            inside[last] = yaml.safe_load(value)
        except yaml.YAMLError:
            raise CorpusError(f'The value in "{text}" is not YAML.') from None
    return found


def check_options(name: str, settings: Mapping[str, Any], known: Any) -> None:
    """CorpusError for an option that a corpus does not know."""
    for key in settings:
        if key not in known:
            raise CorpusError(unknown(f"option of {name}", key, (*known, *ABOVE)))


def with_rules(card: Card, options: Mapping[str, Any]) -> Card:
    """The card with the rules for cleaning and for repetitions that options give; CorpusError where they are none."""
    changed: dict[str, Any] = {}
    if "cleaning" in options:
        changed["cleaning"] = cleaning_of(options["cleaning"], card.name)
    if "deduplicate" in options:
        rules = ("all", "across", "none")
        if options["deduplicate"] not in rules:
            raise CorpusError(f"{card.name}: {unknown('rule of deduplicate', str(options['deduplicate']), rules)}")
        changed["deduplicate"] = options["deduplicate"]
    return card.model_copy(update={**changed, "expected": None}) if changed else card


def _aligned_files(name: str) -> dict[str, Path]:
    """Files by language, as in ko=a.txt,en=b.txt."""
    files: dict[str, Path] = {}
    for part in name.split(","):
        lang, equals, path = part.strip().partition("=")
        if not equals or not lang.isalpha() or lang in files:
            raise CorpusError(f"{name}: aligned files are named by language, as in ko=a.txt,en=b.txt.")
        files[lang] = Path(path)
    return files


def _reader_of_aligned(files: Mapping[str, Path]) -> str:
    endings = {_checked(path, ALIGNED) for path in files.values()}
    if len(files) < 2 or len(endings) > 1:
        raise CorpusError("Aligned files are two or more of one kind, as in ko=a.txt,en=b.txt.")
    return ALIGNED[endings.pop()]


def _checked(path: Path, readers: Mapping[str, str]) -> str:
    """The ending of a file that is there, is not empty, and has a reader."""
    if path.is_dir():
        raise CorpusError(f"{path} is a folder: name the file in it.")
    if not path.is_file():
        if ending(path.name) in readers:
            raise CorpusError(f"There is no file {path.name} in {path.parent.resolve()}: mend the path.")
        known = ", ".join(card_names())
        raise CorpusError(f"There is no file {path}. Name a file ({', '.join(readers)}), or a corpus: {known}.")
    found = ending(path.name)
    if found not in readers:
        raise CorpusError(
            f"{path.name}: the ending must be one of {', '.join(readers)}, gzipped or not: rename or convert it."
        )
    if not path.stat().st_size:
        raise CorpusError(f"{path.name} is empty: give it sentences.")
    return found


def _is_table(path: Path, settings: Mapping[str, Any]) -> bool:
    """Whether a .tsv is a table under column names, not two columns of Korean and English."""
    names = [name.strip() for name in next(text_lines(path), (1, ""))[1].split("\t")]
    return bool(settings) or "text" in names or len(names) > 2


def _languages(
    reader: str, path: Path, asked: tuple[str, ...], settings: dict[str, Any]
) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The languages of one file, and the reader's options with what the file itself says."""
    if reader == "tsv":
        return ("ko", "en"), settings
    if reader == "po":
        translation = str(settings.get("translation") or language_of(path) or "".join(asked[:1]))
        if not translation:
            raise CorpusError(f"{path.name} does not say what it is translated to: give its language, as in LANG=ko.")
        settings = {"held_out": 0, "original": "en", **settings, "translation": translation}
        return (translation, str(settings["original"])), settings
    if reader == "records":
        return _record_languages(path, asked, settings), settings
    if len(asked) != 1:
        raise CorpusError(
            f"{path.name} has one language: say which, as in LANG=ko (for both, give two columns or files)."
        )
    return asked, settings


def _record_languages(path: Path, asked: tuple[str, ...], options: Mapping[str, Any]) -> tuple[str, ...]:
    """The languages of a table: those of its text option, those that columns are named by, or the one asked for."""
    names = columns(path)
    if isinstance(options.get("text"), dict):
        return tuple(options["text"])
    if "text" in options or "text" in names:
        if len(asked) != 1:
            raise CorpusError(f"{path.name}: say which language the text is in, as in LANG=ko.")
        return asked
    found = tuple(name for name in names if name in language_files())
    if not found:
        raise CorpusError(
            f"{path.name}: no column is called text, ko or en; there are {', '.join(names)}. Say which "
            "by the option text=COLUMN, or text={ko: COLUMN, en: COLUMN}."
        )
    return found
