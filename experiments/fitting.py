"""Fitting the model of a cell to its text: floors are counted, networks trained, and gates applied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from experiments.cells import Cell
from experiments.checkpoint import History, Validated
from experiments.material import Material
from experiments.measures import ClassScorer, Scorer, sum_by_sentence
from experiments.models.bags import Bag
from experiments.models.floors import new_floor
from experiments.models.sizes import matched_units, matched_weights
from experiments.packing import Passages, Rows, TextRows, pack_texts, stream
from experiments.study import Study
from pipelines.layout import Indices
from pipelines.sequences import Sequences

if TYPE_CHECKING:
    import keras

    from experiments.trainer import Network

Progress = Callable[[float, str], None]
DIVERGED = "flagged: training diverged"
SLOTS = 16
"""Texts a row of a classifier holds at most."""


@dataclass(frozen=True)
class Fitted:
    """A model ready to be measured, and what is known of how it was made.

    weights: all of them; matched: those that `match: parameters` makes equal; units: the hidden size (0 for a floor).
    """

    scorer: Scorer | ClassScorer
    gate: str
    weights: int
    matched: int
    units: int
    metrics: dict[str, float]
    curves: dict[str, list[tuple[int, float]]]
    seconds: dict[str, float]


def fit(cell: Cell, material: Material, folder: Path, checkpoints: Path | None, progress: Progress) -> Fitted:
    """Fit the cell's model; a network's weights go to `folder`, and with a folder for `checkpoints` it is resumable."""
    model = material.model
    if material.study.classifies:
        if model.network:
            return _classifier(cell, material, folder, checkpoints, progress)
        return _bag(cell, material)
    if model.network:
        return _language_model(cell, material, folder, checkpoints, progress)
    floor = new_floor(model.order, material.passages("train", cell.train_order), material.dataset.pieces)
    valid = bits_per_sentence(floor, material.passages("valid", cell.train_order))
    return Fitted(floor, "passed", floor.weights, 0, 0, {"valid_bits": valid}, {}, {})


def bits_per_sentence(scorer: Scorer, given: Passages) -> float:
    return float(np.mean(sum_by_sentence(scorer.bits(given), given)))


def _units(material: Material) -> int:
    study = material.study
    sizes = study.sizes
    return matched_units(material.model, sizes.embedding, sizes.units, study.match, classifies=study.classifies)


def _language_model(
    cell: Cell, material: Material, folder: Path, checkpoints: Path | None, progress: Progress
) -> Fitted:
    from experiments.trainer import fix_runtime, new_language_model, train

    fix_runtime()
    study, pieces, order = material.study, material.pieces, cell.train_order
    network = new_language_model(material.model, pieces, study, _units(material), cell.seed, reuse=True)
    valid = material.passages("valid", order)
    history = train(
        network,
        lambda epoch, generator: _laid(network, study, material.passages("train", order, draw=epoch), generator),
        lambda: Validated(bits_per_sentence(network, valid)),
        progress,
        checkpoints,
    )
    _keep(network.model, material, folder)
    first = material.passages("train", order)
    floors = {
        name: bits_per_sentence(new_floor(n, first, pieces), valid)
        for n, name in ((1, "unigram"), (2, "bigram"), (5, "ngram_5"))
    }
    best = history.valid_bits[history.best_epoch]
    gate = _gate(history, best, {"unigram": floors["unigram"]}, {"bigram": floors["bigram"]}, study.gate.margin)
    metrics = {**{f"valid_bits.{name}": bits for name, bits in floors.items()},
               **{f"margin_over_{name}": 1.0 - best / floors[name] for name in ("bigram", "ngram_5")}}  # fmt: skip
    return _fitted(network, gate, network.weights, material, history, metrics)


def _laid(network: Network, study: Study, given: Passages, generator: np.random.Generator) -> Rows:
    if study.task == "documents":
        return stream(given, study.training.row, study.training.rows, generator, study.training.resets)
    return network.pack(given, generator)


def _classifier(cell: Cell, material: Material, folder: Path, checkpoints: Path | None, progress: Progress) -> Fitted:
    from experiments.trainer import fix_runtime, new_classifier, train

    fix_runtime()
    study, pieces, order = material.study, material.pieces, cell.train_order
    pairs = study.task == "pairs"
    network = new_classifier(
        material.model, pieces, study, _units(material), len(material.classes), cell.seed, reuse=True
    )
    scorer = NetworkClasses(network, pairs)
    valid, right = material.sequences(material.numbers["valid"], order), material.labels("valid")
    labels = material.labels("train")
    history = train(
        network,
        lambda epoch, generator: scorer.packed(
            material.sequences(material.numbers["train"], order, draw=epoch), labels, generator
        ),
        lambda: validated(scorer.class_bits(valid), right),
        progress,
        checkpoints,
    )
    _keep(network.model, material, folder)
    alone, accuracy = label_entropy(labels, right), history.valid_accuracy[history.best_epoch]
    wrong = float((right != np.bincount(labels).argmax()).mean())
    best, floors = (
        (history.valid_bits[history.best_epoch], {"label distribution": alone})
        if study.training.keep == "bits"
        else (1.0 - accuracy, {"commonest label": wrong})
    )
    gate = _gate(history, best, {}, floors, study.gate.margin)
    metrics = {"valid_bits.labels": alone, "valid_accuracy": accuracy, "classes": float(len(material.classes))}
    return _fitted(network, gate, network.weights, material, history, metrics)


def _bag(cell: Cell, material: Material) -> Fitted:
    train, valid = (material.sequences(material.numbers[split], cell.train_order) for split in ("train", "valid"))
    labels, right = material.labels("train"), material.labels("valid")
    bag = Bag(material.model.kind, material.dataset.vocabulary())
    tried = bag.fit(train, labels, valid, right, material.study.training.keep)
    found = validated(bag.class_bits(valid), right)
    metrics = {
        "valid_bits": found.bits,
        "valid_accuracy": float(found.accuracy or 0.0),
        "regularisation": bag.strength,
        "classes": float(len(material.classes)),
    }
    return Fitted(bag, "passed", bag.weights, 0, 0, metrics, {"learning.valid_bits": tried}, {})


@dataclass(frozen=True)
class NetworkClasses:
    """A classifying network as a scorer of sequences."""

    network: Network
    pairs: bool

    def packed(self, given: Sequences, labels: NDArray[np.int64], generator: np.random.Generator | None) -> TextRows:
        """In rows for training, or without a generator for scoring."""
        from experiments.trainer import SCORING_ROWS

        training = self.network.training
        slots = (2 if self.pairs else 1) if self.network.fused else SLOTS
        multiple = SCORING_ROWS if generator is None else training.rows
        return pack_texts(given, labels, training.row, multiple, slots, generator, pairs=self.pairs)

    def class_bits(self, given: Sequences) -> NDArray[np.float64]:
        """[texts or pairs, classes]: surprisal of every class in bits."""
        blank = np.zeros(len(given) // (2 if self.pairs else 1), np.int64)
        return self.network.label_bits(self.packed(given, blank, None))


def validated(bits: NDArray[np.float64], right: Indices) -> Validated:
    """From the surprisal of every class, [texts or pairs, classes]."""
    return Validated(float(bits[np.arange(len(right)), right].mean()), float((bits.argmin(1) == right).mean()))


def label_entropy(train: Indices, given: Indices) -> float:
    """Bits a label, told by how often each label occurs in training (add one)."""
    counts = np.bincount(train, minlength=int(max(train.max(), given.max())) + 1) + 1.0
    return float(-np.log2(counts / counts.sum())[given].mean())


def _keep(model: keras.Model, material: Material, folder: Path) -> None:
    model.save_weights(folder / "model.weights.h5")
    (folder / "vocabulary.model").write_bytes((material.dataset.folder / "vocabulary.model").read_bytes())


def _gate(history: History, best: float, below: dict[str, float], beaten: dict[str, float], margin: float) -> str:
    """What a training must have come to: finite, below the first floors, and below the others by a margin."""
    if history.diverged:
        return DIVERGED
    for name, bits in below.items():
        if best > bits:
            return f"flagged: worse than the {name} floor"
    for name, bits in beaten.items():
        if best > (1.0 - margin) * bits:
            return f"flagged: does not beat the {name} floor by {100 * margin:g} %"
    return "passed"


def _fitted(
    network: Network,
    gate: str,
    weights: int,
    material: Material,
    history: History,
    metrics: dict[str, float],
) -> Fitted:
    study, units = material.study, _units(material)
    scorer = NetworkClasses(network, study.task == "pairs") if study.classifies else network
    return Fitted(
        scorer,
        gate,
        weights,
        matched_weights(material.model, study.sizes.embedding, units, classifies=study.classifies),
        units,
        {
            "valid_bits": history.valid_bits[history.best_epoch],
            "epochs": float(len(history.train_bits)),
            "best_epoch": float(history.best_epoch),
            "steps": float(history.steps),
            **metrics,
        },
        {
            "learning.valid_bits": list(enumerate(history.valid_bits)),
            **({"learning.valid_accuracy": list(enumerate(history.valid_accuracy))} if history.valid_accuracy else {}),
            "learning.train_bits_per_target": list(enumerate(history.train_bits, 1)),
            "learning.rate": list(enumerate(history.learning_rates, 1)),
        },
        {
            "training": history.wall_s,
            "training_steps": history.steps_s,
            "compiling": history.compile_s,
            "validating": history.valid_s,
            "pieces_per_second": history.tokens / max(history.steps_s, 1e-9),
        },
    )
