"""Models by name: recurrent networks and a Transformer, and the floors that they must beat.

A name says all that is fixed about a model: `lstm`, `gru_2` (two layers), `lstm_backward` (reads right to left),
`gru_bidirectional` (classifiers only), `transformer`, `transformer_2_nopos` (without positions), `unigram`,
`unit_unigram`, `bigram`, `ngram_5`, `bag_of_words`, `character_ngrams`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from corpora.errors import unknown
from experiments.errors import StudyError

RECURRENT = ("rnn", "gru", "lstm")
LAYERS, LONGEST_NGRAM = 4, 8
Direction = Literal["forward", "backward", "bidirectional"]
_NETWORK = re.compile(r"(rnn|gru|lstm)(?:_([1-9]))?(?:_(backward|bidirectional))?")
_TRANSFORMER = re.compile(r"transformer(?:_([1-9]))?(_nopos)?")
_NGRAM = re.compile(r"ngram_([1-9])")
_PLAIN = ("unigram", "unit_unigram", "bigram", "bag_of_words", "character_ngrams")
EXAMPLES = ("rnn", "gru", "lstm", "lstm_2", "lstm_backward", "lstm_bidirectional", "transformer",
            "transformer_nopos", *_PLAIN, "ngram_3", "ngram_5")  # fmt: skip


@dataclass(frozen=True)
class Model:
    """What a model's name says.

    kind: rnn, gru, lstm, transformer, ngram, unit_unigram, bag_of_words or character_ngrams; layers of a network;
    `order` of an n-gram model (2 for bigrams); positions: whether a Transformer is told where a piece stands.
    """

    name: str
    kind: str
    layers: int = 1
    direction: Direction = "forward"
    positions: bool = True
    order: int = 0

    @property
    def recurrent(self) -> bool:
        return self.kind in RECURRENT

    @property
    def network(self) -> bool:
        """Whether it is trained by gradient, from a seed."""
        return self.recurrent or self.kind == "transformer"

    @property
    def classifies_only(self) -> bool:
        return self.direction == "bidirectional" or self.kind in ("bag_of_words", "character_ngrams")

    @property
    def predicts_only(self) -> bool:
        """Whether it is a language model and nothing else."""
        return self.kind in ("ngram", "unit_unigram") or self.direction == "backward"


def get_model(name: str) -> Model:
    """The model of that name; StudyError suggests the nearest name, or says which number is out of range."""
    network, transformer, ngram = (pattern.fullmatch(name) for pattern in (_NETWORK, _TRANSFORMER, _NGRAM))
    if network:
        kind, layers, direction = network.groups()
        model = Model(name, kind, int(layers or 1), direction or "forward")  # type: ignore[arg-type]
    elif transformer:
        layers, without = transformer.groups()
        model = Model(name, "transformer", int(layers or 2), positions=not without)
    elif ngram or name in ("unigram", "bigram"):
        model = Model(name, "ngram", order=int(ngram[1]) if ngram else 1 if name == "unigram" else 2)
    elif name == "unit_unigram":
        model = Model(name, name, order=LONGEST_NGRAM)
    elif name in _PLAIN:
        model = Model(name, name)
    else:
        raise StudyError(unknown("model", name, EXAMPLES))
    if model.layers > LAYERS or model.order > LONGEST_NGRAM:
        most = f"{LAYERS} layers" if model.network else f"an order of {LONGEST_NGRAM}"
        raise StudyError(f'The model "{name}" is larger than the laboratory builds: at most {most}.')
    return model


def check_model(name: str) -> str:
    """The name, if a model has it; StudyError suggests the nearest."""
    return get_model(name).name
