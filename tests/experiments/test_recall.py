"""Memory with a controlled gap: planted text by hand, models that know everything or nothing, and a trained one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from corpora.planted.recall import Recall
from experiments.cells import Prepared, plan, prepare
from experiments.engine import run_cells
from experiments.errors import StudyError
from experiments.material import material_of
from experiments.measures import Subject
from experiments.measures.recall import recall
from experiments.packing import Passages
from experiments.study import load_study
from pipelines.vocabulary import BOS

OPTIONS = "corpus_options={kind: recall, letters: 8, gaps: [0, 1, 2, 4], sentences: 1500, span: 2}"


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    settings = [OPTIONS, "conditions={recall: null}", "sample.test=100"]
    return prepare(load_study("memory", preset="smoke", settings=settings), ("qaa",))


def test_every_sentence_asks_for_what_it_showed() -> None:
    design = Recall(sentences=500, span=3, gaps=(1, 2, 6), trained=2, letters=5)
    splits: dict[str, set[int]] = {}
    for row in design.rows(("qaa",)):
        text = row.texts["qaa"]
        shown, answer = text.split("=")
        letters = "".join(c for c in shown if c.isalpha())
        assert (letters, len(text)) == (answer, 7 + 3 + 1 + 3)
        assert letters in shown
        splits.setdefault(row.split, set()).add(len(shown) - shown.index(letters) - 3)
    assert splits == {"train": {1, 2}, "valid": {1, 2}, "test": {1, 2, 6}}
    assert design.chance == 1 / 125


class Oracle:
    """Reads as far back as it is told: the unit that stands `reach` or fewer steps before is copied, else it says a."""

    def __init__(self, subject: Subject, reach: int) -> None:
        self.subject, self.reach = subject, reach
        code = subject.dataset.vocabulary().encode
        self.mark, self.a, *self.letters = (code([c])[0][0] for c in "=abcdefgh")

    def bits(self, given: Passages, wanted: np.ndarray | None = None) -> np.ndarray:
        found = np.full(len(given.targets), 9.0)
        for begin, end in zip(given.offsets[:-1], given.offsets[1:], strict=True):
            ids = given.inputs[begin:end].tolist()
            assert ids[0] == BOS
            at = ids.index(self.mark)
            string = [i for i, piece in enumerate(ids[:at]) if piece in (self.a, *self.letters)]
            for step, source in zip(range(at, at + 2), string, strict=True):
                said = ids[source] if step - source <= self.reach else self.a
                found[begin + step] = 0.1 if given.targets[begin + step] == said else 9.0
        return found


def test_models_that_know_everything_and_up_to_a_distance(prepared: Prepared) -> None:
    """A string of two and a gap of g: what is asked for stands g + 2 steps back from where it is told."""
    material = material_of(plan(prepared, ("qaa",))[-1], prepared.datasets)
    subject = Subject(None, material)  # type: ignore[arg-type]
    for reach in (99, 4):
        table = recall(Subject(Oracle(subject, reach), material))  # type: ignore[arg-type]
        kept = table[table["measure"] == "recalled"].groupby("x")["value"].mean()
        assert list(kept.index) == [0, 1, 2, 4]
        for gap, value in kept.items():
            assert value == 1.0 if gap + 2 <= reach else value < 0.2
    chance = table[table["measure"] == "recalled_by_chance"]["value"]
    assert set(chance) == {1 / 64}


def test_a_mark_that_is_not_there_is_answered(prepared: Prepared) -> None:
    material = material_of(plan(prepared, ("qaa",))[-1], prepared.datasets)
    for mark, said in (("~", "sentence without the mark"), ("=a", "not one piece")):
        changed = material.__class__(
            material.study.model_copy(update={"recall": mark}), *list(vars(material).values())[1:4]
        )
        with pytest.raises(StudyError, match=said):
            recall(Subject(None, changed))  # type: ignore[arg-type]


def rows(settings: list[str], preset: str = "smoke") -> dict[str, pd.DataFrame]:
    study = load_study("memory", preset=preset, settings=settings)
    ready, found = prepare(study, ("qaa",)), {}
    for done in run_cells(plan(ready, ("qaa",)), ready.datasets, 1, lambda *_: None):
        assert not done.failure
        found[done.cell.model] = pd.read_parquet(done.folder / "observations.parquet")
    return found


def kept(table: pd.DataFrame) -> pd.Series:
    return table[table["measure"] == "recalled"].groupby("x")["value"].mean()


def test_a_floor_is_at_chance() -> None:
    """The unigram says the same letter always: right in one of eight, 600 sentences, three and a half standard errors;
    the bigram sees the mark alone and is as blind."""
    for table in rows(["models=[unigram, bigram]"]).values():
        right = table[table["measure"] == "recalled"]["value"]
        assert right.mean() == pytest.approx(1 / 8, abs=3.5 * np.sqrt(7 / 64 / len(right)))


@pytest.mark.long
def test_a_network_keeps_what_it_was_trained_to_keep() -> None:
    """Trained on gaps up to 8, all of which it recalls; a gap of 48 is not one that it ever met."""
    gaps = "corpus_options={kind: recall, letters: 8, gaps: [1, 2, 4, 8, 48], trained: 8, sentences: 12000}"
    found = kept(rows(["models=[gru]", gaps, "training.epochs=8"])["gru"])
    assert min(found[gap] for gap in (1, 2, 4, 8)) > 0.95
    assert found[48] < found[8]
