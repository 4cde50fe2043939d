"""Questions that a reviewer asks of a study's runs, as filters that the MLflow UI and `search_runs` take."""

from __future__ import annotations

import json
import math
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from experiments.export import untracked
from experiments.results import shown_as
from experiments.tracking import Store

if TYPE_CHECKING:
    from mlflow.entities import Run

NEWEST_FIRST = "attributes.start_time DESC"


@dataclass(frozen=True)
class Question:
    """A question in words, the filter that answers it, and the column by which the answer is sorted."""

    asked: str
    filter: str
    order_by: str = NEWEST_FIRST


def questions(runs: list[Run]) -> list[Question]:
    """What can be asked of these runs: values are those that they have, thresholds their medians."""
    if not runs:
        return []
    newest = max(runs, key=lambda run: run.info.start_time)
    done = [run for run in runs if run.info.status == "FINISHED"]
    lang, model = (
        _commonest(runs, "lang"),
        _commonest(networks(done) or runs, "model"),
    )
    asked = [
        Question(f"one language ({lang})", f'tags.lang = "{lang}"'),
        Question(f"one model ({model}) in every language", f'tags.model = "{model}"'),
        Question("one language and one model", f'tags.lang = "{lang}" and tags.model = "{model}"'),
        Question("networks only, no floors", "metrics.`size/units` > 0"),
        Question("runs that passed their gates", 'tags.gate = "passed"'),
        Question("flagged runs", "tags.gate LIKE 'flagged%'"),
        Question("the newest call only", f'tags.invocation = "{newest.data.tags["invocation"]}"'),
        Question("one design: what a report puts side by side", f'tags.design = "{newest.data.tags["design"]}"'),
        Question("one seed", 'tags.seed = "0"'),
        Question("failed runs; their reason is the tag failure", 'attributes.status = "FAILED"'),
        Question("interrupted runs, which the same command goes on with", 'attributes.status = "KILLED"'),
        Question("what runs now; how far it is says the tag progress", 'attributes.status = "RUNNING"'),
    ]
    return asked + list(_of_metrics(done))


def _of_metrics(runs: list[Run]) -> Iterable[Question]:
    """Questions with a threshold: the median of the runs that have the metric."""
    names = sorted({name for run in runs for name in run.data.metrics})
    for order in (name for name in names if name.startswith(shown_as("order_cost."))):
        shown = order.removeprefix(shown_as("order_cost."))
        middle = _median(runs, order)
        yield Question(
            f"what loses more than {middle} bits a sentence under {shown}", f"metrics.`{order}` > {middle}",
            f"metrics.`{order}` DESC",
        )  # fmt: skip
    for name, asked, way in (
        ("wall_s", "the slower half, slowest first (seconds)", "DESC"),
        ("system/peak_memory_megabytes", "the half that takes more memory (MB)", "DESC"),
    ):
        if name in names:
            yield Question(asked, f"metrics.`{name}` >= {_median(runs, name)}", f"metrics.`{name}` {way}")


def _median(runs: list[Run], name: str) -> float:
    """A median's first two decimals, rounded down: the run in the middle is found."""
    return math.floor(100 * statistics.median(r.data.metrics[name] for r in runs if name in r.data.metrics)) / 100


def networks(runs: list[Run]) -> list[Run]:
    """The runs that trained a network: floors have no hidden units."""
    return [run for run in runs if run.data.metrics.get("size/units", 0) > 0]


def _commonest(runs: list[Run], tag: str) -> str:
    return Counter(str(run.data.tags[tag]) for run in runs).most_common(1)[0][0]


CURVES = ("recency/bits_per_sentence", "recency/context", "matrix/bits_per_sentence", "learning/valid_bits")
COMPARED = 6


@dataclass(frozen=True)
class Pages:
    """Where the UI shows a study: its table of runs, its charts, some of its runs side by side, and by curve the chart
    that lays those runs over each other."""

    runs: str
    charts: str
    compare: str
    curves: dict[str, str]


def pages(root: str, experiment: str, runs: list[Run], question: Question) -> Pages:
    """The addresses below the UI's own, with a question asked already; compared are the newest networks."""
    ui = f"{root.rstrip('/')}/#"
    column, _, way = question.order_by.rpartition(" ")
    view = {"searchFilter": question.filter, "orderByKey": column, "orderByAsc": str(way == "ASC").lower(),
            "startTime": "ALL", "lifecycleFilter": "Active"}  # fmt: skip
    chosen = [run for run in networks(runs) if run.info.status == "FINISHED"][-COMPARED:]
    compared = {"runs": _listed([run.info.run_id for run in chosen]), "experiments": _listed([experiment])}
    curves = {
        name: f"{ui}/metric?" + _query({**compared, "metric": json.dumps(name), "plot_metric_keys": _listed([name]),
              "plot_layout": "{}", "x_axis": "step", "y_axis_scale": "linear", "line_smoothness": "1",
              "show_point": "true", "deselected_curves": "[]", "last_linear_y_axis_range": "[]"})
        for name in CURVES
        if any(name in run.data.metrics for run in chosen)
    }  # fmt: skip
    table = f"{ui}/experiments/{experiment}/runs?"
    return Pages(
        table + _query(view),
        table + _query({**view, "compareRunsMode": "CHART"}),
        f"{ui}/compare-runs?{_query(compared)}",
        curves,
    )


def _listed(values: list[str]) -> str:
    return json.dumps(values, separators=(",", ":"))


def _query(values: dict[str, str]) -> str:
    return urlencode(values, quote_via=quote)


def reviewed(store: Store, study: str) -> tuple[str, list[Run]]:
    """The experiment's id and all runs of a study, oldest first; StudyError where there are none."""
    found = store.experiment(study)
    runs = store.runs(study, status="")
    if found is None or not runs:
        raise untracked(study)
    return str(found.experiment_id), runs
