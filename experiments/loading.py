"""A tracked run's network, ready to score text again."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from experiments.cells import Cell
from experiments.engine import ONE_THREAD
from experiments.errors import StudyError
from experiments.material import study_of
from experiments.models import get_model
from experiments.packing import Passages, passages, right_to_left
from experiments.reproduce import recorded_cell
from experiments.results import RESULTS
from experiments.study import Study
from experiments.tracking import open_store
from pipelines.cutting import cut_texts
from pipelines.encoding import Encoded, encode
from pipelines.sequences import Sequences
from pipelines.units import get_unit
from pipelines.vocabulary import Vocabulary

if TYPE_CHECKING:
    from experiments.trainer import Network


@dataclass(frozen=True)
class Loaded:
    """A language model as it was tracked: its cell, its study, its network and its vocabulary."""

    cell: Cell
    study: Study
    network: Network
    vocabulary: Vocabulary

    def encoded(self, texts: list[str]) -> Encoded:
        """Texts as the model's pieces, cut and normalised as its corpus was."""
        unit, lang, study = get_unit(self.cell.unit, self.cell.lang), self.cell.lang, self.study
        cut = cut_texts(texts, lang, unit, lower=study.lower, transform=study.transforms.get(lang, "none"))
        return encode(unit, cut.units, self.vocabulary, keep_final=study.keep_final)

    def passages(self, encoded: Encoded) -> Passages:
        """Each text as a passage of its own, right to left for a model that reads so."""
        given = sequences_of(encoded)
        return passages(right_to_left(given) if get_model(self.cell.model).direction == "backward" else given)


def sequences_of(encoded: Encoded) -> Sequences:
    units, sentences = (np.concatenate([[0], np.cumsum(sizes)]) for sizes in (encoded.sizes, encoded.counts))
    return Sequences(encoded.ids, units.astype(np.int64), sentences.astype(np.int64))


def load_language_model(run_id: str) -> Loaded:
    """The language model of a tracked run. StudyError where the run kept no network, or a classifier."""
    store = open_store()
    run = store.run(run_id)
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room)
        results = json.loads(store.download(run, RESULTS, folder).read_text(encoding="utf-8"))
        _check(recorded_cell(results), run_id)
        for name in ("model.weights.h5", "vocabulary.model"):
            store.download(run, name, folder)
        return load_from(folder)


def _check(cell: Cell, run_id: str) -> None:
    if not get_model(cell.model).network:
        raise StudyError(f"The run {run_id} is a {cell.model} floor, which keeps no model: choose a run of a network.")
    if study_of(cell).classifies:
        raise StudyError(f"The run {run_id} is a classifier, which gives no surprisal of text: choose another run.")


def load_from(folder: Path) -> Loaded:
    """The language model whose results, weights and vocabulary lie in a folder, on one thread as it was trained."""
    os.environ.update(ONE_THREAD)
    results = json.loads((folder / RESULTS).read_text(encoding="utf-8"))
    cell = recorded_cell(results)
    study = study_of(cell)
    vocabulary = Vocabulary((folder / "vocabulary.model").read_bytes())
    from experiments.trainer import fix_runtime, new_language_model

    fix_runtime()
    network = new_language_model(get_model(cell.model), len(vocabulary), study, results["units"], cell.seed)
    network.model.load_weights(folder / "model.weights.h5")
    return Loaded(cell, study, network, vocabulary)
