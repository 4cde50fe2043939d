"""Scoring sentences with a tracked model: bits per sentence and per unit, and minimal pairs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corpora.errors import CorpusError
from corpora.readers import text_lines
from experiments.loading import Loaded, load_language_model
from experiments.measures import sum_by_sentence
from experiments.models import get_model
from pipelines.encoding import Encoded
from pipelines.normalise import MARK


def read_lines(path: Path) -> list[str]:
    """The lines of a UTF-8 file, one sentence each; CorpusError names the first line that is not UTF-8."""
    if not path.is_file():
        raise CorpusError(f"There is no file {path}.")
    lines = [line for _, line in text_lines(path)]
    if not any(line.strip() for line in lines):
        raise CorpusError(f"{path} holds no sentence.")
    return lines


def read_pairs(path: Path) -> pd.DataFrame:
    """Minimal pairs: columns good, bad, kind. A line of the file holds the sentence that should be likelier, a tab, the
    other one, and after another tab, if there is one, the kind of pair. CorpusError names a line that is none."""
    rows = []
    for number, line in enumerate(read_lines(path), 1):
        cells = [cell.strip() for cell in line.split("\t")]
        if not line.strip():
            continue
        if len(cells) not in (2, 3) or not all(cells[:2]):
            raise CorpusError(f"{path.name}, line {number}: two sentences and perhaps a kind, with tabs between them.")
        rows.append((cells[0], cells[1], cells[2] if len(cells) == 3 else ""))
    return pd.DataFrame(rows, columns=["good", "bad", "kind"])


def score(run_id: str, lines: list[str]) -> pd.DataFrame:
    """Surprisal of every line by the model of a run: columns line, text, unit, position, bits.

    Rows with position −1 hold the whole sentence, end of sentence included; the others one unit each, the last one
    the end of the sentence (written `</s>`), from left to right also where the model reads from the right. Blank lines
    are skipped; `line` counts from 1.
    """
    model = load_language_model(run_id)
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    encoded = model.encoded([line for _, line in numbered])
    given = model.passages(encoded)
    bits = model.network.bits(given)
    return _long(model, numbered, encoded, bits, sum_by_sentence(bits, given))


def sentence_bits(model: Loaded, texts: list[str]) -> NDArray[np.float64]:
    """[texts]: bits of each, its end included; none of them blank."""
    given = model.passages(model.encoded(texts))
    return sum_by_sentence(model.network.bits(given), given)


def score_pairs(run_id: str, pairs: pd.DataFrame) -> pd.DataFrame:
    """Each minimal pair with the bits of both sentences (`good_bits`, `bad_bits`), the `difference` bad − good, and
    whether the good one is likelier (`correct`; a tie is not). Whole sentences are compared (Warstadt et al. 2020)."""
    model = load_language_model(run_id)
    good, bad = np.split(sentence_bits(model, [*pairs["good"], *pairs["bad"]]), 2)
    return pairs.assign(good_bits=good, bad_bits=bad, difference=bad - good, correct=(good < bad).astype(int))


def _long(
    model: Loaded,
    numbered: list[tuple[int, str]],
    encoded: Encoded,
    bits: NDArray[np.float64],
    totals: NDArray[np.float64],
) -> pd.DataFrame:
    rows: list[tuple[int, str, str, int, float]] = []
    backward = get_model(model.cell.model).direction == "backward"
    step = unit = 0
    spelt, unit_sizes = encoded.names.listed(), encoded.sizes.tolist()
    for (line, text), count, total in zip(numbered, encoded.counts, totals, strict=True):
        rows.append((line, text, "", -1, float(total)))
        names = [name.lstrip(MARK) for name in spelt[unit : unit + count]]
        sizes = unit_sizes[unit : unit + count]
        found = bits[step : step + sum(sizes) + 1]
        found = np.append(found[:-1][::-1], found[-1]) if backward else found
        ends = np.cumsum([0, *sizes, 1])
        for position, name in enumerate([*names, "</s>"]):
            rows.append((line, text, name, position, float(found[ends[position] : ends[position + 1]].sum())))
        step, unit = step + len(found), unit + count
    return pd.DataFrame(rows, columns=["line", "text", "unit", "position", "bits"])
