"""Running one cell: train, measure, and leave the results in a folder. Runs in a process of its own."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.cells import Cell, dataset_name
from experiments.measures import Scorer, Subject, all_measures, sum_by_passage
from experiments.models import FLOORS
from experiments.models.floors import FLOOR_MODELS, Bigram, Unigram
from experiments.models.sizes import matched_units, matched_weights
from experiments.packing import Passages, passages
from experiments.study import Study
from pipelines.audit import FIGURES
from pipelines.audit_text import by_length
from pipelines.dataset import Dataset
from pipelines.layout import Indices
from pipelines.orders import get_order
from pipelines.selection import select
from pipelines.sequences import audited, ceilings, fallback_share, gather, shown, texts_of
from pipelines.unit_counts import unit_counts

Progress = Callable[[float, str], None]
RESULTS = "results.json"
BY_LENGTH = ("kept_bigrams", "kendall_tau", "identical")
"""Audit figures that are tracked as curves over sentence length."""
EXAMPLES = 50
"""Test sentences that are kept as text in every order, for a report to show one."""


@dataclass(frozen=True)
class Material:
    """The sentences of a cell: its dataset, and the numbers of its sentences by split."""

    study: Study
    dataset: Dataset
    numbers: dict[str, Indices]

    def passages(self, split: str, order: str, draw: int = 0) -> Passages:
        seed = self.study.perturbation_seed
        return passages(gather(self.dataset, self.numbers[split], get_order(order), seed=seed, draw=draw))


def study_of(cell: Cell) -> Study:
    """The study a cell was planned from, as far as it matters to the cell."""
    fields = {"name": "cell", "title": "", "question": "", "models": [cell.model], "languages": [cell.lang]}
    return Study.model_validate({**cell.settings["study"], **fields})


def material_of(cell: Cell, datasets: dict[str, Dataset]) -> Material:
    """The cell's sentences: the same ids in every dataset of the design."""
    study = study_of(cell)
    own = datasets[dataset_name(cell.lang, cell.unit)]
    beside = [dataset for dataset in datasets.values() if dataset is not own]
    most = {"train": study.sample.train, "valid": study.sample.valid, "test": study.sample.test}
    numbers = select(own, beside, words=study.sample.words, most_tokens=study.training.row - 1, most=most)
    return Material(study, own, numbers)


def run_cell(cell: Cell, datasets: dict[str, Dataset], folder: Path, progress: Progress) -> None:
    """Train and measure one cell; write `observations.parquet`, `sentences.parquet`, `results.json` and the model.

    `folder` exists and is empty. The numbers depend on the cell alone.
    """
    started = time.perf_counter()
    material = material_of(cell, datasets)
    trained = _floor(cell, material) if cell.model in FLOORS else _network(cell, material, folder, progress)
    progress(1.0, "measuring")
    subject = Subject(trained.scorer, material.dataset, material.numbers["test"], material.study)
    observations = pd.concat([function(subject) for function in all_measures().values()], ignore_index=True)
    observations["x"] = observations["x"].astype(float)
    observations.to_parquet(folder / "observations.parquet", index=False)
    facts = facts_of(material)
    facts.to_parquet(folder / "sentences.parquet", index=False)
    audits = audits_of(material)
    audits.to_parquet(folder / "audits.parquet", index=False)
    results = {
        "cell": cell.record(),
        "sha256": cell.sha256,
        "gate": trained.gate,
        "parameters": trained.weights,
        "recurrent_parameters": trained.recurrent,
        "units": trained.units,
        "metrics": {**trained.metrics, **_summary(observations), **_corpus_metrics(material), **_audit_metrics(audits)},
        "curves": {**trained.curves, **_recency_curve(observations), **_audit_curves(audits)},
        "wall_s": time.perf_counter() - started,
        "seconds": trained.seconds,
    }
    text = json.dumps(results, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / RESULTS).write_text(text, encoding="utf-8")


@dataclass(frozen=True)
class Trained:
    """A model ready to be measured, and what is known of its training."""

    scorer: Scorer
    gate: str
    weights: int
    recurrent: int
    units: int
    metrics: dict[str, float]
    curves: dict[str, list[tuple[int, float]]]
    seconds: dict[str, float]


def _bits(scorer: Scorer, given: Passages) -> float:
    """Mean bits per sentence."""
    return float(np.mean(sum_by_passage(scorer.bits(given), given)))


def _floor(cell: Cell, material: Material) -> Trained:
    floor = FLOOR_MODELS[cell.model](material.passages("train", cell.train_order), material.dataset.pieces)
    valid = _bits(floor, material.passages("valid", cell.train_order))
    return Trained(floor, "passed", floor.weights, 0, 0, {"valid_bits": valid}, {}, {})


