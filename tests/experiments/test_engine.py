"""The pool of processes: one a cell at a time, and a new one where the old one has grown."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments import engine
from experiments.cells import Cell, Prepared, plan, prepare
from experiments.engine import Workers
from experiments.study import load_study
from tests.experiments.conftest import TINY


@pytest.fixture
def floors() -> tuple[Prepared, list[Cell]]:
    study = load_study("word_order", preset="smoke", settings=[*TINY, "models=[unigram, bigram, ngram_3, ngram_4]"])
    prepared = prepare(study, ("ko",))
    return prepared, plan(prepared, ("ko",))


@pytest.mark.parametrize(("renewed_at", "processes"), [(0.0, 4), (1e9, 1)])
def test_a_process_that_has_grown_takes_no_further_cell(
    renewed_at: float, processes: int, floors: tuple[Prepared, list[Cell]], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Results are the same, whichever process a cell gets."""
    prepared, cells = floors
    monkeypatch.setattr(engine, "RENEWED_MB", renewed_at)
    seen: list[int] = []
    begin = Workers._begin

    def noted(self: Workers, *given: object) -> None:
        begin(self, *given)  # type: ignore[arg-type]
        ((_, pool),) = self._busy.values()
        seen.extend(pool._processes)

    monkeypatch.setattr(Workers, "_begin", noted)
    with Workers(1) as workers:
        done = list(workers.run(cells, prepared.datasets, lambda *_: None, lambda cell: tmp_path / cell.sha256))
    assert [finished.cell for finished in done] == cells
    assert not any(finished.failure for finished in done)
    assert len(seen) == len(cells) == 4
    assert len(set(seen)) == processes


def test_no_more_cells_at_once_than_there_are_processes(
    floors: tuple[Prepared, list[Cell]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared, cells = floors
    most: list[int] = []
    begin = Workers._begin

    def noted(self: Workers, *given: object) -> None:
        begin(self, *given)  # type: ignore[arg-type]
        most.append(len(self._busy))

    monkeypatch.setattr(Workers, "_begin", noted)
    with Workers(2) as workers:
        done = list(workers.run(cells, prepared.datasets, lambda *_: None, lambda cell: tmp_path / cell.sha256))
    assert {finished.cell.sha256 for finished in done} == {cell.sha256 for cell in cells}
    assert max(most) == 2
