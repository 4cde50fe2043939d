"""Labelled pairs of texts: two texts and a label a line, a file a language (and a split)."""

from __future__ import annotations

from collections.abc import Iterator

from corpora.errors import CorpusError
from corpora.readers import Row, Source, reader, side_by_side, text_lines
from corpora.splits import dealt


@reader("pairs")
def pairs(source: Source) -> Iterator[Row]:
    """Each line gives two rows, `<pair>-1` and `<pair>-2`, whose document is the pair; line n is the same pair in every
    language.

    Options: `missing`: a text that stands for none, whose pair is left out in all languages; `held_out` {valid, test}:
    how many of a hundred pairs, by the hash of their number, are for validation and testing. CorpusError names the line
    that has not three columns, or another label than its translation.
    """
    options = source.options
    if "held_out" not in options:
        raise CorpusError("The reader pairs needs the option held_out: give it in the card's options.")
    streams = {lang: text_lines(source.files[lang]) for lang in source.languages}
    for lines in side_by_side(streams, {lang: source.files[lang].name for lang in source.languages}):
        number = lines[source.languages[0]][0]
        where = f"{source.files[source.languages[0]].name}, line {number}"
        cells = {lang: line.split("\t") for lang, (_, line) in lines.items()}
        for lang, found in cells.items():
            if len(found) != 3:
                raise CorpusError(
                    f"{where} ({lang}): {len(found)} columns where there should be two texts and a label."
                )
        if any(text.strip() == options.get("missing") for found in cells.values() for text in found[:2]):
            continue
        labels = {found[2].strip() for found in cells.values()}
        if len(labels) > 1:
            raise CorpusError(f"{where}: labels {', '.join(sorted(labels))} in one pair: not aligned.")
        name = f"pair-{number:05d}"
        split = dealt(name, options["held_out"], "")
        (label,) = labels
        for member in (0, 1):
            texts = {lang: found[member] for lang, found in cells.items()}
            yield Row(f"{name}-{member + 1}", texts, split, name, label, where=where)
