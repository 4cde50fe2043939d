"""The local engine: a pool of single-threaded processes, one cell each."""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from threading import Thread
from typing import Any

from corpora.drafts import draft_of
from corpora.errors import EosunError
from corpora.table import var_folder
from experiments.cells import Cell
from experiments.errors import StudyError
from experiments.results import RESOURCES, RESULTS
from pipelines.dataset import Dataset

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
}
"""Bits depend on the number of threads, so every cell has one, whatever else runs beside it."""

RENEWED_MB = 900.0
"""Memory of its own with which a process takes no further cell; a cell of 256 units begins with some 600."""
STARTED = "starting"
"""What the first report of a cell says."""

Report = Callable[[str, float, str], None]
_queue: Any = None


@dataclass(frozen=True)
class Finished:
    """A cell that has run: its results' folder, or the reason it failed."""

    cell: Cell
    folder: Path
    failure: str = ""


def cell_folder(cell: Cell) -> Path:
    """Where a cell's results are kept."""
    return var_folder() / "cells" / cell.sha256[:20]


def checkpoint_folder(cell: Cell) -> Path:
    """Where the training of a cell that is not finished keeps what it goes on from."""
    return var_folder() / "checkpoints" / cell.sha256[:20]


def has_results(cell: Cell) -> bool:
    return (cell_folder(cell) / RESULTS).is_file()


def _start_worker(queue: Any, log: str) -> None:
    """Leave interrupts to the parent, and send what TensorFlow writes on standard error to a log file."""
    global _queue
    _queue = queue
    Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(descriptor, 2)
    os.close(descriptor)


def _end_with_parent() -> None:
    """Wait until the process that asked for the work is no more, however it ended, and end; checkpoints stay."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(cell: Cell, datasets: dict[str, Dataset], folder: Path, checkpoints: Path | None) -> tuple[str, float]:
    """Run a cell; returns the reason where it failed, and the memory that the process then holds of its own (MB)."""
    return _failure_of(cell, datasets, folder, checkpoints), _own_memory()


def _own_memory() -> float:
    """MB of this process that are no file's pages; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.is_file() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon:")), 0.0)


def _failure_of(cell: Cell, datasets: dict[str, Dataset], folder: Path, checkpoints: Path | None) -> str:
    """Run a cell in a draft folder and put it in place when it is whole; returns the reason where it failed. Where
    another call has done so while this one waited for the folder, its results stay."""
    from experiments.cell import run_cell

    _tell(cell, 0.0, STARTED)
    resources = Resources()
    try:
        with draft_of(folder) as room:
            if has_results(cell) and folder == cell_folder(cell):
                return ""
            draft = room / "results"
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir()
            run_cell(cell, datasets, draft, lambda share, text: _tell(cell, share, text), checkpoints)
            (draft / RESOURCES).write_text(json.dumps(resources.used()), encoding="utf-8")
            shutil.rmtree(folder, ignore_errors=True)
            draft.rename(folder)
        return ""
    except EosunError as error:
        return str(error)
    except Exception as error:
        traceback.print_exc()
        return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


class Resources:
    """What this process uses from now on: processor seconds, and the highest memory that it holds (MB)."""

    def __init__(self) -> None:
        with suppress(OSError):  # the kernel's mark of the highest memory starts anew; elsewhere it is the process's
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def used(self) -> dict[str, float]:
        cpu, wall = time.process_time() - self._cpu, time.perf_counter() - self._wall
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
        status = Path("/proc/self/status")
        if status.is_file():
            (line,) = [one for one in status.read_text(encoding="ascii").splitlines() if one.startswith("VmHWM:")]
            peak = int(line.split()[1]) / 1024
        return {
            "cpu_seconds": cpu,
            "cpu_utilization_percentage": 100.0 * cpu / wall,
            "peak_memory_megabytes": peak,
        }


