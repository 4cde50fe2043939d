"""The text: what it is counted in, how vocabularies cut it, what orders did to it."""

from __future__ import annotations

import math

from experiments.variants import variants
from reports.document import Block, Cell, Row, Section, Table, span
from reports.inputs import Inputs, in_turn
from reports.sections import Report, anchor, cell, cells, grouped
from reports.written import estimated, number

AUDITS = (
    "kept_bigrams",
    "kendall_tau",
    "mean_displacement",
    "unmoved",
    "unmoved_by_chance",
    "fixed_points",
    "host_separation",
)
COUNTS = {
    "n_words": "words", "n_particle": "particles", "n_morpheme": "morphemes", "n_chunk": "chunks",
    "n_chars": "characters", "n_jamo": "letters", "n_bytes": "bytes",
}  # fmt: skip
"""What the test sentences are counted in, whatever the study's unit, by the key of what a reader calls it."""
NATURAL = ("bits_per_sentence", "bits_per_character", "bits_per_jamo", "bits_per_byte")


def text(report: Report) -> Section:
    blocks: list[Block] = [counts(report), vocabularies(report)]
    if not report.classifies:
        blocks.append(_natural(report))
    return Section(report.words("heading.text"), tuple(blocks))


def audit(report: Report) -> Section:
    tables = (_audits(report), _by_length(report))
    return Section(report.words("heading.audit"), tuple(table for table in tables if table.rows))


Counted = tuple[int, dict[str, float]]
"""Test sentences, and their sums in every unit that they are counted in."""


def _counted(inputs: Inputs) -> dict[str, dict[str, Counted]]:
    """By condition (the study's own first; all under "" where they have the same text) and language."""
    found: dict[str, dict[str, Counted]] = {}
    known = variants(inputs.settings["study"])
    for name in sorted(known, key=lambda name: not known[name].base):
        here = inputs.sentences[inputs.sentences["condition"] == name]
        for lang in in_turn(set(here["lang"])):
            part = here[here["lang"] == lang]
            one = part[part["unit"] == part["unit"].min()]
            sums = {count: float(one[count].sum()) for count in COUNTS if count in one and one[count].notna().all()}
            found.setdefault(name, {})[lang] = len(one), sums
    first = next(iter(found.values()), {})
    return found if any(own != first for own in found.values()) else {"": first}


def counts(report: Report) -> Table:
    """The test sentences of every language counted in every unit, and Korean over English where both are there."""
    found, words, apart = _counted(report.inputs), report.words, report.inputs.alike
    every = [sums for totals in found.values() for _, sums in totals.values()]
    heads = [name for name in COUNTS if any(name in sums for sums in every)]
    rows = []
    for condition, totals in found.items():
        for lang, (sentences, sums) in totals.items():
            figures = (number(sums[name], 0) if name in sums else "–" for name in heads)
            link = report.source(lang, condition=condition or None)
            named = Cell(span(words.language(lang, condition), link=link), lang)
            rows.append(Row((named, cell(f"{sentences:,}"), *cells(figures))))
        if not apart and {"ko", "en"} <= totals.keys() and totals["ko"][0] == totals["en"][0]:
            korean, english = (totals[lang][1] for lang in ("ko", "en"))
            shares = (
                number(korean[name] / english[name], 3) if name in korean and name in english else "–" for name in heads
            )
            ratio = ", ".join(filter(None, (words("column.ratio"), condition)))
            rows.append(Row((cell(ratio), cell(""), *cells(shares)), first=True))
    columns = report.columns(("language",), ("sentences", *(COUNTS[name] for name in heads)))
    caption = words("caption.counts_alike" if apart else "caption.counts")
    if not apart and not report.classifies and report.inputs.settings["comparable"] and len(totals) > 1:
        caption = f"{caption} {words('caption.counts_bits')}"
    return Table(caption, columns, tuple(rows))


