"""Made-up tracked runs with known effects: planted order costs, seed and sentence variance, aligned languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from pipelines.audit import FIGURES
from reports.analysis import analyse
from reports.compose import compose
from reports.inputs import Inputs

COSTS = {
    "ko": {"reverse": 50.0, "local_3": 20.0, "shuffle": 40.0},
    "en": {"reverse": 70.0, "local_3": 30.0, "shuffle": 60.0},
}
UNITS = {"ko": "eojeol", "en": "word"}


def inputs(
    langs: tuple[str, ...] = ("ko", "en"),
    models: tuple[str, ...] = ("unigram", "bigram", "lstm"),
    seeds: int = 3,
    sentences: int = 40,
    contexts: tuple[int, ...] = (1, 2, 4, 8),
    costs: dict[str, dict[str, float]] | None = None,
    flagged: tuple[tuple[str, str, int], ...] = (),
    title: str = "Word order, made up",
    examples: dict[str, dict[str, list[str]]] | None = None,
    comparable: bool = True,
    documents: Callable[[str], str] = lambda name: "",
    seed: int = 0,
) -> Inputs:
    """Natural sentences cost 100 bits on average; an order adds its planted cost, a floor pays none."""
    generator = np.random.default_rng(seed)
    planted = costs or COSTS
    ids = [f"s{i:04d}" for i in range(sentences)]
    difficulty = generator.normal(0, 15, sentences)
    runs, rows = [], []
    for lang in langs:
        for model in models:
            for number in range(1 if model in ("unigram", "bigram") else seeds):
                run_id = f"{lang}{model}{number}x".ljust(32, "0")
                shift = generator.normal(0, 2)
                natural = 100 + difficulty + shift + generator.normal(0, 3, sentences)
                for order in ("natural", *planted[lang]):
                    cost = 0.0 if order == "natural" or model == "unigram" else planted[lang][order]
                    noise = generator.normal(0, 4, sentences) * (cost != 0) + generator.normal(0, 2) * (cost != 0)
                    rows += _rows(run_id, lang, model, number, order, ids, "surprisal", 0.0, natural + cost + noise)
                for context in contexts:
                    missing = 20.0 * 0.2 ** np.log2(context)
                    rows += _rows(
                        run_id, lang, model, number, "natural", ids, "truncation", float(context), natural + missing
                    )
                gate = "flagged: training diverged" if (lang, model, number) in flagged else "passed"
                runs.append(_run(run_id, lang, model, number, gate, tuple(planted[lang]), comparable))
    columns = [
        "run_id",
        "lang",
        "unit",
        "model",
        "seed",
        "train_order",
        "test_order",
        "sentence_id",
        "measure",
        "x",
        "value",
    ]
    facts = [
        {
            "lang": lang, "unit": UNITS[lang], "sentence_id": name, "document": documents(name), "n_words": 7, "n_units": 8, "n_tokens": 20, "n_chars": 30, "n_jamo": 60,
            "n_bytes": 80, **({"n_particle": 13, "n_morpheme": 15} if lang == "ko" else {"n_chunk": 5}), "log2_orders": 12.0 if lang == "ko" else 16.0, "text": "학생은 책을 읽었다.",
        }
        for lang in langs
        for name in ids
    ]  # fmt: skip
    about = {"name": "made_up", "title": title, "question": "How much?"}
    shown = pd.DataFrame(facts).assign(examples="")
    for lang, orders in (examples or {}).items():
        shown.loc[(shown["lang"] == lang) & (shown["sentence_id"] == ids[0]), "examples"] = json.dumps(orders)
        for run in (run for run in runs if run["lang"] == lang):
            for order, units in orders.items():
                for i in range(len(units) + 1):
                    rows += _rows(
                        run["run_id"],
                        lang,
                        run["model"],
                        run["seed"],
                        order,
                        ids[:1],
                        "unit_surprisal",
                        float(i),
                        [i + 1.5],
                    )
    tables = pd.DataFrame(runs), pd.DataFrame(rows, columns=columns), shown, _audits(langs)
    return Inputs(about, *(table.assign(condition="") for table in tables))


def _audits(langs: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "lang": lang,
                "unit": UNITS[lang],
                "order": order,
                "length": length,
                **dict.fromkeys(FIGURES, 0.25),
                "sentences": 20,
            }
            for lang in langs
            for order in ("natural", "shuffle")
            for length in ("5–6", "7–9", "all")
        ]
    )


def _rows(run_id, lang, model, seed, order, ids, measure, x, values):  # type: ignore[no-untyped-def]
    return [
        (run_id, lang, UNITS[lang], model, seed, "natural", order, name, measure, x, float(value))
        for name, value in zip(ids, values, strict=True)
    ]


def _run(
    run_id: str, lang: str, model: str, seed: int, gate: str, orders: tuple[str, ...], comparable: bool
) -> dict[str, object]:
    study = {
        "perturbation_seed": 0, "training": {"epochs": 3}, "sizes": {"units": 8}, "match": "parameters", "vocabulary": 100,
        "family": ["order_cost", "between_languages"],
    }  # fmt: skip
    audits = {  # no unit of these runs is attached to another
        f"metric.audit.{order}.{name}": 0.5
        for order in ("natural", *orders)
        for name in FIGURES
        if name != "host_separation"
    }
    return {
        "run_id": run_id, "cell": "c" * 64, "study": "made_up", "preset": "quick", "corpus": "grammar", "corpus_sha256": "a" * 64,
        "lang": lang, "unit": UNITS[lang], "model": model, "train_order": "natural", "seed": seed, "design": "d" * 64,
        "invocation": "i", "git": "abc", "gate": gate, "parameters": 1000, "recurrent_parameters": 500,
        "settings": json.dumps({"study": study, "comparable": comparable}), "versions": json.dumps({"keras": "3"}),
        "machine": json.dumps({"processor": "made up"}), "command": "eosun run made_up", "wall_s": 1.0, "metric.valid_bits": 99.0,
        "metric.epochs": 3.0, "metric.byte_fallback": 0.0, "metric.vocabulary": 100.0, "metric.margin_over_bigram": 0.2, "metric.margin_over_ngram_5": 0.05, **audits,
    }  # fmt: skip


def titles(given: Inputs) -> list[str]:
    """The titles of a report's sections, in English."""
    return [section.title for section in compose(given, analyse(given)).sections]


def with_shuffled(given: Inputs, shuffled: dict[str, float]) -> Inputs:
    """The made-up runs, with models trained on shuffled text (so many bits over natural) and a floor at 160 bits."""
    runs, rows = [given.runs], [given.observations]
    for run in given.runs.to_dict("records"):
        floor = run["model"] == "unigram"
        if not floor and run["model"] != "lstm":
            continue
        own = given.observations[
            (given.observations["run_id"] == run["run_id"]) & (given.observations["measure"] == "surprisal")
        ]
        natural = own[own["test_order"] == "natural"].set_index("sentence_id")["value"]
        base = natural + (60.0 if floor else shuffled[run["lang"]])
        changed = {"run_id": run["run_id"][::-1] + "x"}
        changed |= {"model": "unit_unigram"} if floor else {"train_order": "shuffle"}
        runs.append(pd.DataFrame([{**run, **changed}]))
        rows.append(own.assign(value=own["sentence_id"].map(base), **changed))
    return replace(given, runs=pd.concat(runs, ignore_index=True), observations=pd.concat(rows, ignore_index=True))