def _tell(cell: Cell, share: float, text: str) -> None:
    """Report to the parent."""
    _queue.put((cell.sha256, share, text))


class Workers:
    """Spawned processes of one thread each, and the queue by which they tell how far they are; kept between runs.

    A process that has grown beyond RENEWED_MB gives way to a new one before its next cell: XLA never frees what it has
    compiled, 30 to 45 MB a shape. Left by an interrupt or an error, processes are stopped at once; finished cells are
    kept.
    """

    def __init__(self, count: int) -> None:
        os.environ.update(ONE_THREAD)
        self._context = multiprocessing.get_context("spawn")
        self._logs = var_folder() / "logs"
        self._logs.mkdir(parents=True, exist_ok=True)
        self._queue = self._context.Queue()
        self._free = [self._process() for _ in range(max(1, count))]
        self._busy: dict[Future[tuple[str, float]], tuple[Cell, ProcessPoolExecutor]] = {}

    def _process(self) -> ProcessPoolExecutor:
        """A pool of one, which starts its process with its first cell."""
        log = str(self._logs / "workers.log")
        return ProcessPoolExecutor(1, self._context, _start_worker, (self._queue, log))

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        busy = [pool for _cell, pool in self._busy.values()]
        for pool in busy:
            for process in list((pool._processes or {}).values()):
                process.terminate()
        for pool in [*self._free, *busy]:
            pool.shutdown(wait=True, cancel_futures=True)
        self._queue.close()

    def run(
        self, cells: list[Cell], datasets: dict[str, Dataset], report: Report, folder_of: Callable[[Cell], Path]
    ) -> Iterator[Finished]:
        """Run cells and yield each as it finishes. Those that do not go where results are kept (a reproduction) leave
        no checkpoints, and take none up."""
        left = list(reversed(cells))
        try:
            while left or self._busy:
                while left and self._free:
                    self._begin(left.pop(), datasets, folder_of)
                done, _ = wait(self._busy, timeout=0.2, return_when=FIRST_COMPLETED)
                _pass_on(self._queue, report)
                for future in done:
                    failure, held = future.result()
                    cell, pool = self._busy.pop(future)
                    if held > RENEWED_MB:
                        pool.shutdown(wait=False)
                        pool = self._process()
                    self._free.append(pool)
                    yield Finished(cell, folder_of(cell), failure)
        except BrokenProcessPool:
            raise StudyError(
                f"A training process was killed (out of memory?): see {self._logs / 'workers.log'}, or set WORKERS=1. "
                "Finished cells are kept; the same command goes on."
            ) from None

    def _begin(self, cell: Cell, datasets: dict[str, Dataset], folder_of: Callable[[Cell], Path]) -> None:
        pool, folder = self._free.pop(0), folder_of(cell)
        checkpoints = checkpoint_folder(cell) if folder == cell_folder(cell) else None
        with _interrupts_held():
            self._busy[pool.submit(_work, cell, datasets, folder, checkpoints)] = cell, pool


def run_cells(
    cells: list[Cell],
    datasets: dict[str, Dataset],
    workers: int,
    report: Report,
    folder_of: Callable[[Cell], Path] = cell_folder,
    kept: Workers | None = None,
) -> Iterator[Finished]:
    """Run cells in spawned processes (those that are kept, where there are any) and yield each as it finishes.

    Every cell gets a process set up in the same way, also where there is one worker, so that its bits do not depend on
    the company it keeps. Closing the iterator (an interrupt, an error) stops processes of its own at once.
    """
    if kept is not None:
        yield from kept.run(cells, datasets, report, folder_of)
        return
    with Workers(min(workers, len(cells))) as own:
        yield from own.run(cells, datasets, report, folder_of)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Processes started meanwhile never see an interrupt, not even while they start; it reaches this one afterwards."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _pass_on(queue: Any, report: Report) -> None:
    while True:
        try:
            report(*queue.get_nowait())
        except Empty:
            return
