"""Surprisal of single units in a few sentences: what a report colours its examples by."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.measures import COLUMNS, LANGUAGE_MODELS, Subject, measure
from experiments.measures.truncation import unit_steps


@measure("unit_surprisal", LANGUAGE_MODELS)
def unit_surprisal(subject: Subject) -> pd.DataFrame:
    """Bits of every unit of the example sentences under every test order (the first draw); x is the unit's place from
    the left, the end of the sentence last.

    Unit: bits, the sum over the unit's pieces; a sentence's units sum to its surprisal. The examples are the same
    sentences in every cell of a study. In documents what is before a sentence is seen. Of networks only.
    """
    material = subject.material
    if not material.model.network:
        return pd.DataFrame(columns=COLUMNS)
    numbers = material.examples
    if subject.study.task == "documents":
        names = material.documents[subject.numbers]
        numbers = subject.numbers[np.isin(names, material.documents[material.examples])]
    asked, rows = np.isin(numbers, material.examples), []
    for order in subject.study.test_orders:
        sequences, given = material.sequences(numbers, order), material.passages_of(numbers, order)
        begin, end, _, sentence = unit_steps(sequences, given)
        bits = np.add.reduceat(subject.bits(given, np.repeat(asked[sentence], end - begin)), begin)
        counts = np.bincount(sentence)
        place = np.arange(len(begin)) - np.repeat(np.cumsum(counts) - counts, counts)
        if material.model.direction == "backward":
            last = counts[sentence] - 1
            place = np.where(place < last, last - 1 - place, last)
        kept = asked[sentence]
        ids = np.array(subject.ids(numbers), object)[sentence[kept]]
        rows.append(
            pd.DataFrame(
                {
                    "test_order": order,
                    "sentence_id": ids,
                    "measure": "unit_surprisal",
                    "x": place[kept],
                    "value": bits[kept],
                },
                columns=COLUMNS,
            )
        )
    return pd.concat(rows, ignore_index=True)