def _network(cell: Cell, material: Material, folder: Path, progress: Progress) -> Trained:
    from experiments.trainer import fix_runtime, new_network, train

    fix_runtime()
    study = material.study
    units = matched_units(cell.model, study.sizes.embedding, study.sizes.units, study.match)
    pieces = material.dataset.pieces
    network = new_network(cell.model, pieces, study.sizes.embedding, units, study.training, cell.seed)
    valid = material.passages("valid", cell.train_order)
    history = train(
        network,
        lambda epoch: material.passages("train", cell.train_order, draw=epoch),
        valid,
        study.training,
        cell.seed,
        progress,
    )
    network.model.save_weights(folder / "model.weights.h5")
    (folder / "vocabulary.model").write_bytes((material.dataset.folder / "vocabulary.model").read_bytes())
    first = material.passages("train", cell.train_order)
    floors = {name: _bits(model(first, pieces), valid) for name, model in (("unigram", Unigram), ("bigram", Bigram))}
    best = history.valid_bits[history.best_epoch]
    return Trained(
        network,
        _gate(history.diverged, best, floors, study.gate.margin),
        network.weights,
        matched_weights(cell.model, study.sizes.embedding, units),
        units,
        {
            "valid_bits": best,
            "epochs": float(len(history.train_bits)),
            "best_epoch": float(history.best_epoch),
            "steps": float(history.steps),
            **{f"valid_bits.{name}": bits for name, bits in floors.items()},
            "margin_over_bigram": 1.0 - best / floors["bigram"],
        },
        {
            "learning.valid_bits": list(enumerate(history.valid_bits)),
            "learning.train_bits_per_piece": list(enumerate(history.train_bits, 1)),
            "learning.rate": list(enumerate(history.learning_rates, 1)),
        },
        {"training": history.seconds, "pieces_per_second": history.tokens / max(history.seconds, 1e-9)},
    )


def _gate(diverged: bool, best: float, floors: dict[str, float], margin: float) -> str:
    if diverged:
        return "flagged: training diverged"
    if best > floors["unigram"]:
        return "flagged: worse than the unigram floor"
    if best > (1.0 - margin) * floors["bigram"]:
        return f"flagged: does not beat the bigram floor by {100 * margin:g} %"
    return "passed"


def _summary(observations: pd.DataFrame) -> dict[str, float]:
    """Mean bits per sentence and mean order cost of every test order."""
    rows = observations[observations["measure"] == "surprisal"]
    means = rows.groupby("test_order", sort=False)["value"].mean()
    bits = {f"bits_per_sentence.{order}": float(value) for order, value in means.items()}
    costs = {
        f"order_cost.{order}": float(value - means["natural"]) for order, value in means.items() if order != "natural"
    }
    return bits | costs


def _recency_curve(observations: pd.DataFrame) -> dict[str, list[tuple[int, float]]]:
    rows = observations[observations["measure"] == "truncation"]
    means = rows.groupby("x")["value"].mean()
    points = [(int(x), float(bits)) for x, bits in zip(means.index.to_numpy(), means.to_numpy(), strict=True)]
    return {"recency.bits_per_sentence": points} if points else {}


def _corpus_metrics(material: Material) -> dict[str, float]:
    """Sizes of the splits and of the vocabulary, and the share of byte pieces."""
    dataset, numbers = material.dataset, material.numbers
    figures: dict[str, float] = {f"{split}_sentences": float(len(chosen)) for split, chosen in numbers.items()}
    figures["train_pieces"] = float((dataset.facts["n_tokens"].to_numpy()[numbers["train"]]).sum())
    figures["byte_fallback"] = fallback_share(dataset, numbers["test"])
    figures["vocabulary"] = float(dataset.pieces)
    return figures


def audits_of(material: Material) -> pd.DataFrame:
    """What every order of the study did to the test sentences, by sentence length (means over the draws): one row an
    order and length, columns order, length, and `audit.FIGURES`."""
    study, dataset, numbers = material.study, material.dataset, material.numbers["test"]
    tables = []
    for name in dict.fromkeys((*study.test_orders, *study.train_orders)):
        batch, same = audited(dataset, numbers, get_order(name))
        found = by_length(batch, get_order(name), same, seed=study.perturbation_seed, draws=study.draws)
        tables.append(found.assign(order=name))
    table = pd.concat(tables, ignore_index=True)
    return table[["order", "length", *FIGURES]]


def _audit_metrics(audits: pd.DataFrame) -> dict[str, float]:
    whole = audits[audits["length"] == "all"]
    return {
        f"audit.{row['order']}.{figure}": float(row[figure]) for row in whole.to_dict("records") for figure in FIGURES
    }


def _audit_curves(audits: pd.DataFrame) -> dict[str, list[tuple[int, float]]]:
    """By order, a few figures over the shortest length of each bin."""
    curves: dict[str, list[tuple[int, float]]] = {}
    for row in audits[audits["length"] != "all"].to_dict("records"):
        step = int(row["length"].rstrip("+").split("–")[0])
        for figure in BY_LENGTH if row["order"] != "natural" else ():
            curves.setdefault(f"audit.{row['order']}.{figure}_by_length", []).append((step, float(row[figure])))
    return curves


def facts_of(material: Material) -> pd.DataFrame:
    """One row a test sentence: its sizes, the ceiling of what its order can cost, and its text as the model saw it."""
    dataset, numbers = material.dataset, material.numbers["test"]
    facts: pd.DataFrame = dataset.facts.take(numbers).drop_columns(["split"]).to_pandas()
    facts.insert(0, "lang", dataset.lang)
    facts.insert(1, "unit", dataset.recipe.unit)
    texts = texts_of(dataset, numbers)
    for name, counts in unit_counts(texts, dataset.lang, dataset.recipe.transform).items():
        facts[f"n_{name}"] = counts
    facts["log2_orders"] = ceilings(dataset, numbers)
    facts["text"] = texts
    facts["examples"] = [*_examples(material, numbers[:EXAMPLES]), *([""] * max(len(numbers) - EXAMPLES, 0))]
    return facts


def _examples(material: Material, numbers: Indices) -> list[str]:
    """Of each of some test sentences, its text in every test order, as a JSON object."""
    study, dataset = material.study, material.dataset
    texts = [shown(dataset, numbers, get_order(name), seed=study.perturbation_seed) for name in study.test_orders]
    return [
        json.dumps(dict(zip(study.test_orders, row, strict=True)), ensure_ascii=False)
        for row in zip(*texts, strict=True)
    ]
