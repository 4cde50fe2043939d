"""The page's tables of the text: what it is counted in, how vocabularies cut it, what orders did to it."""

from __future__ import annotations

import math
from typing import Any

from reports.analysis import Analysis
from reports.inputs import LANGUAGES, Inputs
from reports.verdicts import interval
from reports.written import estimated, language, number, trained

AUDITS = (
    "kept_bigrams",
    "kendall_tau",
    "mean_displacement",
    "unmoved",
    "unmoved_by_chance",
    "fixed_points",
    "host_separation",
)
COUNTS = (
    ("n_words", "eojeol or words"), ("n_particle", "hosts and particles"), ("n_morpheme", "morphemes"),
    ("n_chunk", "chunks"), ("n_chars", "syllables or characters"), ("n_jamo", "jamo or letters"), ("n_bytes", "bytes"),
)  # fmt: skip
"""What the test sentences are counted in, whatever the study's unit, and what a reader calls it."""


def _counted(inputs: Inputs) -> dict[str, tuple[int, dict[str, float]]]:
    """By language, its test sentences and their sums in every unit that they are counted in."""
    found = {}
    for lang, part in inputs.sentences.groupby("lang", sort=True):
        one = part[(part["unit"] == part["unit"].min()) & (part["condition"] == part["condition"].min())]
        sums = {name: float(one[name].sum()) for name, _ in COUNTS if name in one and one[name].notna().all()}
        found[str(lang)] = len(one), sums
    return found


def count_heads(inputs: Inputs) -> list[str]:
    """The units that at least one language of the report is counted in."""
    counted = _counted(inputs)
    return [said for name, said in COUNTS if any(name in sums for _, sums in counted.values())]


def count_rows(inputs: Inputs) -> list[dict[str, Any]]:
    """The test sentences of every language counted in every unit, and Korean over English where both are there."""
    totals = _counted(inputs)
    heads = [name for name, _ in COUNTS if any(name in sums for _, sums in totals.values())]
    rows: list[dict[str, Any]] = [
        {
            "lang": lang,
            "language": LANGUAGES.get(lang, lang),
            "sentences": f"{sentences:,}",
            "cells": [number(counts[name], 0) if name in counts else "–" for name in heads],
        }
        for lang, (sentences, counts) in sorted(totals.items(), key=lambda item: item[0] != "ko")
    ]
    if {"ko", "en"} <= totals.keys() and totals["ko"][0] == totals["en"][0]:
        korean, english = (totals[lang][1] for lang in ("ko", "en"))
        shares = [
            number(korean[name] / english[name], 3) if name in korean and name in english else "–" for name in heads
        ]
        rows.append({"lang": "", "language": "Korean / English", "sentences": "", "cells": shares})
    return rows


def vocabulary_rows(inputs: Inputs) -> list[dict[str, str]]:
    """Of every language and unit of the study: pieces of the vocabulary, and how finely it cuts the test sentences."""
    rows = []
    for (lang, unit, condition), part in inputs.sentences.groupby(["lang", "unit", "condition"], sort=True):
        here = (inputs.runs["lang"] == lang) & (inputs.runs["unit"] == unit) & (inputs.runs["condition"] == condition)
        runs = inputs.runs[here]
        pieces = float(part["n_tokens"].sum())
        rows.append(
            {
                "lang": str(lang), "language": language(str(lang), str(condition)), "unit": str(unit),
                "units": number(float(part["n_units"].sum()), 0), "pieces": number(pieces, 0),
                "per_word": number(pieces / float(part["n_words"].sum()), 2),
                "per_unit": number(pieces / float(part["n_units"].sum()), 2),
                "per_letter": number(pieces / float(part["n_chars"].sum()), 3),
                "fallback": f"{100 * float(runs['metric.byte_fallback'].iloc[0]):.2f} %",
                "vocabulary": f"{int(runs['metric.vocabulary'].iloc[0]):,}",
            }
        )  # fmt: skip
    return sorted(rows, key=lambda row: row["lang"] != "ko")


def per_unit_rows(analysis: Analysis) -> list[dict[str, Any]]:
    names = ("bits_per_sentence", "bits_per_character", "bits_per_jamo", "bits_per_byte")
    rows = []
    for group in analysis.groups:
        found = [analysis.find(group, "natural", name) for name in names]
        cells = [interval(found[0])] if found[0] else []
        cells += [estimated(row.estimate, 3) for row in found[1:] if row]
        rows.append(
            {
                "lang": group.lang,
                "language": LANGUAGES.get(group.lang, group.lang),
                "unit": group.unit,
                "model": trained(group),
                "cells": cells,
            }
        )
    return rows


def audit_rows(inputs: Inputs, analysis: Analysis) -> list[dict[str, Any]]:
    rows = []
    for (lang, unit, condition), runs in inputs.runs.groupby(["lang", "unit", "condition"], sort=True):
        first = runs.sort_values(["model", "seed", "run_id"]).iloc[0]
        for order in analysis.orders:
            cells = [number(float(first.get(f"metric.audit.{order}.{name}", math.nan)), 3) for name in AUDITS]
            named = language(str(lang), str(condition))
            rows.append({"lang": lang, "language": named, "unit": unit, "order": order, "cells": cells})
    return sorted(rows, key=lambda row: row["lang"] != "ko")


def audit_length_rows(inputs: Inputs) -> list[dict[str, Any]]:
    """The audits by sentence length, those of all lengths and of the natural order left out."""
    rows = []
    for (lang, unit, condition, order), part in inputs.audits.groupby(
        ["lang", "unit", "condition", "order"], sort=False
    ):
        for row in part[part["length"] != "all"].to_dict("records") if order != "natural" else ():
            rows.append(
                {
                    "lang": str(lang), "language": language(str(lang), str(condition)), "unit": str(unit),
                    "order": str(order), "length": row["length"], "sentences": f"{int(row['sentences']):,}",
                    "cells": [number(float(row[name]), 3) for name in AUDITS],
                }
            )  # fmt: skip
    return sorted(rows, key=lambda row: row["lang"] != "ko")
