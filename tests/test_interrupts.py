"""Stopping and going on, at a real terminal: Ctrl-C, a killed process, and the command that is named."""

from __future__ import annotations

import os
import pty
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.long
SETTINGS = [
    "corpus_options.pairs=1500", "sample.train=400", "sample.valid=40", "sample.test=40", "training.epochs=150",
    "training.patience=150", "training.learning_rate=0.0001", "sizes.embedding=32", "sizes.units=64",
    "models=[unigram, lstm]", "recency.sentences=5",
]  # fmt: skip
COMMAND = [
    sys.executable, str(ROOT / "eosun.py"), "run", "word_order", "--lang", "ko", "--preset", "smoke",
    *(word for setting in SETTINGS for word in ("--set", setting)),
]  # fmt: skip
CONTROL_C = b"\x03"


class Terminal:
    """A command at a terminal of its own, as a person sees it."""

    def __init__(self, command: list[str], room: Path) -> None:
        self.process, self.keys = pty.fork()
        if self.process == 0:
            os.chdir(ROOT)
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever runs tests in the background has it ignored
            os.environ.update({"EOSUN_VAR": str(room), "TERM": "xterm", "COLUMNS": "150", "LINES": "40"})
            os.environ.pop("MLFLOW_TRACKING_URI", None)
            os.execv(command[0], command)
        self.said = ""

    def read(self) -> bool:
        """Take what is written next; whether there was anything."""
        try:
            part = os.read(self.keys, 65536)
        except OSError:
            return False
        self.said += part.decode(errors="replace")
        return bool(part)

    def wait_for(self, text: str, seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while text not in self.said:
            assert time.monotonic() < end, self.said[-2000:]
            assert self.read(), self.said[-2000:]

    def end(self) -> int:
        """Read to the end; the exit code."""
        while self.read():
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])


def runs_of(room: Path) -> dict[str, tuple[str, str]]:
    """Run id and status by model; each model has one run."""
    store = sqlite3.connect(room / "mlflow" / "mlflow.db")
    found = store.execute(
        "select tags.value, runs.run_uuid, status from runs join tags using (run_uuid) where key = 'model'"
    ).fetchall()
    assert len({model for model, *_ in found}) == len(found), "a second run of a cell"
    return {model: (run_id, status) for model, run_id, status in found}


def processes_below(room: Path) -> list[int]:
    """Processes of this machine whose environment names the folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"EOSUN_VAR={room}".encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def gone(room: Path, seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while processes_below(room):
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, int]:
    """A study that a person stops while its network trains: the folder, what was on the screen, the exit code."""
    room = tmp_path_factory.mktemp("stopped")
    terminal = Terminal(COMMAND, room)
    terminal.wait_for("epoch 3")
    terminal.wait_for(" left")
    os.write(terminal.keys, CONTROL_C)
    code = terminal.end()
    return room, terminal.said, code


def test_a_terminal_shows_bars_a_table_and_the_time_left(stopped: tuple[Path, str, int]) -> None:
    _, said, _ = stopped
    assert "1/2 cells" in said
    assert re.search(r"\d+ (s|min) left", said)
    assert re.search(r"unigram +[\d.]+ bits per natural sentence", said), "the table of finished cells"


def test_control_c_leaves_a_state_to_go_on_from_and_says_how(stopped: tuple[Path, str, int]) -> None:
    room, said, code = stopped
    assert code == 130
    assert gone(room), "processes are left"
    assert "Traceback" not in said
    runs = runs_of(room)
    assert (runs["unigram"][1], runs["lstm"][1]) == ("FINISHED", "KILLED")
    command = re.search(r"go on from here with: (.*?)\r?\n", said)
    assert command
    again = subprocess.run(
        command[1], shell=True, cwd=ROOT, env={**os.environ, "EOSUN_VAR": str(room)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert again.returncode == 0, again.stderr
    assert "2 cells, 1 trained now, 1 already tracked" in again.stderr
    after = runs_of(room)
    assert after["lstm"] == (runs["lstm"][0], "FINISHED"), "the interrupted run itself went on"
    assert after["unigram"] == runs["unigram"]


def test_a_run_of_a_killed_process_is_ended_by_the_next_call(tmp_path: Path) -> None:
    terminal = Terminal(COMMAND, tmp_path)
    terminal.wait_for("epoch 3")
    os.kill(terminal.process, signal.SIGKILL)
    terminal.end()
    assert runs_of(tmp_path)["lstm"][1] == "RUNNING", "nobody was left to end it"
    assert gone(tmp_path), "a worker outlives its parent"
    ended = subprocess.run(
        [*COMMAND[:2], "review", "word_order"], cwd=ROOT, env={**os.environ, "EOSUN_VAR": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert runs_of(tmp_path)["lstm"][1] == "KILLED"
