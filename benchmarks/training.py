"""Training and scoring a language model, two cores: our grid of one-thread processes, PyTorch in its best layout, stock
Keras, and what the machine's own matrix products would allow.

`EOSUN_BENCH_TORCH` names a Python interpreter that has PyTorch; without one that side is left out.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.steps import EMBEDDING, UNITS
from experiments.engine import ONE_THREAD
from experiments.models import get_model
from experiments.models.sizes import operations, softmax_operations

ROWS, ROW = 64, 64
ROUNDS, LASTING = 5, 1.5
SCRIPT = Path(__file__).parent / "steps.py"
ROOT = Path(__file__).parent.parent
TORCH = "EOSUN_BENCH_TORCH"


@dataclass
class Side:
    """Processes that work at the same time, and the rates they came to in each round."""

    processes: list[subprocess.Popen[str]]
    compile_s: float
    rates: dict[str, list[float]] = field(default_factory=dict)
    memory: float = 0.0

    def work(self, what: str) -> None:
        for process in self.processes:
            _write(process, f"{what} {LASTING}")
        answers = [_read(process) for process in self.processes]
        self.rates.setdefault(what, []).append(sum(done / seconds for done, seconds in answers))

    def rate(self, what: str) -> float:
        return statistics.median(self.rates[what])


def _write(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin
    process.stdin.write(line + "\n")
    process.stdin.flush()


def _read(process: subprocess.Popen[str]) -> list[float]:
    assert process.stdout
    return [float(word) for word in process.stdout.readline().split()]


def _side(room: ExitStack, who: str, kind: str, vocabulary: int, processes: int, threads: int) -> Side:
    python = os.environ[TORCH] if who == "torch" else sys.executable
    around = {**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    if who == "eosun":
        around |= ONE_THREAD
    command = [python, str(SCRIPT), who, kind, *map(str, (vocabulary, ROWS, ROW, threads))]
    started = [
        room.enter_context(
            subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=around
            )
        )
        for _ in range(processes)
    ]
    compile_s = 0.0
    for process in started:
        assert process.stdout
        line = process.stdout.readline().split()
        if not line:
            sys.exit(f"The side {who} of the benchmark did not start: {' '.join(command)}")
        compile_s = float(line[1])
    return Side(started, compile_s)


def compare(kind: str, vocabulary: int) -> dict[str, Side]:
    """All sides at one vocabulary, taking turns."""
    layouts = {
        "eosun": ("eosun", 2, 1),
        "matrix products": ("products", 2, 1),
        "keras fit, two threads": ("keras", 1, 2),
    }
    if TORCH in os.environ:
        layouts["torch, two processes"] = ("torch", 2, 1)
        layouts["torch, two threads"] = ("torch", 1, 2)
    with ExitStack() as room:
        sides = {}
        for name, (who, processes, threads) in layouts.items():
            sides[name] = _side(room, who, kind, vocabulary, processes, threads)
        for _ in range(ROUNDS):
            for name, side in sides.items():
                side.work("train")
                if name != "matrix products":
                    side.work("score")
        for side in sides.values():
            _write(side.processes[0], "memory")
            side.memory = _read(side.processes[0])[0]
            for process in side.processes:
                assert process.stdin
                process.stdin.close()
    return sides


def show(kind: str, vocabulary: int) -> None:
    """Print rates, ratios and the share of the arithmetic limit."""
    sides = compare(kind, vocabulary)
    forward = operations(get_model(kind), EMBEDDING, UNITS) + softmax_operations(EMBEDDING, vocabulary)
    limit = sides.pop("matrix products").rate("train") * 1e6 / (3 * forward)
    ours = sides["eosun"]
    print(f"\n{kind} {EMBEDDING} → {UNITS}, {vocabulary:,} pieces, batches of {ROWS} × {ROW}; pieces a second")
    print(f"  arithmetic limit {limit:,.0f} ({3 * forward / 1e6:.2f} M operations a piece)")
    for name, side in sides.items():
        train, score = side.rate("train"), side.rate("score")
        spread = max(side.rates["train"]) / min(side.rates["train"])
        ratio = ours.rate("train") / train
        print(
            f"  {name:<24} train {train:>9,.0f} (ours/this {ratio:5.2f}, of the limit {train / limit:4.0%}, "
            f"max/min {spread:4.2f})  score {score:>9,.0f} ({score / train:4.2f} × train)  "
            f"first step {side.compile_s:4.1f} s  {side.memory:,.0f} MB",
            flush=True,
        )
