"""Time constants of gated networks: by gates that are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from experiments.measures.gates import time_constants
from tests.experiments.test_profile import subject_of


@pytest.mark.parametrize(("model", "gate"), [("lstm", 1), ("gru", 0)])
def test_gates_held_by_their_biases_have_the_time_constants_of_these(
    model: str, gate: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With all weights zero a gate is the logistic function of its bias: f = 0.9 keeps 9.49 steps, f = 0.5 1.44."""
    subject = subject_of(tmp_path, monkeypatch, "documents", model)
    layer = subject.scorer.model.body.above[0]  # type: ignore[union-attr]
    kernel, recurrent, bias = (np.zeros_like(weight) for weight in layer.get_weights())
    units = recurrent.shape[0]
    held = np.where(np.arange(units) < units // 2, 0.9, 0.5)
    bias.reshape(-1, bias.shape[-1])[0, gate * units : (gate + 1) * units] = np.log(held / (1 - held))
    layer.set_weights([kernel, recurrent, bias])
    found = time_constants(subject)
    assert found["time_constant.10"] == pytest.approx(-1 / np.log(0.5), rel=1e-3)
    assert found["time_constant.90"] == pytest.approx(-1 / np.log(0.9), rel=1e-3)


def test_models_without_gates_have_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert time_constants(subject_of(tmp_path, monkeypatch, "sentences", "rnn")) == {}
