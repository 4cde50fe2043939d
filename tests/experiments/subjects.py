"""Networks that nobody trained, over made-up documents: what measures are tried on."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from experiments.cells import plan, prepare
from experiments.material import material_of
from experiments.measures import Subject
from experiments.study import load_study
from experiments.trainer import new_language_model
from tests.experiments.test_tasks import SMALL, planted

WHO = ("학생이", "친구가", "선생님이", "아이가")
WHAT = ("책을", "편지를", "신문을", "잡지를")
WHERE = ("학교에서", "집에서", "도서관에서")


def reading(folder: Path, monkeypatch: pytest.MonkeyPatch, sentences: int, together: int, seed: int) -> None:
    """The corpus `reading`: somebody reads something somewhere; so many sentences a document."""
    generator = np.random.default_rng(seed)
    texts = (
        " ".join([generator.choice(WHO), generator.choice(WHERE), generator.choice(WHAT), "읽었다."])
        for _ in range(sentences)
    )
    planted(folder, monkeypatch, "reading", [(text, "", f"d{i // together}") for i, text in enumerate(texts)])


def untrained(settings: Iterable[str], louder: float = 1.0) -> Subject:
    """The only cell of a study with a network as it is initialised, its weights multiplied."""
    prepared = prepare(load_study("word_order", preset="smoke", settings=[*SMALL, *settings]), ("ko",))
    (cell,) = plan(prepared, ("ko",))
    material = material_of(cell, prepared.datasets)
    network = new_language_model(material.model, material.pieces, material.study, 12, 0)
    network.model.set_weights([louder * weight for weight in network.model.get_weights()])
    return Subject(network, material)
