"""Engines: the same bytes whoever does the work, one line where somebody fails, nothing left behind."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from corpora.table import Corpus
from pipelines.build import build
from pipelines.dataset import Dataset, Recipe
from pipelines.engines import Engine, get_engine, local, on_ray, serial
from pipelines.errors import PipelineError

RECIPE = Recipe("morpheme", 400, tags=True)


def all_bytes(dataset: Dataset) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(dataset.folder.iterdir())}


def built_by(engine: Engine, corpus: Corpus, produced: Path) -> dict[str, bytes]:
    shutil.rmtree(produced / "datasets", ignore_errors=True)
    return all_bytes(build(corpus, "ko", RECIPE, engine=engine))


@pytest.fixture
def in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of 256 sentences is shared out in six pieces."""
    monkeypatch.setattr("pipelines.build.MOST_ROWS", 50)


@pytest.mark.usefixtures("in_pieces")
def test_processes_give_the_bytes_of_one_process(tiny_corpus: Corpus, produced: Path) -> None:
    assert built_by(local(2), tiny_corpus, produced) == built_by(serial, tiny_corpus, produced)


def test_the_bytes_do_not_depend_on_the_pieces(
    tiny_corpus: Corpus, produced: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = built_by(serial, tiny_corpus, produced)
    for rows in (1, 7, 100):
        monkeypatch.setattr("pipelines.build.MOST_ROWS", rows)
        assert built_by(serial, tiny_corpus, produced) == whole


def _slow_first(number: int) -> int:
    time.sleep(0.3 if number == 0 else 0.0)
    return number * number


def _refuse(number: int) -> int:
    if number == 3:
        raise PipelineError("Three is refused.")
    return number


def _die(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_results_come_in_the_order_of_the_items() -> None:
    assert list(local(2)(_slow_first, range(9))) == [n * n for n in range(9)]


def test_only_a_few_items_are_on_their_way() -> None:
    """Memory stays flat because the items are taken as results are handed out."""
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield number

    results = local(2)(_slow_first, items())
    assert next(results) == 0
    assert taken <= 7
    results.close()  # type: ignore[attr-defined]


def test_a_refusal_in_a_process_is_the_same_line_here() -> None:
    with pytest.raises(PipelineError, match=r"^Three is refused\.$"):
        list(local(2)(_refuse, range(9)))


def test_a_process_that_is_killed_is_reported_in_one_line() -> None:
    with pytest.raises(PipelineError, match="use fewer workers"):
        list(local(2)(_die, range(9)))


def test_an_unknown_engine_is_answered() -> None:
    with pytest.raises(PipelineError, match=r'Unknown engine "rai"\. Did you mean "ray"'):
        get_engine("rai")


@pytest.mark.skipif(find_spec("ray") is not None, reason="Ray is installed")
def test_without_ray_the_remedy_is_named() -> None:
    with pytest.raises(PipelineError, match="make cluster"):
        list(on_ray(_refuse, range(2)))


needs_ray = pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed: make cluster")


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """A Ray cluster of three nodes on this machine, one processor each but for the head, which has none."""
    import ray
    from ray.cluster_utils import Cluster

    found = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "object_store_memory": 200 * 2**20})
    for _ in range(2):
        found.add_node(num_cpus=1, object_store_memory=200 * 2**20)
    os.environ["RAY_ADDRESS"] = found.address
    yield
    os.environ.pop("RAY_ADDRESS")
    ray.shutdown()
    found.shutdown()


@needs_ray
@pytest.mark.long
@pytest.mark.xdist_group("ray")
@pytest.mark.usefixtures("in_pieces", "cluster")
def test_a_cluster_of_several_nodes_gives_the_same_bytes(tiny_corpus: Corpus, produced: Path) -> None:
    import ray

    assert built_by(on_ray, tiny_corpus, produced) == built_by(serial, tiny_corpus, produced)
    assert sum(node["Alive"] for node in ray.nodes()) == 3


@needs_ray
@pytest.mark.long
@pytest.mark.xdist_group("ray")
@pytest.mark.usefixtures("cluster")
def test_work_is_spread_over_the_nodes_and_refusals_come_back() -> None:
    assert len(set(on_ray(_node, range(12)))) == 2
    with pytest.raises(PipelineError, match=r"^Three is refused\.$"):
        list(on_ray(_refuse_at_three, range(9)))


def _node(number: int) -> str:
    import ray

    time.sleep(0.2)
    return str(ray.get_runtime_context().get_node_id())


def _refuse_at_three(number: int) -> int:
    from pipelines.errors import PipelineError

    if number == 3:
        raise PipelineError("Three is refused.")
    return number
