"""From the tracking store to a report's inputs."""

from __future__ import annotations

from typing import Any

import pandas as pd

from experiments.export import Export, export
from experiments.study import load_study
from pipelines.orders import get_order
from pipelines.perturb import perturb
from pipelines.units import get_unit
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
    return Inputs(about, found.runs, found.observations, found.sentences)


def _examples(found: Export) -> list[dict[str, str]]:
    """One test sentence, the same in every language that has it, in every test order as the models saw it."""
    settings = found.settings["study"]
    sides = sorted({(str(lang), str(unit)) for lang, unit in zip(found.runs["lang"], found.runs["unit"], strict=True)})
    rows = []
    for lang, unit in sorted(sides, key=lambda side: list(LANGUAGES).index(side[0]) if side[0] in LANGUAGES else 9):
        name, text = example(found.sentences, lang, unit)
        for order in settings["test_orders"]:
            (moved,) = perturb(
                [text], lang, get_unit(unit, lang), get_order(order), seed=settings["perturbation_seed"],
                lower=settings["lower"], keep_final=settings["keep_final"], ids=[name],
            )  # fmt: skip
            rows.append({"lang": lang, "order": order, "text": moved})
    return rows


def example(sentences: pd.DataFrame, lang: str, unit: str) -> tuple[str, str]:
    """The id and text of the first test sentence of middling length, one that every language has if there is."""
    counts = sentences["sentence_id"].value_counts()
    everywhere = set(counts.index[counts == counts.max()])
    mine = sentences[(sentences["lang"] == lang) & (sentences["unit"] == unit)].sort_values("sentence_id")
    pool = mine[mine["sentence_id"].isin(everywhere)]
    ids = sentences[(sentences["n_units"] >= 6) & (sentences["n_units"] <= 14)]["sentence_id"].value_counts()
    middling = pool[pool["sentence_id"].isin(set(ids.index[ids == counts.max()]))]
    row = (middling if len(middling) else pool if len(pool) else mine).iloc[0]
    return str(row["sentence_id"]), str(row["text"])
