"""Sentences counted in every unit of their language, since the unit decides which language looks longer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.languages import get_language
from pipelines.normalise import split_final
from pipelines.units import all_units

COUNTED = ("particle", "morpheme", "chunk")
"""Units that are counted beside words, pieces and letters: those that need no other analyser than the language's own.
"""


def unit_counts(texts: Sequence[str], lang: str, transform: str = "none") -> dict[str, NDArray[np.int32]]:
    """By unit, [sentences]: how many units each normalised sentence has, final punctuation not counted.

    Nothing is counted in text whose letters a script transform has changed: an analyser knows the full spelling.
    """
    if transform != "none":
        return {}
    final = np.fromiter((bool(split_final(text)[1]) for text in texts), np.int32, len(texts))
    having = [name for name in COUNTED if name in get_language(lang).units]
    cut = {name: all_units()[name].segment(texts) for name in having}
    return {name: np.fromiter(map(len, found), np.int32, len(found)) - final for name, found in cut.items()}
