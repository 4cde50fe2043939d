"""From the tracking store to a report's inputs."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from experiments.export import Export, export
from experiments.study import load_study
from reports.inputs import LANGUAGES, Inputs


def tracked(study: str, design: str | None = None) -> Inputs:
    """The inputs of a report on a study (by name or file) and a design of it, by default the one tracked last."""
    declared = load_study(study)
    found = export(declared.name, design)
    about: dict[str, Any] = {
        "name": found.study,
        "title": declared.title,
        "question": declared.question,
        "examples": _examples(found),
    }
    return Inputs(about, found.runs, found.observations, found.sentences, found.audits)


def _examples(found: Export) -> list[dict[str, str]]:
    """One test sentence, the same in every language that has it, in every test order as the models saw it."""
    sides = sorted({(str(lang), str(unit)) for lang, unit in zip(found.runs["lang"], found.runs["unit"], strict=True)})
    rows = []
    for lang, unit in sorted(sides, key=lambda side: list(LANGUAGES).index(side[0]) if side[0] in LANGUAGES else 9):
        for order, text in example(found.sentences, lang, unit).items():
            rows.append({"lang": lang, "order": order, "text": text})
    return rows


def example(sentences: pd.DataFrame, lang: str, unit: str) -> dict[str, str]:
    """By order, the text of the first test sentence of middling length, one that every language has if there is."""
    kept = sentences[sentences["examples"] != ""]
    counts = kept["sentence_id"].value_counts()
    everywhere = set(counts.index[counts == counts.max()])
    mine = kept[(kept["lang"] == lang) & (kept["unit"] == unit)].sort_values("sentence_id")
    pool = mine[mine["sentence_id"].isin(everywhere)]
    ids = kept[(kept["n_units"] >= 6) & (kept["n_units"] <= 14)]["sentence_id"].value_counts()
    middling = pool[pool["sentence_id"].isin(set(ids.index[ids == counts.max()]))]
    row = (middling if len(middling) else pool if len(pool) else mine).iloc[0]
    found: dict[str, str] = json.loads(str(row["examples"]))
    return found
