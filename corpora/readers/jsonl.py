"""One JSON object a line, a file a language, rows aligned by an id."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpora.errors import CorpusError
from corpora.readers import Row, Source, reader, side_by_side, text_lines


@reader("jsonl")
def jsonl(source: Source) -> Iterator[Row]:
    """Rows of all languages with the same id.

    Options: `id`, `text`, `split`, `document`, `label` name the fields; `splits` maps the source's split names to
    train, valid and test. Rows are read side by side: CorpusError names the line where ids part.
    """
    options = source.options
    lacking = [name for name in ("id", "text", "split", "splits") if name not in options]
    if lacking:
        raise CorpusError(f"The reader jsonl needs the option {lacking[0]}: give it in the card's options.")
    streams = {lang: _objects(source.files[lang]) for lang in source.languages}
    for objects in side_by_side(streams, {lang: source.files[lang].name for lang in source.languages}):
        first_where, first = next(iter(objects.values()))
        for where, item in objects.values():
            if item.get(options["id"]) != first.get(options["id"]):
                raise CorpusError(
                    f"{where}: id {item.get(options['id'])} beside {first.get(options['id'])}: not aligned."
                )
        split = str(first.get(options["split"], ""))
        if split not in options["splits"]:
            raise CorpusError(f'{first_where}: the split "{split}" is not one that the card maps.')
        yield Row(
            str(first[options["id"]]),
            {lang: str(item[options["text"]]) for lang, (_, item) in objects.items()},
            split=options["splits"][split],
            document=str(first.get(options.get("document", ""), "")),
            label=str(first.get(options.get("label", ""), "")),
            where=first_where,
        )


def _objects(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in text_lines(path):
        try:
            item = json.loads(line)
        except (ValueError, RecursionError):
            item = None
        if not isinstance(item, dict):
            raise CorpusError(f"{path.name}, line {number}: not a JSON object.")
        yield f"{path.name}, line {number}", item
