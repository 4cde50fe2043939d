"""How long the report of a thousand tracked runs takes, as the command that a user types."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.tracking import RUNS, variant_folder

ROUNDS = 3
STUDY = ("models=[rnn, gru, lstm]", "seeds=1")


def fill(room: Path) -> int:
    """Run six quick cells (three networks, two languages) and track each of them again under other seeds."""
    from experiments.cells import plan, prepare
    from experiments.engine import cell_folder
    from experiments.runner import run_study
    from experiments.study import load_study
    from experiments.tracker import Tracker
    from experiments.tracking import open_store

    study = load_study("word_order", preset="quick", settings=STUDY)
    run_study(study, ("ko", "en"), preset="quick", workers=1, command="eosun run word_order")
    prepared = prepare(study, ("ko", "en"))
    cells = plan(prepared, ("ko", "en"))
    context = {"preset": "quick", "corpus_source": "grammar", "command": "eosun run word_order"}
    with Tracker(open_store(), prepared, context) as tracker:
        for number in range(len(cells), RUNS):
            like = cells[number % len(cells)]
            made = replace(like, seed=number // len(cells))
            tracker.start(made)
            tracker.finish(made, variant_folder(made, number, cell_folder(like), room / "cells"))
    return RUNS


def measure(room: Path) -> None:
    """Seconds of `eosun report` over a thousand runs, in all and of processor time."""
    os.environ["EOSUN_VAR"], os.environ["EOSUN_REPORTS"] = str(room / "var"), str(room / "reports")
    runs, walls, processors = fill(room), [], []
    for _ in range(ROUNDS):
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([sys.executable, "eosun.py", "report", "word_order"], check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        walls.append(time.perf_counter() - begun)
        processors.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    print(f"\neosun report of {runs:,} runs: {statistics.median(walls):.1f} s "
          f"({min(walls):.1f}–{max(walls):.1f}), of processors {statistics.median(processors):.1f} s")  # fmt: skip
