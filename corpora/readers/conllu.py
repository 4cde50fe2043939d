"""CoNLL-U treebanks: a tree a sentence, over its space-delimited words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpora.errors import CorpusError
from corpora.readers import Row, Source, reader, side_by_side, text_lines
from corpora.splits import place_of
from corpora.syntax import Word, collapsed, fault_of, written

COLUMNS = 10


@reader("conllu")
def conllu(source: Source) -> Iterator[Row]:
    """Sentences with their trees, in every language of an aligned treebank.

    Files are by language, or by language and split. Option `valid`: the percentage of the training file's documents
    that validation gets, where the publisher's split lacks one. Option `document`: a pattern whose first group, found
    in a sentence's id, is its document; by default `# newdoc id` says, and "" leaves that unread. Rows of several
    languages are read side by side by their ids; CorpusError names the place where they part, where a line is not
    CoNLL-U, or where heads are no tree.
    """
    pattern, told = _pattern(source.options.get("document")), source.options.get("document", True) not in ("", None)
    for split, files in _by_split(source).items():
        streams = {lang: _sentences(files[lang], lang, split, pattern, told) for lang in source.languages}
        for aligned in side_by_side(streams, {lang: files[lang].name for lang in source.languages}):
            first, *_ = rows = list(aligned.values())
            for row in rows[1:]:
                if row.name != first.name:
                    raise CorpusError(f"{row.where}: sentence {row.name} beside {first.name}: not aligned.")
            texts = {lang: text for row in rows for lang, text in row.texts.items()}
            syntax = {lang: tree for row in rows for lang, tree in row.syntax.items()}
            held = split == "train" and place_of(first.document or first.name, "split") < source.options.get("valid", 0)
            yield Row(first.name, texts, "valid" if held else split, first.document, syntax=syntax, where=first.where)


def _pattern(option: Any) -> re.Pattern[str] | None:
    """The pattern whose first group is a document; CorpusError where it is none."""
    if not option:
        return None
    try:
        pattern = re.compile(str(option))
    except re.error as error:
        raise CorpusError(f"The option document={option} is no regular expression ({error}).") from None
    if not pattern.groups:
        raise CorpusError(f"The option document={option} needs a group, as in ^(doc[0-9]+)-, which is the document.")
    return pattern


def _by_split(source: Source) -> dict[str, dict[str, Path]]:
    """Files by split ("" where a file has none) and language."""
    found: dict[str, dict[str, Path]] = {}
    for key, path in source.files.items():
        lang, _, split = key.partition(".")
        found.setdefault(split, {})[lang] = path
    return found


def _sentences(path: Path, lang: str, split: str, pattern: re.Pattern[str] | None, told: bool) -> Iterator[Row]:
    import conllu as library

    document = ""
    for number, (begin, lines) in enumerate(_blocks(path), 1):
        where = f"{path.name}, sentence {number}"
        try:
            (tokens,) = library.parse("\n".join(lines) + "\n\n")
        except (library.exceptions.ParseException, ValueError) as error:
            raise CorpusError(f"{where}: not CoNLL-U (line {begin}: {' '.join(str(error).split())[:120]}).") from None
        document = tokens.metadata.get("newdoc id", document) if told else ""
        name = tokens.metadata.get("sent_id", f"{split or 'sentence'}-{number:07d}")
        found = pattern.search(name) if pattern else None
        if pattern and not found:
            raise CorpusError(f'{where}: its id "{name}" holds no document by the option document={pattern.pattern}.')
        text, tree = _words(list(tokens), where, begin)
        yield Row(name, {lang: text}, "", found[1] if found else document, syntax={lang: tree}, where=where)


def _blocks(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Each sentence's lines, with the number of the first; CorpusError names a line that has not ten columns."""
    lines: list[str] = []
    begin, tokens = 1, False
    for number, line in text_lines(path):
        if not line.strip():
            if tokens:
                yield begin, lines
            lines, tokens = [], False
            continue
        if not lines:
            begin = number
        if not line.startswith("#"):
            columns = line.count("\t") + 1
            if columns != COLUMNS:
                raise CorpusError(
                    f"{path.name}, line {number}: {columns} columns where CoNLL-U has {COLUMNS}, separated by tabs."
                )
            tokens = True
        lines.append(line)
    if tokens:
        yield begin, lines


def _words(tokens: list[dict[str, Any]], where: str, begin: int) -> tuple[str, str]:
    """The text of a sentence and the tree of its words. A multiword token is spelt as a whole."""
    spelt: list[str] = []
    groups: list[int] = []
    trees: list[Word] = []
    covered, after = 0, True
    for token in tokens:
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
        if number != len(trees) + 1:
            raise CorpusError(f"{where} (from line {begin}): token {number} where token {len(trees) + 1} should be.")
        if not isinstance(token["head"], int):
            raise CorpusError(f"{where}: token {number} has no head (the sentence begins in line {begin}).")
        groups.append(len(spelt) - 1)
        trees.append(Word(token["head"], str(token["deprel"]).lower(), str(token["upos"])))
    fault = fault_of([word.head for word in trees])
    if fault:
        raise CorpusError(f"{where} (from line {begin}): its tree {fault}: mend the HEAD column, or leave it out.")
    return " ".join(spelt), written(collapsed(trees, groups))
