"""Sentences in every order, each unit with its bits."""

from __future__ import annotations

import json

import pandas as pd

from reports.document import Block, Gloss, Paragraph, Section
from reports.inputs import Group, Inputs, in_turn
from reports.sections import Report
from reports.verdicts import headline
from reports.written import number

SHOWN = 2
"""Sentences a language."""
MIDDLING = (6, 14)
"""Units of a sentence that says much and is read quickly."""
DARKEST = 20.0
"""Bits of a unit that has the darkest shade."""


def gloss(report: Report) -> Section | None:
    """The same test sentences in every language, in every order, by the models that speak for the language."""
    given, blocks, bits = report.inputs.sentences, [], False
    if report.inputs.alike:
        ids = [name for _, own in given.groupby("lang", sort=True) for name in chosen(own)]
    else:
        ids = chosen(given)
    for sentence in ids:
        for lang in in_turn(set(report.inputs.sentences["lang"])):
            group = headline(report.analysis, lang) or next(g for g in report.inputs.groups() if g.lang == lang)
            own = _of(report, group, sentence)
            bits = bits or any(one.units[0][1] for one in own)
            blocks += own
    if not blocks:
        return None
    speakers = [headline(report.analysis, lang) for lang in in_turn(set(report.inputs.runs["lang"]))]
    models = dict.fromkeys(report.words.spoken(one.model) for one in speakers if one)
    note = report.words.text("note.gloss_plain")
    if bits and models:
        key = "note.gloss_apart" if report.inputs.alike and len(speakers) > 1 else "note.gloss"
        note = report.words.text(key, model=", ".join(models))
    found: tuple[Block, ...] = (Paragraph(note, "small"), *blocks)
    return Section(report.words("heading.gloss"), found)


def chosen(sentences: pd.DataFrame) -> list[str]:
    """Ids of the first sentences kept as examples that most languages have, of middling length where possible."""
    kept = sentences[sentences["examples"] != ""]
    if kept.empty:
        return []
    sides = kept["sentence_id"].value_counts()
    middling = kept[kept["n_units"].between(*MIDDLING)]["sentence_id"].value_counts()
    rank = sorted(sides.index, key=lambda name: (-sides[name], -middling.get(name, 0), name))
    return sorted(rank[:SHOWN])


def _of(report: Report, group: Group, sentence: str) -> list[Gloss]:
    """A sentence of a group's language in every order; without bits where they were not measured."""
    facts = report.inputs.facts(group)
    if sentence not in facts.index or not facts.loc[sentence, "examples"]:
        return []
    found = []
    for order, units in json.loads(str(facts.loc[sentence, "examples"])).items():
        bits = _bits(report.inputs, group, sentence, order)
        words = report.words
        named = [*(unit.strip() for unit in units), *([words("gloss.end")] if bits else [])]
        written = [number(value) for value in bits] or [""] * len(named)
        depth = [round(min(max(value, 0.0) / DARKEST, 1.0), 3) for value in bits] or [0.0] * len(named)
        label = words("gloss.order", language=words.language(group.lang, group.condition), order=order)
        total = words("gloss.total", bits=number(sum(bits))) if bits else ""
        said = [words("gloss.unit", text=t, bits=b) if b else t for t, b in zip(named, written, strict=True)]
        found.append(Gloss(label, group.lang, tuple(zip(named, written, depth, said, strict=True)), total))
    return found


def _bits(inputs: Inputs, group: Group, sentence: str, order: str) -> list[float]:
    """Bits of every unit and the end of the sentence, mean over the seeds; nothing where they were not measured."""
    runs = set(inputs.good_runs_of(group)["run_id"])
    rows = inputs.unit_bits
    rows = rows[rows["run_id"].isin(runs) & (rows["sentence_id"] == sentence) & (rows["test_order"] == order)]
    return [float(value) for value in rows.groupby("x")["value"].mean().sort_index()]
