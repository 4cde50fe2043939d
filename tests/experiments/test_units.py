"""The bits of single units: they sum to the sentence, and stand at the unit's place whichever way a model reads."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from experiments.measures.units import unit_surprisal
from experiments.packing import passages, right_to_left
from tests.experiments.test_truncation import Counting, sentences


def test_units_of_the_examples_sum_to_their_sentences(in_laboratory: Path) -> None:
    from experiments.export import export

    found = export("word_order")
    rows = found.observations
    units = rows[rows["measure"] == "unit_surprisal"]
    assert set(units["model"]) == {"gru"}, "floors are left out"
    first = rows[(rows["measure"] == "surprisal") & (rows["x"] == 0) & (rows["model"] == "gru")]
    whole = first.set_index(["test_order", "sentence_id"])["value"]
    sums = units.groupby(["test_order", "sentence_id"])["value"].sum()
    assert len(sums) == 8 * units["test_order"].nunique()
    assert np.allclose(sums, whole.loc[sums.index], rtol=0, atol=1e-3)
    facts = found.sentences.set_index("sentence_id")
    kept = facts[facts["examples"] != ""]
    assert set(kept.index) == set(units["sentence_id"])
    for name, row in kept.iterrows():
        written = json.loads(row["examples"])
        assert "".join(written["natural"]) == row["text"]
        assert sorted(part.strip() for part in written["reverse"]) == sorted(p.strip() for p in written["natural"])
        count = units[(units["sentence_id"] == name) & (units["test_order"] == "natural")]["x"].max()
        assert count == len(written["natural"]), "the end of the sentence comes after the last unit"


@pytest.mark.parametrize(("direction", "expected"), [("forward", [0, 3, 3, 4, 5]), ("backward", [4, 5, 1, 0, 5])])
def test_a_backward_model_has_its_bits_at_the_unit(direction: str, expected: list[int]) -> None:
    """Units a | b c | d | e, a bit a step read: forward 0 | 1 + 2 | 3 | 4, the end 5; backward e 0, d 1, bc 2 + 3, a 4."""
    given = sentences()
    read = right_to_left(given) if direction == "backward" else given
    material = SimpleNamespace(
        model=SimpleNamespace(network=True, direction=direction), examples=np.array([0, 1]),
        sequences=lambda numbers, order: read, passages_of=lambda numbers, order: passages(read),
    )  # fmt: skip
    subject = SimpleNamespace(
        material=material, study=SimpleNamespace(task="sentences", test_orders=("natural",)), numbers=np.array([0, 1]),
        bits=Counting().bits, ids=lambda numbers: ["s0", "s1"][: len(numbers)],
    )  # fmt: skip
    table = unit_surprisal(subject)  # type: ignore[arg-type]
    first = table[table["sentence_id"] == "s0"].sort_values("x")
    assert first["value"].tolist() == expected
