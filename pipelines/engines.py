"""Engines: what applies a function to many items and yields the results in the order of the items, as `map` does."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from pathlib import Path
from typing import Any

from corpora.errors import unknown
from pipelines.errors import PipelineError

Engine = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]
"""A function of a function and items. Functions and items must be picklable, and results depend on the item alone."""

NAMES = ("local", "ray")
ROOMS = ("corpora", "pipelines")
PASSED_ON = ("EOSUN_LANGUAGES",)


def default_workers() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def get_engine(name: str, workers: int | None = None) -> Engine:
    """`local`: processes of this machine, one a processor by default; `ray`: Ray Data, on the cluster that
    `RAY_ADDRESS` names, else on this machine."""
    if name not in NAMES:
        raise PipelineError(unknown("engine", name, NAMES))
    return on_ray if name == "ray" else local(workers or default_workers())


def serial(function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    """One item after the other in this process."""
    return map(function, items)


def local(workers: int) -> Engine:
    """Spawned processes. No more than three items a process are on their way, so memory does not grow with the text."""

    def run(function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _leave_interrupts_to_the_parent)
        stream, waiting = iter(items), deque[Future[Any]]()
        try:
            waiting.extend(pool.submit(function, item) for item in islice(stream, 3 * workers))
            while waiting:
                yield waiting.popleft().result()
                waiting.extend(pool.submit(function, item) for item in islice(stream, 1))
        except BrokenProcessPool:
            raise PipelineError(
                "A process was killed while text was encoded (out of memory?): use fewer workers. Nothing was kept."
            ) from None
        finally:
            if waiting:
                for process in list((pool._processes or {}).values()):
                    process.terminate()
            pool.shutdown(wait=True, cancel_futures=True)

    return serial if workers == 1 else run


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def on_ray(function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    """Ray Data over the items, one block each, in their order. The code of the rooms travels along; corpora are read
    where they lie, so all nodes must see the folder of `EOSUN_VAR`."""
    ray = _started()
    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False
    given = [{"item": pickle.dumps(item)} for item in items]
    if not given:
        return
    code = pickle.dumps(function)

    def apply(row: dict[str, Any]) -> dict[str, Any]:
        try:
            return {"result": pickle.dumps(pickle.loads(code)(pickle.loads(row["item"]))), "refusal": ""}
        except PipelineError as error:
            return {"result": b"", "refusal": str(error)}

    try:
        for row in ray.data.from_items(given, override_num_blocks=len(given)).map(apply).iter_rows():
            if row["refusal"]:
                raise PipelineError(row["refusal"])
            yield pickle.loads(row["result"])
    except ray.exceptions.RayError as error:
        said = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise PipelineError(f"The Ray cluster could not finish: {said.strip()[:200]}") from None


def _started() -> Any:
    """Ray, connected; PipelineError where it is not installed or its cluster does not answer."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
        import ray.data
    except ImportError:
        raise PipelineError("Ray is not installed: `make cluster` adds it.") from None
    import logging

    logging.getLogger("ray.data").setLevel(logging.ERROR)
    if not ray.is_initialized():
        room = Path(__file__).parent.parent
        environment = {
            "py_modules": [str(room / name) for name in ROOMS],
            "env_vars": {"PYTHONUTF8": "1"} | {name: os.environ[name] for name in PASSED_ON if name in os.environ},
        }
        try:
            ray.init(
                address=os.environ.get("RAY_ADDRESS"), runtime_env=environment, log_to_driver=False,
                logging_level=logging.ERROR,
            )  # fmt: skip
        except (ConnectionError, ValueError, RuntimeError) as error:
            said = str(error).strip().splitlines()[0][:160]
            raise PipelineError(f"The Ray cluster does not answer: {said}. Start it, or unset RAY_ADDRESS.") from None
    return ray
