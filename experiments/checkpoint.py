"""Checkpoints of a training: everything that decides how it goes on, so that a resumed run ends in the same bits."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from experiments.trainer import Network

STATE = "state.json"


@dataclass(frozen=True)
class Validated:
    """How a network does on validation: bits a sentence (or a text), and of labels the share of right ones."""

    bits: float
    accuracy: float | None = None


@dataclass
class History:
    """What happened in training, an entry an epoch; epoch 0 of validation is the untrained network.

    train_bits: bits a target; valid_bits: bits a sentence (a text, for a classifier); valid_accuracy: a classifier's
    share of right labels; seconds: spent in training steps without compiling, compiling, and validating.
    """

    train_bits: list[float] = field(default_factory=list)
    valid_bits: list[float] = field(default_factory=list)
    valid_accuracy: list[float] = field(default_factory=list)
    learning_rates: list[float] = field(default_factory=list)
    best_epoch: int = 0
    steps: int = 0
    tokens: int = 0
    steps_s: float = 0.0
    compile_s: float = 0.0
    valid_s: float = 0.0
    wall_s: float = 0.0
    resumed: int = 0

    def validated(self, found: Validated) -> None:
        self.valid_bits.append(found.bits)
        if found.accuracy is not None:
            self.valid_accuracy.append(found.accuracy)

    def loss(self, epoch: int, keep: str) -> tuple[float, ...]:
        """What decides between epochs, lowest best: bits, or wrong labels and then bits, or which one is later."""
        if keep == "last":
            return (-float(epoch),)
        bits = self.valid_bits[epoch]
        return (1.0 - self.valid_accuracy[epoch], bits) if keep == "accuracy" else (bits,)

    @property
    def diverged(self) -> bool:
        return not all(np.isfinite(self.train_bits + self.valid_bits))


@dataclass
class Position:
    """Where a training stands: `epoch` and `batch` come next; sums: nats of the epoch's batches so far."""

    history: History
    epoch: int = 1
    batch: int = 0
    halvings: int = 0
    waited: int = 0
    sums: list[float] = field(default_factory=list)
    best: list[Any] = field(default_factory=list)


def save(folder: Path, network: Network, position: Position) -> None:
    """Write a checkpoint below `folder` and remove the one before it; one that breaks off is never read.

    `model.weights.h5` is in Keras' form; `rest.npz` holds the best epoch's weights, the optimizer's variables, and the
    states that the next rows go on from; the random state of a step is its number (`trainer.masks_of`).
    """
    name = f"epoch-{position.epoch:04d}-batch-{position.batch:07d}"
    target = folder / name
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    network.model.save_weights(target / "model.weights.h5")
    arrays = {
        **{f"optimizer.{i}": np.asarray(v.value) for i, v in enumerate(network.optimizer.variables)},
        **{f"best.{i}": value for i, value in enumerate(position.best)},
        **{f"carried.{i}": np.asarray(value) for i, value in enumerate(network.carried)},
        "sums": np.array(position.sums, np.float64),
    }
    np.savez(target / "rest.npz", **arrays)
    state = {key: value for key, value in asdict(position).items() if key not in ("best", "sums")}
    draft = target / f".{STATE}"
    draft.write_text(json.dumps(state), encoding="utf-8")
    draft.rename(target / STATE)
    for older in folder.glob("epoch-*"):
        if older.name != name:
            shutil.rmtree(older, ignore_errors=True)


def load(folder: Path, network: Network) -> Position | None:
    """Put the newest whole checkpoint below `folder` into the network; None where there is none."""
    import tensorflow as tf

    whole = sorted(folder.glob(f"epoch-*/{STATE}")) if folder.is_dir() else []
    if not whole:
        return None
    target = whole[-1].parent
    state = json.loads(whole[-1].read_text(encoding="utf-8"))
    network.model.load_weights(target / "model.weights.h5")
    with np.load(target / "rest.npz") as kept:
        for i, variable in enumerate(network.optimizer.variables):
            variable.assign(kept[f"optimizer.{i}"])
        network.carried = [tf.constant(kept[f"carried.{i}"]) for i in range(_many(kept, "carried"))]
        best = [kept[f"best.{i}"] for i in range(_many(kept, "best"))]
        sums = kept["sums"].tolist()
    history = History(**state.pop("history"))
    history.resumed += 1
    return Position(history, **state, best=best, sums=sums)


def _many(kept: Any, head: str) -> int:
    return sum(name.startswith(f"{head}.") for name in kept.files)
