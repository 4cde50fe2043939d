"""One export of a study's tracked runs: what reports read, and what anyone can take elsewhere."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from experiments.errors import StudyError
from experiments.results import RESULTS
from experiments.study import study_names
from experiments.tracking import Store, open_store

if TYPE_CHECKING:
    from mlflow.entities import Run

Loaded = TypeVar("Loaded")
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
NUMBERS = ("x", "value")
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


def untracked(study: str) -> StudyError:
    """What to say of a study without runs: how to run it, or that none is known by its name."""
    if study in study_names():
        remedy = f"run `make experiment LANG=ko STUDY={study}` first."
    else:
        remedy = "`eosun studies` lists the names there are; one of your own is run by its file, `eosun run FILE.yaml`."
    return StudyError(f'Nothing is tracked for the study "{study}": {remedy}')


def newest_design(store: Store, study: str) -> str:
    """The design of the study's most recent run; StudyError where nothing is tracked."""
    run = store.newest(study)
    if run is None:
        raise untracked(study)
    return str(run.data.tags["design"])


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
    results = {cell: _results(store, run) for cell, run in first.items()}
    rows = {cell: _run_row(first[cell], results[cell]) for cell in first}
    axes = ("lang", "unit", "model", "train_order", "condition", "seed", "run_id")
    cells = sorted(first, key=lambda cell: tuple(rows[cell][name] for name in axes))
    sides: dict[tuple[str, ...], str] = {}
    for cell in sorted(first):
        sides.setdefault(tuple(rows[cell][name] for name in ("lang", "unit", "condition")), cell)
    sentences = [
        _table(store, first[cell], "sentences.parquet").assign(condition=condition)
        for (_, _, condition), cell in sorted(sides.items())
    ]
    audits = [
        _table(store, first[cell], "audits.parquet").assign(lang=lang, unit=unit, condition=condition)
        for (lang, unit, condition), cell in sorted(sides.items())
    ]
    return Export(
        study,
        design,
        results[max(first)]["cell"]["settings"],
        pd.DataFrame([rows[cell] for cell in cells]),
        _observations([_arrow(store, first[cell], "observations.parquet") for cell in cells], [rows[c] for c in cells]),
        pd.concat(sentences, ignore_index=True),
        pd.concat(audits, ignore_index=True),
    )


def _observations(tables: list[pa.Table], rows: list[dict[str, Any]]) -> pd.DataFrame:
    """The long table: every run's rows as it measured them, under the run's axes; names are categories, sorted."""
    run = np.repeat(np.arange(len(tables), dtype=np.int32), [len(table) for table in tables])
    whole = pa.concat_tables(tables, promote_options="permissive")
    columns: dict[str, Any] = {}
    for name in OBSERVATION_COLUMNS:
        if name in NUMBERS:
            columns[name] = whole[name].to_numpy().astype(float, copy=False)
        elif name in whole.column_names:
            coded = whole[name].unify_dictionaries().combine_chunks()
            coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
            columns[name] = _categories(np.asarray(coded.indices), coded.dictionary.to_pylist())
        elif name == "seed":
            columns[name] = np.asarray([row[name] for row in rows])[run]
        else:
            columns[name] = _categories(run, [row[name] for row in rows])
    return pd.DataFrame(columns, copy=False)


def _categories(codes: NDArray[Any], names: list[str]) -> pd.Categorical[Any]:
    """Names by their codes, with the categories in the order of the alphabet."""
    known = sorted(set(names))
    place = {name: i for i, name in enumerate(known)}
    small = np.int8 if len(known) < 2**7 else np.int16 if len(known) < 2**15 else np.int32
    places = np.asarray([place[name] for name in names], small)
    return pd.Categorical.from_codes(places[codes], pd.Index(known), validate=False)


def _read(store: Store, run: Run, name: str, load: Callable[[Path], Loaded]) -> Loaded:
    """One artifact of a run, read where it lies or downloaded from a server."""
    here = store.file_of(run, name)
    if here is not None:
        return load(here)
    with tempfile.TemporaryDirectory() as room:
        return load(store.download(run, name, Path(room)))


def _arrow(store: Store, run: Run, name: str) -> pa.Table:
    """A table whose names are read as codes: what thousands of runs have in common is never written out."""

    def load(path: Path) -> pa.Table:
        file = pq.ParquetFile(path, read_dictionary=["test_order", "sentence_id", "measure"])
        return file.read(use_threads=False).replace_schema_metadata()

    return _read(store, run, name, load)


def _table(store: Store, run: Run, name: str) -> pd.DataFrame:
    return _read(store, run, name, pd.read_parquet)


def _results(store: Store, run: Run) -> dict[str, Any]:
    return _read(store, run, RESULTS, lambda path: dict(json.loads(path.read_text(encoding="utf-8"))))


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
