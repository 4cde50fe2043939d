"""A study: the declared grid of what is trained and measured, from YAML, checked before anything runs."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from corpora.errors import unknown
from corpora.own import is_path
from experiments.declared import Gate, Positive, Recency, Sample, Sizes, Strict, Training, Tuning
from experiments.errors import StudyError
from experiments.models import Model, check_model, get_model
from experiments.models.sizes import check_embedding, matched_units
from experiments.variants import VARIED
from pipelines.errors import PipelineError
from pipelines.orders import check_order, get_order
from pipelines.transforms import get_transform
from pipelines.units import get_unit

FOLDER = Path(__file__).parent / "studies"
PRESETS = ("smoke", "quick", "full")
OPEN_KEYS = ("units.", "corpus_options.", "transforms.", "allow_identical.", "tuned.", "tuning.space.")
"""Settings below which any key may stand."""
WHOLE = {"allow_identical.": 1, "tuning.space.": 1, "tuned.": 2}
"""Of these, how many names a key below has: of an order or setting, of a language and model and then a setting."""


ReadOut = Literal["last", "mean", "max", "attention"]
Fertility = Annotated[float, Field(ge=1, lt=2)]


class Study(BaseModel):
    """A study as it will run: preset and settings applied, names checked.

    task: a language model of `sentences` each from an empty state, or of `documents` with the state carried over;
    `classification` of texts, or of `pairs`, by their label. tied: whether the soft-max reads the embeddings. readout:
    how a classifier reads the states of a text. whole_units: a classifier reads every unit as one symbol, the most
    frequent `vocabulary` of training and one for all others, instead of pieces; for the comparison of vocabularies, as
    nothing unseen can be told apart by it. tuned: settings by `language/model`, over those of the study.
    conditions: a name for each of several settings of the corpus, over `corpus_options`; every cell is run under each,
    on the same sentences (by id). readouts: those under each of which every classifier is run, `readout` among them.
    vocabularies: sizes under each of which every cell is run, `vocabulary` among them,
    so that what is claimed of languages can be seen to hold at all (`experiments.variants`). fertility: how many times
    the pieces of its vocabulary the text is written at (`pipelines.spelling`); fertilities: those under each of which
    every cell is run, `fertility` among them, for what the cutting alone makes of a figure. transforms: a script
    transform by language. allow_identical: by order, the share of sentences of two or more units that it may leave in
    their natural order; an order that is not named may leave as many as its definition says. family: which tests are
    corrected together; it is part of a design's hash, and so declared before anything runs. log_model: whether runs
    keep their network as an MLflow model, too; no part of a cell's identity. recall: the mark after which every
    sentence repeats what it was shown. hosts: whether the content words that stand in every test order are scored
    apart. first_seed: where the seeds begin, so that a study can be spread over machines, or grow (see `eosun publish
    --add`).
    """

    model_config = Strict.model_config

    name: str
    title: str
    question: str
    corpus: str = "grammar"
    corpus_options: dict[str, Any] = {}
    conditions: dict[Annotated[str, Field(pattern="^[a-z0-9_]+$")], dict[str, Any]] = {}
    languages: tuple[str, ...] = ("ko", "en")
    task: Literal["sentences", "documents", "classification", "pairs"] = "sentences"
    units: dict[str, tuple[str, ...]]
    models: tuple[str, ...]
    train_orders: tuple[str, ...] = ("natural",)
    test_orders: tuple[str, ...] = ("natural", "reverse", "local_3", "shuffle")
    seeds: Positive = 3
    first_seed: Annotated[int, Field(ge=0)] = 0
    perturbation_seed: int = 0
    draws: Positive = 1
    vocabulary: Positive = 1000
    vocabularies: tuple[Positive, ...] = ()
    fertility: Fertility = 1.0
    fertilities: tuple[Fertility, ...] = ()
    lower: bool = True
    keep_final: bool = True
    transforms: dict[str, str] = {}
    allow_identical: dict[str, Annotated[float, Field(ge=0, le=1)]] = {}
    match: Literal["parameters", "units", "flops"] = "parameters"
    tied: bool = True
    whole_units: bool = False
    recall: str = ""
    hosts: bool = False
    readout: ReadOut = "last"
    readouts: tuple[ReadOut, ...] = ()
    sizes: Sizes = Sizes()
    training: Training = Training()
    sample: Sample = Sample()
    recency: Recency = Recency()
    gate: Gate = Gate()
    family: tuple[
        Literal[
            "order_cost",
            "order_gain",
            "accuracy_lost",
            "between_languages",
            "between_conditions",
            "interactions",
            "asymmetries",
        ],
        ...,
    ] = ("order_cost", "order_gain", "accuracy_lost", "between_languages")
    tuning: Tuning = Tuning()
    tuned: dict[str, dict[str, Any]] = {}
    log_model: bool = False

    @property
    def classifies(self) -> bool:
        return self.task in ("classification", "pairs")

    @model_validator(mode="after")
    def _variants(self) -> Study:
        for one, several in VARIED.items():
            own, values = getattr(self, one), getattr(self, several)
            if values and (own not in values or len(set(values)) < len(values)):
                raise StudyError(f"{several} must hold {one} ({own}), the study's own, and each once: got {[*values]}.")
        if self.readouts and not self.classifies:
            raise StudyError("readouts are those of classifiers: set task=classification, or leave them out.")
        if self.training.resets and self.task != "documents":
            raise StudyError("training.resets is for documents, whose state is carried over: set task=documents.")
        self._have_effect()
        if self.recall and any(one != 1 for one in (self.fertility, *self.fertilities)):
            raise StudyError("recall counts gaps in pieces, so fertility must be 1: leave one of the two out.")
        if self.whole_units and any(one != 1 for one in (self.fertility, *self.fertilities)):
            raise StudyError("whole_units reads no pieces, so fertility must be 1: leave one of the two out.")
        return self

    def _have_effect(self) -> None:
        """StudyError for a setting that the study's task would pass over."""
        if self.sample.balanced and self.task != "classification":
            raise StudyError("sample.balanced is for texts with labels: set task=classification, or leave it out.")
        if self.recall and self.task != "sentences":
            raise StudyError("recall is measured on sentences: set task=sentences, or leave it out.")
        if self.hosts and self.classifies:
            raise StudyError("hosts measures language models: set task=sentences or documents, or leave it out.")
        if self.readout != "last" and not self.classifies:
            raise StudyError("readout is that of a classifier: set task=classification, or leave it out.")
        if self.training.keep == "accuracy" and not self.classifies:
            raise StudyError("training.keep=accuracy is for labels: set task=classification, or leave it out.")
        if self.training.keep == "last" and self.training.schedule == "halve":
            raise StudyError("training.keep=last never halves the rate: set training.schedule to cosine or constant.")
        if self.training.consistency and not self.classifies:
            raise StudyError("training.consistency is for classifiers: set task=classification, or leave it out.")
        if self.training.consistency and not (self.training.dropout or self.training.piece_dropout):
            raise StudyError("training.consistency compares two dropouts: set training.dropout, or leave it out.")
        for key in self.tuned:
            lang, _, model = key.partition("/")
            if lang not in self.units:
                raise StudyError(f'tuned: {unknown("language", lang, sorted(self.units))} (in "{key}")')
            get_model(model)

    @field_validator("models")
    @classmethod
    def _models(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(check_model(name) for name in names)

    @model_validator(mode="after")
    def _languages(self) -> Study:
        for lang in self.languages:
            if lang not in self.units:
                raise StudyError(
                    f'The study "{self.name}" declares no units for language "{lang}": add them under units.'
                )
            for name in self.units[lang]:
                get_unit(name, lang)
                for order in (*self.train_orders, *self.test_orders):
                    self._check(order, lang, name)
            get_transform(self.transforms.get(lang, "none"), lang)
        if self.whole_units and not self.classifies:
            raise StudyError("whole_units is for classifiers: a language model must be able to spell every unit.")
        if "natural" not in self.test_orders:
            raise StudyError("test_orders must hold natural: every order's cost is counted from it.")
        for name in self.allow_identical:
            get_order(name)
        for name in self.models:
            model = get_model(name)
            self._check_task(model)
            if model.network:
                check_embedding(model, self.sizes.embedding)
                sizes = self.sizes
                matched_units(model, sizes.embedding, sizes.units, self.match, classifies=self.classifies)
        for key in self.tuned:
            for lang in self.languages:
                for name in self.models:
                    if key == f"{lang}/{name}":
                        self.tuned_for(lang, name)
        for key in ("languages", "models", "train_orders", "test_orders"):
            values = getattr(self, key)
            if len(set(values)) < len(values) or not values:
                raise StudyError(f"{key} must name at least one thing, and each only once.")
        return self

    def _check_task(self, model: Model) -> None:
        if self.classifies and model.predicts_only:
            raise StudyError(f'The model "{model.name}" is a language model: it cannot do the task {self.task}.')
        if not self.classifies and model.classifies_only:
            why = "sees what it would have to predict" if model.network else "gives no surprisal"
            raise StudyError(f'The model "{model.name}" {why}: leave it out, or set task=classification.')
        if self.whole_units and model.kind == "character_ngrams":
            raise StudyError("character_ngrams reads letters, and whole_units has none: leave one of the two out.")
        if self.task == "pairs" and not model.network:
            raise StudyError(f'The model "{model.name}" does not read pairs: leave it out.')

    def tuned_for(self, lang: str, model: str) -> Study:
        """The study with the settings that were tuned for a language and model."""
        found = self.tuned.get(f"{lang}/{model}")
        if not found:
            return self
        chosen = self.model_dump(exclude={"tuned"})
        for key, value in found.items():
            _known_key(key)
            for part in reversed(key.split(".")):
                value = {part: value}
            chosen = _merged(chosen, value)
        return _validated(chosen, f"tuned.{lang}/{model}")

    def _check(self, order: str, lang: str, unit: str) -> None:
        try:
            check_order(get_order(order), lang, unit)
        except PipelineError as error:
            others = [other for other in self.languages if other != lang]
            leave = f" To leave {lang} out of the study: --set languages=[{', '.join(others)}]." if others else ""
            raise StudyError(f"{error}{leave}") from None


def study_names() -> list[str]:
    """The studies that come with the laboratory."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load_study(
    name: str,
    *,
    preset: str = "quick",
    corpus: str | None = None,
    seeds: int | None = None,
    settings: Iterable[str] = (),
) -> Study:
    """The study of that name (or the YAML file at that path), with a preset and `key=value` settings applied.

    A later source wins: the file, then the preset, then corpus and seeds, then the settings in their order.
    Raises StudyError for an unknown study, preset or key, with the nearest known one, and for a wrong value.
    """
    path = Path(name) if name.endswith((".yaml", ".yml")) else FOLDER / f"{name}.yaml"
    if not path.is_file():
        if path.parent != FOLDER:
            raise StudyError(f"There is no study file {path}.")
        raise StudyError(unknown("study", name, study_names()))
    try:
        declared = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise StudyError(f"{path.name} is not YAML in UTF-8: {' '.join(str(error).split())[:160]}") from None
    if not isinstance(declared, dict):
        raise StudyError(f"{path.name} must hold keys and values, as in word_order.yaml.")
    presets = declared.pop("presets", {})
    if preset not in {*presets, *PRESETS}:
        raise StudyError(unknown("preset", preset, {*presets, *PRESETS}))
    chosen = _merged(declared, presets.get(preset) or {})
    if corpus is not None:
        chosen = _merged(chosen, _for_corpus(declared, corpus))
    if seeds is not None:
        chosen["seeds"] = seeds
    for setting in settings:
        chosen = _merged(chosen, _setting(setting))
    chosen.pop("corpora", None)
    return _validated(chosen, path.name)


def _for_corpus(declared: Mapping[str, Any], corpus: str) -> dict[str, Any]:
    """What a study says of a corpus under `corpora` (of a file of one's own, under `own`), with its name."""
    said = declared.get("corpora", {}).get("own" if is_path(corpus) else corpus)
    return {**(said or {}), "corpus": corpus}


def _setting(setting: str) -> dict[str, Any]:
    key, equals, text = setting.partition("=")
    if not equals:
        raise StudyError(f'A setting is written key=value, as in training.epochs=5; "{setting}" has no "=".')
    _known_key(key.strip())
    try:
        value: Any = yaml.safe_load(text)
    except yaml.YAMLError:
        raise StudyError(f'The value in "{setting}" is not YAML.') from None
    for part in reversed(_parts(key.strip())):
        value = {part: value}
    return dict(value)


def _parts(key: str) -> list[str]:
    """The names that a key is made of: dots part them, but not in what is named by an order or a setting."""
    for prefix, names in WHOLE.items():
        if key.startswith(prefix):
            *inner, last = key.removeprefix(prefix).split(".", names - 1)
            return [*prefix.strip(".").split("."), *inner, last]
    return key.split(".")


def _keys(model: type[BaseModel], prefix: str = "") -> list[str]:
    names = []
    for name, field in model.model_fields.items():
        inner = field.annotation
        names.append(prefix + name)
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            names += _keys(inner, f"{prefix}{name}.")
    return names


def _known_key(key: str) -> None:
    known = _keys(Study)
    if key not in known and not key.startswith(OPEN_KEYS):
        near = difflib.get_close_matches(key, known, n=1, cutoff=0.4)
        hint = f' Did you mean "{near[0]}"?' if near else ""
        raise StudyError(f'Unknown setting "{key}".{hint} Available: {", ".join(known)}.')


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` laid over `base`, mappings key by key; null takes a mapping away, as in conditions.free: null."""
    result = dict(base)
    for key, value in over.items():
        inner = result.get(key)
        if value is None and isinstance(inner, Mapping):
            del result[key]
            continue
        result[key] = _merged(inner, value) if isinstance(inner, Mapping) and isinstance(value, Mapping) else value
    return result


def _validated(chosen: Mapping[str, Any], where: str) -> Study:
    try:
        return Study.model_validate(chosen)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            _known_key(key)
        said = "must be a list, as [natural, shuffle]" if first["type"] == "tuple_type" else first["msg"]
        got = "" if isinstance(first["input"], Mapping) else f" (got {first['input']!r})"  # of a whole part, no more
        raise StudyError(f"{where}: {key or 'study'}: {said.removeprefix('Value error, ')}{got}.") from None
