"""Tracked networks as MLflow models: text in, bits per sentence out, in any process of this environment."""

from __future__ import annotations

import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.results import RESULTS, Results
from experiments.tracking import Store

if TYPE_CHECKING:
    from mlflow.entities import Run

    from experiments.loading import Loaded

NAME = "model"
FILES = (RESULTS, "model.weights.h5", "vocabulary.model")
NEEDED = ("tensorflow", "keras", "numpy", "pandas", "sentencepiece")
TEXT, BITS = "text", "bits"


class Surprisal:
    """What `mlflow.pyfunc` calls: a table with a column `text`, a sentence a row; back come its bits, end of sentence
    included, in the same order and under the same index. Blank text has none (not a number)."""

    def __init__(self, model: Loaded) -> None:
        self.model = model

    def predict(self, given: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        from experiments.score import sentence_bits

        texts = [str(text) for text in given[TEXT]]
        told = [bool(text.strip()) for text in texts]
        bits = np.full(len(texts), np.nan)
        if any(told):
            bits[told] = sentence_bits(self.model, [text for text in texts if text.strip()])
        return pd.DataFrame({BITS: bits}, index=given.index)


def _load_pyfunc(folder: str) -> Surprisal:
    """Called by MLflow with the folder of the model's files."""
    from experiments.loading import load_from

    return Surprisal(load_from(Path(folder)))


def can_be_served(results: Results) -> bool:
    """Whether a cell left a language model: floors keep none, and classifiers give no surprisal."""
    study = results.found["cell"]["settings"]["study"]
    return (results.folder / FILES[1]).is_file() and study["task"] in ("sentences", "documents")


def add_models(store: Store, runs: list[Run]) -> int:
    """Log the models of tracked runs that have none yet, from the files that the runs keep; returns how many."""
    added = 0
    for run in runs:
        if (run.outputs and run.outputs.model_outputs) or not run.data.metrics.get("size/units"):
            continue
        with tempfile.TemporaryDirectory() as room, store.answering():
            folder = Path(store.client.download_artifacts(run.info.run_id, "", room))
            added += bool(log_model(store, run.info.run_id, folder))
    return added


def log_model(store: Store, run_id: str, folder: Path) -> str:
    """Log a cell's language model with its signature as the model of its run; returns its id, "" where there is none.

    `mlflow.pyfunc.load_model("runs:/RUN_ID/model")` loads it. Logged once: a run that has one keeps it.
    """
    from mlflow.entities import LoggedModelOutput
    from mlflow.models import Model, ModelSignature
    from mlflow.pyfunc import save_model
    from mlflow.types import ColSpec, DataType, Schema

    results = Results.of(folder)
    run = store.client.get_run(run_id)
    there = run.outputs.model_outputs if run.outputs else []
    if there or not can_be_served(results):
        return str(there[0].model_id) if there else ""
    made = store.client.create_logged_model(run.info.experiment_id, NAME, run_id, params=run.data.params)
    example = pd.read_parquet(folder / "sentences.parquet", columns=[TEXT]).head(1)
    signature = ModelSignature(Schema([ColSpec(DataType.string, TEXT)]), Schema([ColSpec(DataType.double, BITS)]))
    with tempfile.TemporaryDirectory() as room:
        data = Path(room) / "data"
        data.mkdir()
        for name in FILES:
            (data / name).write_bytes((folder / name).read_bytes())
        save_model(
            f"{room}/saved",
            loader_module=__name__,
            data_path=str(data),
            mlflow_model=Model(NAME, run_id, model_id=made.model_id, model_uuid=made.model_id),
            signature=signature,
            input_example=example,
            pip_requirements=[f"{name}=={version(name)}" for name in NEEDED],
        )
        store.client.log_model_artifacts(made.model_id, f"{room}/saved")
    store.client.finalize_logged_model(made.model_id, "READY")
    store.client.log_outputs(run_id, [LoggedModelOutput(made.model_id, 0)])
    return str(made.model_id)
