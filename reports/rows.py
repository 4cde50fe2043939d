"""The rows of the page's tables: every number rounded and written out before the template sees it."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any

from reports.analysis import Analysis, Row
from reports.gain import ORDER_GAIN, ORDER_SHOCK, ORDER_WORTH
from reports.inputs import LANGUAGES, Group, Inputs, is_floor
from reports.quantities import ACCURACY, ACCURACY_LOST, AT_EQUAL_LENGTH, CONSISTENT, PER_ORDER_BIT, SURVIVING
from reports.verdicts import interval, ladder

AUDITS = (
    "kept_bigrams",
    "kendall_tau",
    "mean_displacement",
    "unmoved",
    "unmoved_by_chance",
    "fixed_points",
    "host_separation",
)


def number(value: float, digits: int = 1) -> str:
    """A number with a true minus sign; a dash where there is none."""
    return "–" if math.isnan(value) else f"{value:z,.{digits}f}".replace("-", "−")


def _span(low: float, high: float, digits: int = 1) -> str:
    return f"[{number(low, digits)}, {number(high, digits)}]"


def p_value(p: float) -> str:
    return "–" if math.isnan(p) else "< 0.001" if p < 0.001 else f"{p:.3f}"


def trained(group: Group) -> str:
    """The model, what order it was trained on where that is not the natural one, and under which condition."""
    name = group.model if group.train_order == "natural" else f"{group.model}, trained on {group.train_order}"
    return f"{name}, {group.condition}" if group.condition else name


def _language(lang: str, condition: str) -> str:
    name = LANGUAGES.get(lang, lang)
    return f"{name}, {condition}" if condition else name


def gain_rows(analysis: Analysis) -> list[dict[str, Any]]:
    """What each order that models were trained on is worth: gain and shock; none where nothing but natural was."""
    rows, before = [], None
    for row in analysis.rows:
        shock = analysis.find(row.group, row.order, ORDER_SHOCK)
        if row.quantity != ORDER_GAIN or shock is None:
            continue
        worth = analysis.find(row.group, row.order, ORDER_WORTH)
        cells = [f"{number(r.estimate.value, 3)} {_span(r.estimate.low, r.estimate.high, 3)}" for r in (row, shock)]
        rows.append(
            {
                "lang": row.group.lang,
                "language": f"{LANGUAGES.get(row.group.lang, row.group.lang)} ({row.group.unit})",
                "model": trained(row.group),
                "order": row.order,
                "worth": interval(worth) if worth else "",
                "gain": cells[0],
                "shock": cells[1],
                "by_seed": ", ".join(number(value, 3) for _, value in sorted(row.by_seed.items())),
                "first": row.group != before,
            }
        )
        before = row.group
    return rows


def order_rows(analysis: Analysis) -> list[dict[str, Any]]:
    rows, before = [], None
    shown = [row for row in analysis.rows if row.quantity == "bits_per_sentence"]
    span = Counter(row.group for row in shown)
    for row in shown:
        cost = analysis.find(row.group, row.order, "order_cost")
        share = analysis.find(row.group, row.order, PER_ORDER_BIT)
        found = row.estimate
        rows.append(
            {
                "lang": row.group.lang,
                "language": f"{LANGUAGES.get(row.group.lang, row.group.lang)} ({row.group.unit})",
                "model": trained(row.group),
                "order": row.order,
                "bits": f"{number(found.value)} {_span(found.low, found.high)}",
                "cost": f"{number(cost.estimate.value)} {_span(cost.estimate.low, cost.estimate.high)}" if cost else "",
                "share": f"{number(share.estimate.value, 2)} {_span(share.estimate.low, share.estimate.high, 2)}"
                if share
                else "",
                "p": p_value(cost.estimate.p_holm) if cost and not is_floor(row.group.model) else "",
                "seeds": "–" if is_floor(row.group.model) else found.seeds,
                "runs": row.run_ids,
                "first": row.group != before,
                "span": span[row.group],
            }
        )
        before = row.group
    return rows


def accuracy_rows(analysis: Analysis) -> list[dict[str, Any]]:
    """Of classifiers, the share of right labels under every order; none of language models."""
    rows, before = [], None
    shown = [row for row in analysis.rows if row.quantity == ACCURACY]
    span = Counter(row.group for row in shown)
    for row in shown:
        lost = analysis.find(row.group, row.order, ACCURACY_LOST)
        rows.append(
            {
                "lang": row.group.lang,
                "language": f"{LANGUAGES.get(row.group.lang, row.group.lang)} ({row.group.unit})",
                "model": trained(row.group),
                "order": row.order,
                "accuracy": _percent(row),
                "lost": _percent(lost) if lost else "",
                "surviving": _percent(kept) if (kept := analysis.find(row.group, row.order, SURVIVING)) else "",
                "consistent": _percent(same) if (same := analysis.find(row.group, row.order, CONSISTENT)) else "",
                "runs": row.run_ids,
                "first": row.group != before,
                "span": span[row.group],
            }
        )
        before = row.group
    return rows


def _percent(row: Row) -> str:
    found = row.estimate
    return f"{number(100 * found.value)} {_span(100 * found.low, 100 * found.high)}"


def ladder_sentence(analysis: Analysis) -> str:
    steps = {group: ladder(analysis, group) for group in analysis.groups}
    known = {group: holds for group, holds in steps.items() if holds is not None}
    if not known:
        return ""
    broken = [" ".join((group.lang, group.unit, group.model)) for group, holds in known.items() if not holds]
    if not broken:
        return (
            f"The ladder natural < local_3 < shuffle holds in all {len(known)} recurrent models of this table: "
            "both steps, paired by sentence and seed, have intervals above zero."
        )
    missing = ", ".join(broken)
    return f"The ladder natural < local_3 < shuffle is not shown, a step's interval reaching zero, for: {missing}."


def comparison_rows(analysis: Analysis) -> list[dict[str, str]]:
    rows = []
    for c in analysis.comparisons:
        digits = {PER_ORDER_BIT: 2, ORDER_GAIN: 3}.get(c.quantity, 1)
        scale = 100.0 if c.quantity == ACCURACY else 1.0
        value, low, high = (scale * v for v in (c.estimate.value, c.estimate.low, c.estimate.high))
        said = {
            "bits_per_sentence": "bits per sentence",
            "order_cost": "order cost, bits",
            PER_ORDER_BIT: "order cost per bit of log2 n!",
            ORDER_GAIN: "order gain",
            ACCURACY: "accuracy, points",
            AT_EQUAL_LENGTH: "order cost at equal length, bits",
        }
        rows.append(
            {
                "what": c.what,
                "model": c.first.model,
                "order": c.order,
                "quantity": said[c.quantity],
                "value": f"{number(value, digits)} {_span(low, high, digits)}",
                "p": p_value(c.estimate.p),
                "permuted": "–" if math.isnan(c.permuted[0]) else f"{c.permuted[0]:.3f} (≥ {c.permuted[1]:.3f})",
                "detectable": number(scale * c.estimate.detectable, digits),
            }
        )
    return rows


def effective_rows(analysis: Analysis) -> list[dict[str, Any]]:
    return [
        {
            "lang": curve.group.lang,
            "language": LANGUAGES.get(curve.group.lang, curve.group.lang),
            "model": trained(curve.group),
            "whole": number(curve.whole),
            "effective": ", ".join(
                f">{curve.contexts[-1]}" if c is None else str(c) for _, c in sorted(curve.effective.items())
            ),
            "runs": curve.run_ids,
        }
        for curve in analysis.curves
    ]


def reach_rows(analysis: Analysis) -> list[dict[str, Any]]:
    """How far back the past reaches in every group whose recency profiles were taken."""

    def units(found: dict[int, int | None], longest: int) -> str:
        return ", ".join(f">{longest}" if value is None else str(value) for _, value in sorted(found.items()))

    return [
        {
            "lang": reach.group.lang,
            "language": f"{LANGUAGES.get(reach.group.lang, reach.group.lang)} ({reach.group.unit})",
            "model": trained(reach.group),
            "worth": f"{number(reach.worth.value, 2)} {_span(reach.worth.low, reach.worth.high, 2)}",
            "context": units(reach.context, reach.longest),
            "knee": units(reach.knee, reach.longest),
            "half": ", ".join(number(value, 1) for _, value in sorted(reach.half.items())),
            "characters": ", ".join(number(value * reach.characters, 0) for _, value in sorted(reach.half.items())),
            "runs": reach.run_ids,
        }
        for reach in analysis.reaches
    ]


def occlusion_rows(analysis: Analysis) -> list[dict[str, Any]]:
    """Of classifiers, what every tenth of a text is worth."""
    return [
        {
            "lang": profile.group.lang,
            "language": f"{LANGUAGES.get(profile.group.lang, profile.group.lang)} ({profile.group.unit})",
            "model": trained(profile.group),
            "cells": [number(value.value, 3) for value in profile.values],
        }
        for profile in analysis.profiles
        if profile.kind == "occlusion"
    ]


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
                "lang": str(lang), "language": _language(str(lang), str(condition)), "unit": str(unit),
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
        cells += [
            f"{number(row.estimate.value, 3)} {_span(row.estimate.low, row.estimate.high, 3)}"
            for row in found[1:]
            if row
        ]
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
            language = _language(str(lang), str(condition))
            rows.append({"lang": lang, "language": language, "unit": unit, "order": order, "cells": cells})
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
                    "lang": str(lang), "language": _language(str(lang), str(condition)), "unit": str(unit),
                    "order": str(order), "length": row["length"], "sentences": f"{int(row['sentences']):,}",
                    "cells": [number(float(row[name]), 3) for name in AUDITS],
                }
            )  # fmt: skip
    return sorted(rows, key=lambda row: row["lang"] != "ko")


def run_rows(inputs: Inputs) -> list[dict[str, Any]]:
    rows = []
    for group in inputs.groups():
        for run in inputs.runs_of(group).to_dict("records"):
            network = not is_floor(run["model"])
            margins = [float(run.get(f"metric.margin_over_{name}", math.nan)) for name in ("bigram", "ngram_5")]
            rows.append(
                {
                    "run_id": run["run_id"], "lang": run["lang"], "model": run["model"], "seed": run["seed"],
                    "parameters": f"{run['parameters']:,}",
                    "recurrent": f"{run['recurrent_parameters']:,}" if network else "–",
                    "epochs": number(float(run.get("metric.epochs", math.nan)), 0),
                    "valid": number(float(run["metric.valid_bits"]), 2),
                    "margin": ", ".join("–" if math.isnan(m) else f"{number(100 * m)} %" for m in margins),
                    "gate": run["gate"],
                }
            )  # fmt: skip
    return rows


def citation(inputs: Inputs) -> str:
    """One line that names the study so that the runs can be found: its design and its corpus by their hashes."""
    corpora = sorted(set(zip(inputs.runs["corpus"], inputs.runs["corpus_sha256"], strict=True)))
    named = "; ".join(f"{name} (sha256 {str(sha256)[:12]}…)" for name, sha256 in corpora)
    designs = ", ".join(f"{design[:12]}…" for design in sorted(set(map(str, inputs.runs["design"]))))
    return f"eosun, study {inputs.study['name']}, design {designs}; corpus {named}; {len(inputs.runs)} runs."


def reproduction(inputs: Inputs, settings: dict[str, Any]) -> list[tuple[str, str]]:
    runs = inputs.runs

    def each(column: str) -> str:
        return "; ".join(sorted(set(map(str, runs[column]))))

    versions: dict[str, str] = {}
    for text in sorted(set(runs["versions"])):
        versions.update(json.loads(text))
    machines = sorted(
        {", ".join(f"{k} {v}" for k, v in sorted(json.loads(text).items())) for text in set(runs["machine"])}
    )
    study = settings["study"]
    return [
        ("command", each("command")),
        ("corpus", each("corpus")),
        ("corpus sha256", each("corpus_sha256")),
        ("design", each("design")),
        ("seeds", ", ".join(map(str, sorted(set(runs["seed"]))))),
        ("perturbation seed", str(study["perturbation_seed"])),
        ("training", json.dumps(study["training"], sort_keys=True)),
        (
            "sizes",
            json.dumps({**study["sizes"], "match": study["match"], "vocabulary": study["vocabulary"]}, sort_keys=True),
        ),
        ("code", each("git")),
        ("versions", ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))),
        ("ran on", "; ".join(machines)),
    ]


def documents(inputs: Inputs) -> str:
    """How many documents the test sentences come from, where there are documents."""
    named = inputs.sentences["document"][inputs.sentences["document"] != ""]
    if named.empty:
        return ""
    return (
        f"The sentences come from {named.nunique()} documents, and those of one document are not taken as independent."
    )
