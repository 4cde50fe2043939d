"""CoNLL-U treebanks: a tree a sentence, over its space-delimited words."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpora.errors import CorpusError
from corpora.readers import Row, Source, reader
from corpora.syntax import Word, collapsed, parsed, written

COLUMNS = 10


@reader("conllu")
def conllu(source: Source) -> Iterator[Row]:
    """Sentences with their trees, in every language of an aligned treebank.

    Files are by language, or by language and split. Option `valid`: the percentage of the training file's documents
    that validation gets, where the publisher's split lacks one. Option `document`: a pattern whose first group, found
    in a sentence's id, is its document; by default `# newdoc id` says. Rows of several languages are read side by side
    by their ids; CorpusError names the place where they part, or where a line is not CoNLL-U.
    """
    pattern = re.compile(source.options["document"]) if source.options.get("document") else None
    for split, files in _by_split(source).items():
        streams = [_sentences(files[lang], lang, pattern) for lang in source.languages]
        for rows in zip(*streams, strict=True):
            first = rows[0]
            for row in rows[1:]:
                if row.name != first.name:
                    raise CorpusError(f"{row.where}: sentence {row.name} beside {first.name}: not aligned.")
            texts = {lang: text for row in rows for lang, text in row.texts.items()}
            syntax = {lang: tree for row in rows for lang, tree in row.syntax.items()}
            held = split == "train" and _place(first.document or first.name) < source.options.get("valid", 0)
            yield Row(first.name, texts, "valid" if held else split, first.document, syntax=syntax, where=first.where)


def _place(name: str) -> int:
    """0 to 99, by the hash of a name."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4, person=b"split").digest(), "little") % 100


def _by_split(source: Source) -> dict[str, dict[str, Path]]:
    """Files by split ("" where a file has none) and language."""
    found: dict[str, dict[str, Path]] = {}
    for key, path in source.files.items():
        lang, _, split = key.partition(".")
        found.setdefault(split, {})[lang] = path
    return found


def _sentences(path: Path, lang: str, pattern: re.Pattern[str] | None) -> Iterator[Row]:
    import conllu as library

    document = ""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as stream:
        try:
            for number, tokens in enumerate(library.parse_incr(stream), 1):
                where = f"{path.name}, sentence {number}"
                document = tokens.metadata.get("newdoc id", document)
                name = tokens.metadata.get("sent_id", f"{path.stem}-{number:06d}")
                found = pattern.search(name) if pattern else None
                text, tree = _words(list(tokens), where)
                try:
                    parsed(tree)
                except CorpusError as error:
                    raise CorpusError(f"{where}: {error}") from None
                yield Row(name, {lang: text}, "", found[1] if found else document, syntax={lang: tree}, where=where)
        except (library.exceptions.ParseException, UnicodeDecodeError) as error:
            raise CorpusError(f"{path.name}: not CoNLL-U in UTF-8 ({' '.join(str(error).split())[:120]}).") from None


def _words(tokens: list[dict[str, Any]], where: str) -> tuple[str, str]:
    """The text of a sentence and the tree of its words. A multiword token is spelt as a whole."""
    spelt: list[str] = []
    groups, trees = [], []
    covered, after = 0, True
    for token in tokens:
        if len(token) < COLUMNS:
            raise CorpusError(f"{where}: {len(token)} columns where CoNLL-U has {COLUMNS}.")
        number = token["id"]
        if isinstance(number, tuple) and number[1] == ".":
            continue
        ranged = isinstance(number, tuple)
        if ranged or number > covered:
            form = "".join(token["form"].split())
            if after:
                spelt.append(form)
            else:
                spelt[-1] += form
            after = (token["misc"] or {}).get("SpaceAfter") != "No"
        if ranged:
            covered = number[2]
            continue
        if not isinstance(token["head"], int):
            raise CorpusError(f"{where}: token {number} has no head.")
        groups.append(len(spelt) - 1)
        trees.append(Word(token["head"], str(token["deprel"]).lower(), str(token["upos"])))
    return " ".join(spelt), written(collapsed(trees, groups))
