"""Running one cell: fit, measure, and leave the results in a folder. Runs in a process of its own."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.cells import TUNING, Cell
from experiments.fitting import Progress, fit
from experiments.material import Material, audits_of, facts_of, material_of
from experiments.measures import Subject, measures_of
from experiments.measures.gates import time_constants
from experiments.measures.past import check_targets
from experiments.results import RESULTS
from pipelines.audit import FIGURES
from pipelines.dataset import Dataset
from pipelines.sequences import fallback_share

BY_LENGTH = ("kept_bigrams", "kendall_tau", "identical")
"""Audit figures that are tracked as curves over sentence length."""


def run_cell(
    cell: Cell, datasets: dict[str, Dataset], folder: Path, progress: Progress, checkpoints: Path | None = None
) -> None:
    """Fit and measure one cell; write `observations.parquet`, `sentences.parquet`, `results.json` and the model.

    `folder` exists and is empty. The numbers depend on the cell alone, also where a training that was killed goes on
    from its `checkpoints`. A cell that is only for tuning is fitted and not measured: it never sees the test split.
    """
    started = time.perf_counter()
    material = material_of(cell, datasets)
    check_targets(material)
    fitted = fit(cell, material, folder, checkpoints, progress)
    results: dict[str, Any] = {
        "cell": cell.record(),
        "sha256": cell.sha256,
        "gate": fitted.gate,
        "parameters": fitted.weights,
        "recurrent_parameters": fitted.matched,
        "units": fitted.units,
        "metrics": fitted.metrics,
        "curves": fitted.curves,
        "seconds": fitted.seconds,
    }
    if cell.settings.get("purpose") != TUNING:
        progress(1.0, "measuring")
        begun = time.perf_counter()
        subject = Subject(fitted.scorer, material)
        tables = [function(subject) for function in measures_of(material.study.task).values()]
        observations = pd.concat(tables, ignore_index=True)
        observations["x"] = observations["x"].astype(float)
        observations.to_parquet(folder / "observations.parquet", index=False)
        facts_of(material).to_parquet(folder / "sentences.parquet", index=False)
        audits = audits_of(material, cell.train_order)
        audits.to_parquet(folder / "audits.parquet", index=False)
        results["metrics"] |= {**_summary(observations), **_corpus_metrics(material), **_audit_metrics(audits)}
        results["metrics"] |= time_constants(subject)
        results["curves"] |= {**_recency_curve(observations), **_audit_curves(audits)}
        results["seconds"] |= {"measuring": time.perf_counter() - begun}
    results["wall_s"] = time.perf_counter() - started
    text = json.dumps(results, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / RESULTS).write_text(text, encoding="utf-8")
    if checkpoints:
        shutil.rmtree(checkpoints, ignore_errors=True)


def _summary(observations: pd.DataFrame) -> dict[str, float]:
    """Mean bits per sentence and mean order cost of every test order; of a classifier its accuracy too."""
    rows = observations[observations["measure"] == "surprisal"]
    means = rows.groupby("test_order", sort=False)["value"].mean()
    bits = {f"bits_per_sentence.{order}": float(value) for order, value in means.items()}
    costs = {
        f"order_cost.{order}": float(value - means["natural"]) for order, value in means.items() if order != "natural"
    }
    right = observations[observations["measure"] == "correct"].groupby("test_order", sort=False)["value"].mean()
    return bits | costs | {f"accuracy.{order}": float(share) for order, share in right.items()}


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
