"""Cells: the single trainings of a study, each named by the hash of everything that determines it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

from corpora.build import build as build_corpus
from corpora.table import Corpus, sha256_of, sources_sha256
from experiments.errors import StudyError
from experiments.models import get_model
from experiments.study import Study
from experiments.variants import variants
from pipelines.build import build as build_dataset
from pipelines.dataset import Dataset, Recipe, splits_of
from pipelines.orders import get_order
from pipelines.sequences import audit_of, lacks

AXES = ("lang", "unit", "model", "train_order", "seed", "condition")
LIBRARIES = ("tensorflow", "keras", "numpy", "sentencepiece", "scikit-learn", "scipy")
RUNTIME = {"threads": 1, "op_determinism": True, "xla": True}
_GRID = {"name", "title", "question", "languages", "models", "train_orders", "seeds", "first_seed", "log_model"}
AUDITED = 2_000
"""Test sentences on which every order is tried before anything is trained."""
_SOURCES = (
    "models", "measures", "cell.py", "checkpoint.py", "fitting.py", "material.py", "packing.py", "probe.py",
    "trainer.py", "variants.py",
)  # fmt: skip
TUNING = "tuning"
"""The purpose of cells that are fitted to choose settings, and never measured."""


@dataclass(frozen=True)
class Cell:
    """One training: its place in the grid, and the settings that all cells of the design share."""

    lang: str
    unit: str
    model: str
    train_order: str
    seed: int
    settings: dict[str, Any]
    condition: str = ""

    @property
    def axes(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in AXES}

    @property
    def design(self) -> str:
        """The hash of what the cells of a comparison have in common."""
        return sha256_of(self.settings)

    @property
    def sha256(self) -> str:
        return sha256_of({**self.axes, "settings": self.settings})

    @property
    def title(self) -> str:
        condition = f" {self.condition}" if self.condition else ""
        return f"{self.lang} {self.unit} {self.model} {self.train_order}{condition} seed {self.seed}"

    def record(self) -> dict[str, Any]:
        return asdict(self)


def code_sha256() -> str:
    """The hash of the code that makes a cell's numbers."""
    room = Path(__file__).parent
    return sources_sha256(*(room / name for name in _SOURCES), room.parent / "pipelines")


@dataclass(frozen=True)
class Prepared:
    """A study with its corpora built (one a variant; one named "" where there are none) and its datasets encoded."""

    study: Study
    corpora: dict[str, Corpus]
    source: str
    datasets: dict[str, Dataset]


def dataset_name(lang: str, unit: str, condition: str = "") -> str:
    return f"{lang}/{unit}@{condition}" if condition else f"{lang}/{unit}"


class Progress(Protocol):
    """Follows the building of text: `expect` a piece of work, then `advance` by sentences."""

    def expect(self, what: str, total: int | None) -> None: ...

    def advance(self, count: int) -> None: ...


class _Silent:
    def expect(self, what: str, total: int | None) -> None: ...

    def advance(self, count: int) -> None: ...


def prepare(
    study: Study, languages: tuple[str, ...], progress: Progress | None = None, *, tags: bool = False
) -> Prepared:
    """Build the study's corpus, under each of its conditions, and every dataset that its comparison needs.

    In aligned text all languages of the study are prepared, also when one is asked for: which sentences are used
    depends on all of them. tags: word classes are found, whether anything asks for them or not. Raises StudyError where
    the corpus lacks a language that is asked for.
    """
    progress = progress or _Silent()
    corpora, found = {}, variants(study.model_dump())
    for name, variant in found.items():
        options = {**study.corpus_options, **variant.options}
        progress.expect(f"building the corpus {Path(study.corpus).name} (sentences)", options.get("pairs"))
        corpus = build_corpus(study.corpus, langs=languages, options=options or None, progress=progress.advance)
        missing = [lang for lang in languages if lang not in corpus.languages]
        if missing:
            raise StudyError(
                f"The corpus {corpus.name} has no {', '.join(missing)}; it has {', '.join(corpus.languages)}."
            )
        corpora[name] = corpus
    wanted = [lang for lang in study.languages if lang in corpus.languages] if corpus.aligned else list(languages)
    orders = (*study.train_orders, *study.test_orders)
    tags = tags or study.hosts or study.recency.classes or any("tags" in get_order(name).needs for name in orders)
    datasets = {}
    for name, corpus in corpora.items():
        for lang, unit in [(one, unit) for one in wanted for unit in study.units[one]]:
            counts, transform = corpus.counts[lang], study.transforms.get(lang, "none")
            progress.expect(f"encoding {lang} by {unit} (sentences)", counts["train"] + sum(counts.values()))
            variant = found[name]
            recipe = Recipe(
                unit, variant.vocabulary, study.lower, study.keep_final, tags, transform, variant.fertility
            )  # fmt: skip
            datasets[dataset_name(lang, unit, name)] = build_dataset(corpus, lang, recipe, progress.advance)
    for dataset in datasets.values():
        _check_task(study, dataset)
        _check_orders(study, dataset)
    return Prepared(study, corpora, study.corpus, datasets)


