"""One export of a study's tracked runs: what reports read, and what anyone can take elsewhere."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.errors import StudyError
from experiments.tracking import Store, open_store

if TYPE_CHECKING:
    from mlflow.entities import Run

OBSERVATION_COLUMNS = [
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
    "condition",
]
_TAGS = (
    "cell",
    "study",
    "preset",
    "corpus",
    "corpus_sha256",
    "lang",
    "unit",
    "model",
    "design",
    "invocation",
    "git",
    "gate",
    "versions",
    "machine",
    "command",
)


@dataclass(frozen=True)
class Export:
    """The tracked runs of one design of a study.

    runs: one row a run; observations: the long table; sentences: one row a language, unit, condition and test sentence;
    settings: what the cells of the design share.
    """

    study: str
    design: str
    settings: dict[str, Any]
    runs: pd.DataFrame
    observations: pd.DataFrame
    sentences: pd.DataFrame
    audits: pd.DataFrame


def newest_design(store: Store, study: str) -> str:
    """The design of the study's most recent run; StudyError where nothing is tracked."""
    runs = store.runs(study)
    if not runs:
        raise StudyError(
            f'Nothing is tracked for the study "{study}": run `make experiment LANG=ko STUDY={study}` first.'
        )
    return str(max(runs, key=lambda run: (run.info.start_time, run.info.run_id)).data.tags["design"])


def export(
    study: str, design: str | None = None, store: Store | None = None, only: Collection[str] | None = None
) -> Export:
    """All finished runs of a study's design (the newest one unless named) as tables, in a fixed order.

    Where a cell was tracked twice, the first run stands. only: run ids, where not all runs are asked for; StudyError if
    one of them is not there.
    """
    store = store or open_store()
    design = design or newest_design(store, study)
    first: dict[str, Run] = {}
    for run in store.runs(study, f"tags.design = '{design}'"):
        if only is None or run.info.run_id in only:
            first.setdefault(run.data.tags["cell"], run)
    missing = sorted(set(only or ()) - {run.info.run_id for run in first.values()})
    if missing:
        raise StudyError(f'The study "{study}" has no finished run {missing[0]} of design {design[:12]}.')
    if not first:
        raise StudyError(f'The study "{study}" has no finished run of design {design[:12]}.')
    rows: list[dict[str, Any]] = []
    observations: list[pd.DataFrame] = []
    sentences: dict[tuple[str, ...], pd.DataFrame] = {}
    audits: dict[tuple[str, ...], pd.DataFrame] = {}
    settings: dict[str, Any] = {}
    for cell in sorted(first):
        run = first[cell]
        tables = _tables(store, run)
        rows.append(_run_row(run, tables.results))
        settings = tables.results["cell"]["settings"]
        row = rows[-1]
        observations.append(
            tables.observations.assign(
                **{key: row[key] for key in ("run_id", "lang", "unit", "model", "seed", "train_order", "condition")}
            )
        )
        place = {key: row[key] for key in ("lang", "unit", "condition")}
        sentences.setdefault(tuple(place.values()), tables.sentences.assign(condition=row["condition"]))
        audits.setdefault(tuple(place.values()), tables.audits.assign(**place))
    axes = ["lang", "unit", "model", "train_order", "condition", "seed"]
    return Export(
        study,
        design,
        settings,
        pd.DataFrame(rows).sort_values(axes, ignore_index=True),
        pd.concat(observations, ignore_index=True)[OBSERVATION_COLUMNS].sort_values(
            [*axes, "measure", "test_order", "x", "sentence_id"], ignore_index=True
        ),
        pd.concat([sentences[key] for key in sorted(sentences)], ignore_index=True),
        pd.concat([audits[key] for key in sorted(audits)], ignore_index=True),
    )


@dataclass(frozen=True)
class _Tables:
    """The artifacts of one run that are exported."""

    observations: pd.DataFrame
    sentences: pd.DataFrame
    audits: pd.DataFrame
    results: dict[str, Any]


def _tables(store: Store, run: Run) -> _Tables:
    """A run's observations, sentence facts, audits and results, read where they lie or downloaded from a server."""
    with tempfile.TemporaryDirectory() as room:
        root = run.info.artifact_uri or ""
        here = Path(root.removeprefix("file://")) if root.startswith("file://") else None

        def path(name: str) -> Path:
            return here / name if here and (here / name).is_file() else store.download(run, name, Path(room))

        return _Tables(
            pd.read_parquet(path("observations.parquet")),
            pd.read_parquet(path("sentences.parquet")),
            pd.read_parquet(path("audits.parquet")),
            json.loads(path("results.json").read_text(encoding="utf-8")),
        )


def _run_row(run: Run, results: dict[str, Any]) -> dict[str, Any]:
    cell, tags = results["cell"], run.data.tags
    return {
        "run_id": run.info.run_id,
        "experiment": run.info.experiment_id,
        **{name: tags.get(name, "") for name in _TAGS},
        "train_order": cell["train_order"],
        "condition": cell["condition"],
        "seed": int(cell["seed"]),
        "parameters": int(results["parameters"]),
        "recurrent_parameters": int(results["recurrent_parameters"]),
        "units": int(results["units"]),
        "settings": json.dumps(cell["settings"], sort_keys=True, ensure_ascii=False),
        "wall_s": float(results["wall_s"]),
        **{f"metric.{key}": float(value) for key, value in sorted(results["metrics"].items())},
    }


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as Parquet or CSV, by the file's ending; whole or not at all."""
    if path.suffix not in (".parquet", ".csv"):
        raise StudyError(f"{path.name}: the ending must be .parquet or .csv.")
    if not path.parent.is_dir():
        raise StudyError(f"There is no folder {path.parent} to write {path.name} into.")
    draft = path.with_name(f".{path.name}.draft")
    try:
        if path.suffix == ".parquet":
            table.to_parquet(draft, index=False)
        else:
            table.to_csv(draft, index=False)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
