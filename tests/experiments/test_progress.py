"""What is said while cells run: the rest of the time, lines, and JSON for programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.cells import Cell
from experiments.progress import Pace, StudyProgress, clock
from experiments.tracking import open_store

ROOT = Path(__file__).parent.parent.parent
SMALL = [
    "corpus_options.pairs=1200", "sample.train=300", "sample.valid=40", "sample.test=40", "recency.sentences=5",
    "models=[unigram, bigram]",
]  # fmt: skip


def cells(*models: str) -> list[Cell]:
    return [Cell("ko", "eojeol", model, "natural", seed, {}) for seed, model in enumerate(models)]


def test_the_time_left_is_what_cells_of_the_same_model_took() -> None:
    """Two networks side by side: 40 s were one, 20 of the second are over, and a third waits."""
    first, second, third = cells("lstm", "lstm", "lstm")
    pace = Pace([first, second, third], workers=2)
    pace.advance(first.sha256, 0.0, 0.0)
    pace.advance(second.sha256, 0.0, 20.0)
    pace.finish(first.sha256, 40.0)
    assert pace.cell_s(second.sha256, 40.0) == 20.0
    assert pace.cell_s(third.sha256, 40.0) == 40.0
    assert pace.study_s(40.0) == 40.0, "the third alone; half of 60 would be less"
    assert Pace.study_s(pace, 50.0) == 40.0


def test_before_one_has_finished_it_is_how_far_the_running_one_came() -> None:
    first, second = cells("lstm", "gru")
    pace = Pace([first, second], workers=1)
    assert pace.study_s(0.0) is None
    pace.advance(first.sha256, 0.0, 0.0)
    pace.advance(first.sha256, 0.25, 10.0)
    assert pace.cell_s(first.sha256, 10.0) == 30.0
    assert pace.study_s(10.0) == 30.0 + 40.0, "another network takes as long as this one"


def test_floors_say_nothing_of_networks() -> None:
    floor, network = cells("bigram", "lstm")
    pace = Pace([floor, network], workers=1)
    pace.advance(floor.sha256, 0.0, 0.0)
    pace.finish(floor.sha256, 1.0)
    assert pace.study_s(1.0) is None


def test_a_cell_that_goes_on_from_a_checkpoint_is_judged_by_what_it_does_now() -> None:
    (cell,) = cells("lstm")
    pace = Pace([cell], workers=1)
    pace.advance(cell.sha256, 0.0, 0.0)
    pace.advance(cell.sha256, 0.8, 5.0, resumed=True)
    pace.advance(cell.sha256, 0.9, 15.0, resumed=True)
    assert pace.cell_s(cell.sha256, 15.0) == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("seconds", "said"), [(None, ""), (61, "61 s left"), (600, "10 min left"), (9000, "2.5 h left")]
)
def test_a_rest_of_time_is_said_as_people_do(seconds: float | None, said: str) -> None:
    assert clock(seconds) == said


def test_away_from_a_terminal_a_line_tells_of_each_cell(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = cells("unigram", "bigram")
    with StudyProgress([first, second], "study") as progress:
        progress.advance(first.sha256, 0.5, "epoch 1")
        progress.finish(first, "12.0 bits")
        progress.advance(first.sha256, 1.0, "late")
        progress.finish(second, "failed: no room")
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition("] ")[2] for line in lines] == [
        "ko eojeol unigram natural seed 0: 12.0 bits", "ko eojeol bigram natural seed 1: failed: no room",
    ]  # fmt: skip
    assert lines[0].startswith("[1/2, 0 s")


def eosun(*words: str, room: Path, changed: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    around = {**os.environ, "EOSUN_VAR": str(room), "EOSUN_REPORTS": str(room / "reports")}
    settings = [word for setting in (*SMALL, *changed) for word in ("--set", setting)]
    command = [sys.executable, str(ROOT / "eosun.py"), *words, "--lang", "ko", "--preset", "smoke", *settings]
    return subprocess.run(command, env=around, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_program_is_told_in_json_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EOSUN_VAR", str(tmp_path))
    done = eosun("experiment", "word_order", "--json", room=tmp_path)
    assert done.returncode == 0, done.stderr
    events = [json.loads(line, parse_constant=pytest.fail) for line in done.stdout.splitlines()]
    assert events[0]["event"] == "study_started"
    assert (events[0]["cells"], events[0]["missing"]) == (2, 2)
    last = events[-1]
    assert (last["event"], last["trained"], last["failures"]) == ("study_finished", 2, [])
    assert Path(last["paths"]["report"]).is_file()
    store = open_store()
    for model in ("unigram", "bigram"):
        (begun,) = [e for e in events if e["event"] == "cell_started" and e["model"] == model]
        (ended,) = [e for e in events if e["event"] == "cell_finished" and e["model"] == model]
        assert events.index(begun) < events.index(ended)
        run = store.run(ended["run_id"])
        assert begun["run_id"] == ended["run_id"]
        assert (
            run.data.metrics["order/bits_per_sentence.natural"] == ended["metrics"]["order/bits_per_sentence.natural"]
        )
        assert (Path(ended["folder"]) / "results.json").is_file()


def test_a_cell_that_fails_is_told_and_tracked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EOSUN_VAR", str(tmp_path))
    done = eosun("run", "word_order", "--json", room=tmp_path, changed=("models=[gru]", "recency.targets=9000"))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1, done.stderr
    events = [json.loads(line, parse_constant=pytest.fail) for line in done.stdout.splitlines()]
    failed = [event for event in events if event["event"] == "cell_failed"]
    assert len(failed) == 1
    assert events[-1]["event"] == "study_finished"
    assert len(events[-1]["failures"]) == 1
    for event in failed:
        run = open_store().run(event["run_id"])
        assert run.info.status == "FAILED"
        assert run.data.tags["failure"] == event["reason"]
        assert "shorten recency.contexts" in event["reason"]
