"""What tracking costs a cell, and how fast a store of a thousand runs answers what the MLflow UI asks."""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from experiments.cells import Cell, Prepared, dataset_name
from experiments.engine import cell_folder
from experiments.results import RESULTS, Results
from experiments.tracker import Tracker
from experiments.tracking import Store, open_store
from experiments.tracking_cli import server

ROUNDS = 5
RUNS = 1000
MODELS = ("rnn", "gru", "lstm", "lstm_2", "transformer")
QUICK = ("models=[lstm]", "seeds=1")


def variant(cell: Cell, number: int) -> Cell:
    """Cell `number` of a made-up grid: languages, models and seeds in turn."""
    return replace(cell, lang=("ko", "en")[number % 2], model=MODELS[number // 2 % len(MODELS)],
                   seed=number // (2 * len(MODELS)))  # fmt: skip


def variant_folder(cell: Cell, number: int, like: Path, room: Path) -> Path:
    """The results of a really run cell under another's name, every number a little different, one in ten flagged."""
    folder = room / cell.sha256[:20]
    shutil.copytree(like, folder, ignore=shutil.ignore_patterns("*.h5", "*.model"))
    found = json.loads((folder / RESULTS).read_text(encoding="utf-8"))
    factor = 1.0 + number % 97 / 1000
    found["metrics"] = {name: value * factor for name, value in found["metrics"].items()}
    found["curves"] = {name: [(x, y * factor) for x, y in curve] for name, curve in found["curves"].items()}
    found["wall_s"] *= factor
    found["gate"] = "flagged: does not beat the bigram floor by 1 %" if number % 10 == 9 else "passed"
    found["cell"] |= cell.axes
    (folder / RESULTS).write_text(json.dumps(found), encoding="utf-8")
    return folder


def fill(store: Store, prepared: Prepared, cell: Cell, like: Path, count: int, room: Path) -> Iterator[float]:
    """Track `count` runs made from a run cell, as a study tracks them; yields the seconds of each."""
    own = prepared.datasets[dataset_name(cell.lang, cell.unit, cell.condition)]
    cells = [variant(cell, number) for number in range(count)]
    datasets = {dataset_name(c.lang, c.unit, c.condition): own for c in cells}
    settings = {**cell.settings, "datasets": dict.fromkeys(datasets, own.sha256)}
    context = {"preset": "quick", "corpus_source": "grammar", "command": "eosun run word_order"}
    with Tracker(store, replace(prepared, datasets=datasets), context) as tracker:
        for number, made in enumerate(replace(c, settings=settings) for c in cells):
            begun = time.perf_counter()
            tracker.start(made)
            started = time.perf_counter()
            folder = variant_folder(made, number, like, room)
            finished = time.perf_counter()
            tracker.finish(made, folder)
            yield started - begun + time.perf_counter() - finished
            shutil.rmtree(folder)


@contextmanager
def served(store: Store) -> Iterator[str]:
    """The MLflow UI of a store, as `eosun ui` serves it; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command, environment = server(store, port)
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.3)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, 15)
        process.wait(20)


def asked(address: str, path: str, what: dict[str, Any]) -> tuple[float, Any]:
    """Seconds and answer of a request as the UI sends it."""
    request = urllib.request.Request(
        f"{address}/ajax-api/2.0/mlflow/{path}", json.dumps(what).encode(), {"Content-Type": "application/json"}
    )
    begun = time.perf_counter()
    with urllib.request.urlopen(request, timeout=60) as answer:
        found = json.load(answer)
    return time.perf_counter() - begun, found


def filters(address: str, experiment: str) -> dict[str, tuple[float, int]]:
    """By filter, the median seconds of the UI's search for its first hundred runs, and how many it found."""
    found = {}
    for text in (
        "",
        'tags.lang = "ko"',
        'tags.lang = "ko" and tags.model = "lstm"',
        'tags.gate = "passed"',
        "tags.gate LIKE 'flagged%'",
        "metrics.`order/order_cost.shuffle` > 10",
        'params.`sizes.units` = "128" and tags.seed = "3"',
    ):
        what = {"experiment_ids": [experiment], "filter": text, "max_results": 100, "run_view_type": "ACTIVE_ONLY",
                "order_by": ["attributes.start_time DESC"]}  # fmt: skip
        answers = [asked(address, "runs/search", what) for _ in range(ROUNDS)]
        found[text] = statistics.median(seconds for seconds, _ in answers), len(answers[-1][1].get("runs", []))
    return found


def measure(room: Path) -> None:
    """Run a quick word_order cell, track it over and over, then ask a store of a thousand runs."""
    from experiments.cells import plan, prepare
    from experiments.runner import run_study
    from experiments.study import load_study

    os.environ["EOSUN_VAR"] = str(room / "var")
    study = load_study("word_order", preset="quick", settings=QUICK)
    run_study(study, ("ko",), preset="quick", workers=1, command="eosun run word_order")
    prepared = prepare(study, ("ko",))
    (cell,) = plan(prepared, ("ko",))
    like = cell_folder(cell)
    wall = Results.of(like).found["wall_s"]
    store = open_store(f"sqlite:///{room}/many/mlflow.db")
    seconds = list(fill(store, prepared, cell, like, RUNS, room))
    cost, late = statistics.median(seconds[:50]), statistics.median(seconds[-50:])
    print(f"\nTracking a quick word_order cell ({wall:.0f} s): {1000 * cost:.0f} ms, {100 * cost / wall:.2f} % of it; "
          f"{1000 * late:.0f} ms where {RUNS} runs are there")  # fmt: skip
    experiment = store.experiment(study.name)
    assert experiment
    with served(store) as address:
        for text, (took, count) in filters(address, experiment.experiment_id).items():
            print(f"  {1000 * took:>6.0f} ms  {count:>3} runs shown of {RUNS}  {text or '(no filter)'}")
