"""The parts of a study that are declared together: sizes, training, sample, recency, gate, tuning."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Positive = Annotated[int, Field(gt=0)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sizes(Strict):
    """Widths of the networks; `units` is the LSTM's, which the others are matched to."""

    embedding: Positive = 128
    units: Positive = 256


class Training(Strict):
    """One schedule and one stopping rule for every cell.

    A step reads `rows` rows of `row` pieces. Training ends after `patience` epochs in a row that are not better on
    validation, or after `epochs` in all, and the best epoch is kept. keep: what is better, fewer `bits`, or of labels a
    higher `accuracy` (of equally many right labels, fewer bits); or simply the `last` one, for a schedule that ends at
    zero: then validation decides nothing. schedule: `halve` the learning rate after
    such an epoch, let it fall to zero as a `cosine` over all epochs, or keep it `constant`; it rises linearly over
    the first `warmup` steps. dropout: after the embedding, between layers and before the soft-max (Zaremba et al.
    2014), a multiple of 1/256. piece_dropout: whole embeddings of single pieces (Gal & Ghahramani 2016, but drawn
    anew at each place), likewise. weight_decay: decoupled, a step (Loshchilov & Hutter 2019). averaging: how much of a
    running average of the weights stays at a step; it is what is validated and kept (Polyak & Juditsky 1992). resets:
    at which share of the pieces of documents the state is emptied, so that a model has seen text go on from an empty
    state, which truncated contexts ask of it. consistency: a classifier reads every text twice under other dropout, and
    this times the mean of the two divergences between what it says is added to the loss (R-Drop, Liang et al. 2021,
    whose α is twice as large, as they add the two surprisals and here they are averaged).
    """

    epochs: Positive = 12
    patience: Positive = 2
    rows: Positive = 32
    row: Positive = 64
    learning_rate: Annotated[float, Field(gt=0)] = 0.003
    clip: Annotated[float, Field(gt=0)] = 1.0
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.1
    piece_dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    weight_decay: Annotated[float, Field(ge=0)] = 0.0
    averaging: Annotated[float, Field(ge=0, lt=1)] = 0.0
    schedule: Literal["halve", "cosine", "constant"] = "halve"
    warmup: Annotated[int, Field(ge=0)] = 0
    resets: Annotated[float, Field(ge=0, lt=1)] = 0.0
    keep: Literal["bits", "accuracy", "last"] = "bits"
    consistency: Annotated[float, Field(ge=0)] = 0.0


class Sample(Strict):
    """Which sentences: how many of each split (the same ids in every language; none means all), how many words long.

    balanced: of labelled text, equally many of every class in each split.
    """

    train: Positive | None = None
    valid: Positive | None = None
    test: Annotated[int, Field(ge=2)] | None = None
    words: tuple[Positive, Positive] = (2, 60)
    balanced: bool = False


class Recency(Strict):
    """The truncation curve: context lengths in units, and on how many test sentences (0 measures none).

    targets: units on which the recency profiles are taken (0: none), in runs of `run` units that follow each other,
    each in a passage with the longest context before it (`both` sides: and after it, so that models that read forward
    and backward are measured on the same units). classes: whether they are taken by word class, too. characters: how
    much text the longest context of profiles is, the same of every language and unit: as many units as have so many
    characters on average in training; of `contexts` those that are shorter are measured, too.
    """

    contexts: tuple[Positive, ...] = (1, 2, 4, 8, 16)
    sentences: Annotated[int, Field(ge=0)] = 300
    targets: Annotated[int, Field(ge=0)] = 0
    run: Positive = 64
    characters: Positive | None = None
    sides: Literal["before", "both"] = "before"
    classes: bool = False

    @model_validator(mode="after")
    def _two_runs(self) -> Recency:
        if 0 < self.targets <= self.run:
            raise ValueError(f"targets must be more than run ({self.run}), as they are taken in two runs or more")
        return self

    @field_validator("contexts")
    @classmethod
    def _increasing(cls, contexts: tuple[int, ...]) -> tuple[int, ...]:
        if any(later <= earlier for earlier, later in pairwise(contexts)):
            raise ValueError("context lengths must increase")
        return contexts

    @field_validator("sentences")
    @classmethod
    def _none_or_several(cls, sentences: int) -> int:
        if sentences == 1:
            raise ValueError("one sentence has no variance: measure none (0) or several")
        return sentences


class Gate(Strict):
    """By which share of its bits a network must beat the bigram floor on validation (a classifier: the distribution of
    the labels alone), or it is flagged."""

    margin: Annotated[float, Field(ge=0)] = 0.01


class Tuning(Strict):
    """What `eosun tune` searches: `trials` a model and language, over `space`, of `epochs` each (by default those of
    the study, which keeps its own in any case).

    space: by setting, either [low, high] (searched on a log scale where low is positive and high ten times low or
    more), or a list of three or more values to choose from.
    """

    trials: Positive = 16
    epochs: Positive | None = None
    space: dict[str, tuple[float | int | str | bool, ...]] = {
        "training.learning_rate": (0.0005, 0.01),
        "training.dropout": (0.0, 0.6),
    }

    @field_validator("space")
    @classmethod
    def _ranges(cls, space: dict[str, tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
        for key, values in space.items():
            if not key.startswith(("training.", "sizes.")) or key == "training.row":
                raise ValueError(
                    f'"{key}" cannot be tuned: settings of training. and sizes. can, training.row excepted, which '
                    "decides on the sentences"
                )
            numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
            if len(values) < 2 or (len(values) == 2 and not (numbers and values[0] < values[1])):
                raise ValueError(f"{key} needs [low, high] or three values or more")
        return space