def vocabularies(report: Report) -> Table:
    """Of every language and unit of the study: pieces of the vocabulary, and how finely it cuts the test sentences."""
    parts = report.inputs.sentences.groupby(["lang", "unit", "condition"], sort=True)
    sides = {(str(lang), str(unit), str(condition)): part for (lang, unit, condition), part in parts}
    runs, rows = report.inputs.runs, []
    for lang in in_turn({side[0] for side in sides}):
        for (own, unit, condition), part in sides.items():
            if own != lang:
                continue
            here = (runs["lang"] == lang) & (runs["unit"] == unit) & (runs["condition"] == condition)
            pieces = float(part["n_tokens"].sum())
            figures = (
                f"{int(runs[here]['metric.vocabulary'].iloc[0]):,}",
                number(float(part["n_units"].sum()), 0),
                number(pieces, 0),
                number(pieces / float(part["n_words"].sum()), 2),
                number(pieces / float(part["n_units"].sum()), 2),
                number(pieces / float(part["n_chars"].sum()), 3),
                f"{100 * float(runs[here]['metric.byte_fallback'].iloc[0]):.2f} %",
            )
            named = Cell(span(unit, link=report.source(lang, unit, condition)))
            rows.append(Row((cell(report.words.language(lang, condition), lang), named, *cells(figures))))
    names = ("vocabulary", "units", "pieces", "per_word", "per_unit", "per_character", "fallback")
    return Table(report.words("caption.vocabulary"), report.columns(("language", "unit"), names), tuple(rows))


def _natural(report: Report) -> Table:
    rows = []
    for group in report.analysis.groups:
        found = [report.analysis.find(group, "natural", name) for name in NATURAL]
        figures = [estimated(row.estimate, 3 if i else 1) for i, row in enumerate(found) if row]
        model = Cell(span(report.trained(group), link=f"#{anchor(group)}"))
        language = cell(report.language(group, unit=False), group.lang)
        rows.append((group, (language, cell(group.unit), model, *cells(figures))))
    columns = report.columns(("language", "unit", "model"), ("per_sentence", "per_nfc", "per_letter", "per_byte"))
    return Table(report.words("caption.natural"), columns, grouped(rows))


def _audits(report: Report) -> Table:
    parts = report.inputs.runs.groupby(["lang", "unit", "condition"], sort=True)
    first = {
        (str(lang), str(unit), str(condition)): runs.sort_values(["model", "seed", "run_id"]).iloc[0]
        for (lang, unit, condition), runs in parts
    }
    rows = []
    for lang in in_turn({side[0] for side in first}):
        for (own, unit, condition), run in first.items():
            for order in report.analysis.orders if own == lang else ():
                figures = (number(float(run.get(f"metric.audit.{order}.{name}", math.nan)), 3) for name in AUDITS)
                named = Cell(span(unit, link=f"#run-{run['run_id']}"))
                names = (cell(report.words.language(lang, condition), lang), named, cell(order))
                rows.append(((lang, unit, condition), (*names, *cells(figures))))
    return Table(report.words("caption.audit"), report.columns(("language", "unit", "order"), AUDITS), grouped(rows))


def _by_length(report: Report) -> Table:
    """The audits by sentence length, those of all lengths and of the natural order left out."""
    audits = report.inputs.audits
    kept = audits[(audits["length"] != "all") & (audits["order"] != "natural")].to_dict("records")
    links: dict[tuple[str, str, str], str] = {}
    rows = []
    for lang in in_turn({str(row["lang"]) for row in kept}):
        for row in kept:
            if row["lang"] == lang:
                unit, condition = str(row["unit"]), str(row["condition"])
                if (lang, unit, condition) not in links:
                    links[lang, unit, condition] = report.source(lang, unit, condition)
                named = Cell(span(unit, link=links[lang, unit, condition]))
                names = (cell(report.words.language(lang, condition), lang), named,
                         *cells((str(row["order"]), str(row["length"]))))  # fmt: skip
                figures = (f"{int(row['sentences']):,}", *(number(float(row[name]), 3) for name in AUDITS))
                rows.append(((lang, row["unit"], row["condition"], row["order"]), (*names, *cells(figures))))
    columns = report.columns(("language", "unit", "order", "length"), ("sentences", *AUDITS))
    return Table("", columns, grouped(rows), fold=report.words("caption.by_length"))