def _check_task(study: Study, dataset: Dataset) -> None:
    """StudyError where the text has not what the study's task is about: labels, documents, or pairs."""
    columns = {"classification": ("label",), "pairs": ("label", "document"), "documents": ("document",)}
    for name in columns.get(study.task, ()):
        if not any(dataset.facts[name].to_pylist()):
            raise StudyError(
                f"The corpus {study.corpus} names no {name}s ({dataset.lang}): the task {study.task} needs them. Use "
                "another corpus (eosun corpora list), or set task=sentences."
            )


def _check_orders(study: Study, dataset: Dataset) -> None:
    """StudyError if an order lacks what it needs, changes nothing, or leaves more sentences as they are than chance.

    Chance is what the order's own definition gives, and three standard errors; what a study allows counts instead.
    """
    test = splits_of(dataset)["test"][:AUDITED]
    where = f"{dataset.lang}, {dataset.recipe.unit}"
    for name in dict.fromkeys((*study.train_orders, *study.test_orders)):
        order = get_order(name)
        missing = lacks(dataset, order)
        if missing is not None:
            raise StudyError(f'The order "{name}" cannot be applied ({where}): {missing}.')
        figures = audit_of(dataset, test, order, seed=study.perturbation_seed)
        found, chance, many = figures["unmoved"], figures["unmoved_by_chance"], max(figures["sentences"], 1.0)
        limit = study.allow_identical.get(name, chance + 3.0 * (chance * (1.0 - chance) / many) ** 0.5 + 1.0 / many)
        if found == 1.0 and name != "natural" and study.allow_identical.get(name, 0.0) < 1.0:
            raise StudyError(f'The order "{name}" changes no sentence ({where}): use another order, or other text.')
        if found > limit:
            raise StudyError(
                f'The order "{name}" leaves {100 * found:.1f} % of the sentences of two or more units as they are '
                f"({where}), where {100 * min(limit, 1.0):.1f} % are allowed: use another order or text, or allow it: "
                f"--set allow_identical.{name}={min(found + 0.05, 1.0):.2f}."
            )


def settings_of(prepared: Prepared) -> dict[str, Any]:
    """What all cells of a design share, and what a design's hash is taken over."""
    study = prepared.study.model_dump(mode="json", exclude=_GRID)
    corpora = prepared.corpora
    (corpus, *others) = corpora.values()
    hashes = {condition: one.sha256 for condition, one in corpora.items()}
    return {
        "study": {**study, "corpus": corpus.name},
        "corpus_sha256": sha256_of(hashes) if others else corpus.sha256,
        "comparable": corpus.settings["comparable"],
        "original": corpus.settings["original"],
        **({"alike": True} if corpus.settings.get("alike") else {}),
        "datasets": {name: dataset.sha256 for name, dataset in prepared.datasets.items()},
        "code": code_sha256(),
        "versions": {name: version(name) for name in LIBRARIES},
        "runtime": RUNTIME,
    }


def plan(prepared: Prepared, languages: tuple[str, ...]) -> list[Cell]:
    """The cells of a study in the given languages. Floors do not depend on a seed: they get seed 0 only."""
    study, settings = prepared.study, settings_of(prepared)
    return [
        Cell(lang, unit, model, train_order, seed if get_model(model).network else 0, settings, condition)
        for seed in range(study.first_seed, study.first_seed + study.seeds)
        for condition in variants(study.model_dump())
        for lang in languages
        for unit in study.units[lang]
        for train_order in study.train_orders
        for model in study.models
        if seed == study.first_seed or get_model(model).network
    ]
