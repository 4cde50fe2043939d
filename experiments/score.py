"""Scoring sentences with a tracked model: bits per sentence and per unit."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corpora.errors import CorpusError
from experiments.engine import ONE_THREAD
from experiments.errors import StudyError
from experiments.measures import sum_by_passage
from experiments.models import FLOORS
from experiments.packing import passages
from experiments.reproduce import recorded_cell
from experiments.tracking import open_store
from pipelines.normalise import MARK, normalise
from pipelines.sequences import Sequences
from pipelines.units import get_unit
from pipelines.vocabulary import Vocabulary


@dataclass(frozen=True)
class _Cut:
    """Sentences as units and pieces: units [sentences][units], sequences for the model."""

    units: list[list[str]]
    sequences: Sequences


def read_lines(path: Path) -> list[str]:
    """The lines of a UTF-8 file, one sentence each; CorpusError names the first line that is not UTF-8."""
    if not path.is_file():
        raise CorpusError(f"There is no file {path}.")
    lines = []
    for number, raw in enumerate(path.read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines(), 1):
        try:
            lines.append(raw.decode("utf-8"))
        except UnicodeDecodeError:
            raise CorpusError(f"{path}, line {number}: not UTF-8. Convert the file to UTF-8 first.") from None
    if not any(line.strip() for line in lines):
        raise CorpusError(f"{path} holds no sentence.")
    return lines


def score(run_id: str, lines: list[str]) -> pd.DataFrame:
    """Surprisal of every line by the model of a run: columns line, text, unit, position, bits.

    Rows with position −1 hold the whole sentence, end of sentence included; the others one unit each, the last one
    the end of the sentence (written `</s>`). Blank lines are skipped; `line` counts from 1.
    """
    import os

    os.environ.update(ONE_THREAD)
    store = open_store()
    run = store.run(run_id)
    with tempfile.TemporaryDirectory() as room:
        results = json.loads(store.download(run, "results.json", Path(room)).read_text(encoding="utf-8"))
        cell = recorded_cell(results)
        if cell.model in FLOORS:
            raise StudyError(
                f"The run {run_id} is a {cell.model} floor, which keeps no model: choose an rnn, gru or lstm run."
            )
        weights = store.download(run, "model.weights.h5", Path(room))
        vocabulary = Vocabulary(store.download(run, "vocabulary.model", Path(room)))
        numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
        declared = cell.settings["study"]
        cut = _cut([line for _, line in numbered], cell.lang, cell.unit, declared["lower"], vocabulary)
        given = passages(cut.sequences)
        from experiments.study import Training
        from experiments.trainer import fix_runtime, new_network

        fix_runtime()
        longest = int(given.lengths.max())
        training = Training(**{**declared["training"], "row": max(declared["training"]["row"], longest)})
        network = new_network(
            cell.model, len(vocabulary), declared["sizes"]["embedding"], results["units"], training, cell.seed
        )
        network.model.load_weights(weights)
        bits = network.bits(given)
    return _long(numbered, cut, bits, sum_by_passage(bits, given))


def _cut(texts: list[str], lang: str, unit: str, lower: bool, vocabulary: Vocabulary) -> _Cut:
    units = get_unit(unit, lang).segment([normalise(text, lang, lower=lower) for text in texts])
    pieces = vocabulary.encode([piece for sentence in units for piece in sentence])
    unit_ends = np.cumsum([0, *map(len, pieces)])
    sentence_ends = np.cumsum([0, *map(len, units)])
    ids = np.fromiter((i for piece in pieces for i in piece), np.int32)
    return _Cut(units, Sequences(ids, unit_ends.astype(np.int64), sentence_ends.astype(np.int64)))


def _long(
    numbered: list[tuple[int, str]], cut: _Cut, bits: NDArray[np.float64], totals: NDArray[np.float64]
) -> pd.DataFrame:
    rows: list[tuple[int, str, str, int, float]] = []
    step = unit = 0
    lengths = np.diff(cut.sequences.units)
    for (line, text), units, total in zip(numbered, cut.units, totals, strict=True):
        rows.append((line, text, "", -1, float(total)))
        for position, name in enumerate([*units, "</s>"]):
            steps = 1 if position == len(units) else int(lengths[unit])
            rows.append((line, text, name.lstrip(MARK), position, float(bits[step : step + steps].sum())))
            step += steps
            unit += position < len(units)
    return pd.DataFrame(rows, columns=["line", "text", "unit", "position", "bits"])
