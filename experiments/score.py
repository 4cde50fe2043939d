"""Scoring sentences with a tracked model: bits per sentence and per unit."""

from __future__ import annotations

import json
import tempfile
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
from pipelines.encoding import Encoded, encode
from pipelines.normalise import MARK, normalise
from pipelines.sequences import Sequences
from pipelines.units import get_unit
from pipelines.vocabulary import Vocabulary


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
        vocabulary = Vocabulary(store.download(run, "vocabulary.model", Path(room)).read_bytes())
        numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
        declared = cell.settings["study"]
        texts = [line for _, line in numbered]
        encoded = _encoded(texts, cell.lang, cell.unit, declared["lower"], vocabulary)
        given = passages(_sequences(encoded))
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
    return _long(numbered, encoded, bits, sum_by_passage(bits, given))


def _encoded(texts: list[str], lang: str, unit: str, lower: bool, vocabulary: Vocabulary) -> Encoded:
    found = get_unit(unit, lang)
    cut = found.segment([normalise(text, lang, lower=lower) for text in texts])
    return encode(found, cut, vocabulary, keep_final=True)


def _sequences(encoded: Encoded) -> Sequences:
    units, sentences = (np.concatenate([[0], np.cumsum(sizes)]) for sizes in (encoded.sizes, encoded.counts))
    return Sequences(encoded.ids, units.astype(np.int64), sentences.astype(np.int64))


def _long(
    numbered: list[tuple[int, str]], encoded: Encoded, bits: NDArray[np.float64], totals: NDArray[np.float64]
) -> pd.DataFrame:
    rows: list[tuple[int, str, str, int, float]] = []
    step = unit = 0
    spelt, unit_sizes = encoded.names.listed(), encoded.sizes.tolist()
    for (line, text), count, total in zip(numbered, encoded.counts, totals, strict=True):
        rows.append((line, text, "", -1, float(total)))
        names = [name.lstrip(MARK) for name in spelt[unit : unit + count]]
        sizes = unit_sizes[unit : unit + count]
        for position, (name, size) in enumerate(zip([*names, "</s>"], [*sizes, 1], strict=True)):
            rows.append((line, text, name, position, float(bits[step : step + size].sum())))
            step += size
        unit += count
    return pd.DataFrame(rows, columns=["line", "text", "unit", "position", "bits"])
