"""What networks are built of: recurrent stacks over packed rows, a small Transformer, read-outs, dropout."""

from __future__ import annotations

import inspect
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from experiments.errors import StudyError
from experiments.models.scan import CELLS, KEEPING, empty_states, every_state, run
from experiments.models.sizes import HEADS

Tensor = Any
LAYERS = {"rnn": keras.layers.SimpleRNN, "gru": keras.layers.GRU, "lstm": keras.layers.LSTM}

LEVELS = 256
"""Dropout is decided by a random byte a value, so its rate is a multiple of 1/256."""


TEXTBOOK = ("activation", "recurrent_activation", "use_bias", "reset_after", "go_backwards", "dropout",
            "recurrent_dropout")  # fmt: skip


def check_stackable(layers: list[Any]) -> None:
    """StudyError where a recurrent layer below another returns only its last state, or where a layer is none that the
    packed scan reads as Keras does: a SimpleRNN, GRU or LSTM with Keras' defaults, of the first one's kind and size."""
    for number, layer in enumerate(layers, 1):
        kind, width = type(layer).__name__, _width(layer)
        if number < len(layers) and not layer.return_sequences:
            raise StudyError(
                f"Layer {number} ({kind}, {width} units) returns only its last state, [batch, {width}], but the layer "
                f"above it reads a state at every time step, [batch, time, {width}]: build it with "
                "return_sequences=True (only the top layer may leave it out)."
            )
        if type(layer) not in LAYERS.values() or type(layer) is not type(layers[0]) or width != layers[0].units:
            raise StudyError(
                f"Layer {number} is a {kind} of {width} units: a stack is of SimpleRNN, GRU or LSTM layers, all of one "
                "kind and size; what reads backward is given apart."
            )
        config, default = layer.get_config(), inspect.signature(type(layer).__init__).parameters
        other = [key for key in TEXTBOOK if key in default and config[key] != default[key].default]
        if other:
            raise StudyError(f"Layer {number} ({kind}) has {other[0]}={config[other[0]]}: leave it as Keras has it.")


def _width(layer: Any) -> int:
    """Units of a layer's states; both directions of a Bidirectional one."""
    return int(layer.units if hasattr(layer, "units") else layer.forward_layer.units + layer.backward_layer.units)


def dropped(values: Tensor, mask: Tensor | None, rate: float) -> Tensor:
    """Dropout with a mask of random bytes: a value is kept where its byte is not below 256 · rate, and scaled up."""
    if mask is None or rate <= 0:
        return values
    threshold = round(rate * LEVELS)
    scale = LEVELS / (LEVELS - threshold)
    return tf.where(tf.cast(mask, tf.int32) >= threshold, values * tf.cast(scale, values.dtype), 0.0)


def packed(
    layer: Any, inputs: Tensor, keep: Tensor, initial: list[Tensor] | None = None, learning: bool = True
) -> tuple[Tensor, list[Any]]:
    """A stock Keras recurrent layer, by its own weights, over packed rows: all states, and the last ones.

    inputs and states [time, batch, ·], keep [time, batch]: a step's values lie together, and nothing is transposed.
    """
    cell = layer.cell
    weights = cell.kernel, cell.recurrent_kernel, cell.bias
    return run(kind_of(layer), inputs, keep, *weights, initial, learning=learning)


def kind_of(layer: Any) -> str:
    return next(kind for kind, known in LAYERS.items() if type(layer) is known)


def fused(layer: Any, inputs: Tensor, keep: Tensor, backward: bool = False) -> Tensor:
    """The layer's own call, for rows that hold one text each from their first step on: all states, [time, batch, ·].

    On a GPU Keras then takes the fused kernel, whose conditions these layers meet: its defaults for activations, bias
    and reset, no recurrent dropout, and a mask that is right-padded (the filling after a text has keep 0). Read
    backward, a text is reversed in its place, so that the filling stays on the right.
    """
    mask, inputs = right_padded(tf.transpose(keep)), tf.transpose(inputs, (1, 0, 2))
    if backward:
        lengths = tf.reduce_sum(tf.cast(mask, tf.int32), 1)
        states = layer(tf.reverse_sequence(inputs, lengths, seq_axis=1), mask=mask)
        states = tf.reverse_sequence(states, lengths, seq_axis=1)
    else:
        states = layer(inputs, mask=mask)
    return tf.transpose(states, (1, 0, 2))


def right_padded(keep: Tensor) -> Tensor:
    """[batch, time]: true for the steps of the one text of each row; a row without a text has one step."""
    return tf.concat([tf.ones_like(keep[:, :1], tf.bool), keep[:, 1:] > 0], 1)


def turned(keep: Tensor) -> Tensor:
    """Where a reader from the right begins afresh: keep [time, batch] of the flipped rows."""
    return tf.reverse(tf.concat([keep[1:], tf.zeros_like(keep[:1])], 0), [0])


class Stack(keras.layers.Layer):  # type: ignore[misc]
    """Stock Keras recurrent layers, one on another; a bidirectional one reads each row in both directions.

    `above`: [layers], and for a bidirectional stack `back`: [layers] too. Outputs [time, batch, units], or 2 · units.
    `fused`: whether rows hold one text each and the layers are called as they are, as on a GPU.
    """

    def __init__(self, above: list[Any], back: list[Any], features: int, dtype: str) -> None:
        super().__init__(name="stack", dtype=dtype)
        for layers in (above, back):
            check_stackable(layers)
        self.kind, self.units, self.fused = kind_of(above[0]), int(above[0].units), False
        self.width = self.units * (2 if back else 1)
        self.above, self.back = above, back
        for layers in (above, back):
            for number, layer in enumerate(layers):
                layer.build((None, None, features if number == 0 else self.width))
        self.built = True

    def mask_widths(self) -> list[int]:
        """Widths of what dropout falls on between the layers."""
        return [self.width] * (len(self.above) - 1)

    def empty_states(self, batch: int) -> list[Tensor]:
        return [state for _ in self.above for state in empty_states(self.kind, batch, self.units, self.compute_dtype)]

    def read(
        self, inputs: Tensor, keep: Tensor, states: list[Tensor], masks: list[Tensor], rate: float,
        learning: bool = True,
    ) -> tuple[Tensor, list[Tensor]]:  # fmt: skip
        """All outputs of the top layer, [time, batch, ·], and the states of every layer after the last step (left to
        right only); inputs, keep and masks are [time, batch, ·] too."""
        each, last = CELLS[self.kind].states, []
        for number, layer in enumerate(self.above):
            if number:
                inputs = dropped(inputs, masks[number - 1] if masks else None, rate)
            if self.fused:
                outputs = fused(layer, inputs, keep)
                after = states[number * each : (number + 1) * each]
                other = fused(self.back[number], inputs, keep, backward=True) if self.back else None
            else:
                outputs, after = packed(layer, inputs, keep, states[number * each : (number + 1) * each], learning)
                other = self._from_the_right(number, inputs, keep, learning) if self.back else None
            last += after
            inputs = outputs if other is None else tf.concat([outputs, other], -1)
        return inputs, last

    def all_states(self, inputs: Tensor, keep: Tensor, states: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        """Every state of every layer after every step, [time, batch, units] each; and of every gated layer the gate
        that keeps the state, likewise."""
        each, found, kept = CELLS[self.kind].states, [], []
        for number, layer in enumerate(self.above):
            weights = layer.cell.kernel, layer.cell.recurrent_kernel, layer.cell.bias
            own = states[number * each : (number + 1) * each]
            after, gates = every_state(self.kind, inputs, keep, *weights, own)
            if self.kind in KEEPING:
                kept.append(tf.split(gates, CELLS[self.kind].saved, axis=-1)[KEEPING[self.kind]])
            found += after
            inputs = after[0]
        return found, kept

    def _from_the_right(self, number: int, inputs: Tensor, keep: Tensor, learning: bool) -> Tensor:
        other, _ = packed(self.back[number], tf.reverse(inputs, [0]), turned(keep), learning=learning)
        return tf.reverse(other, [0])


def new_stack(kind: str, units: int, layers: int, bidirectional: bool, features: int, dtype: str) -> Stack:
    """A stack of new layers of one kind."""

    def made() -> list[Any]:
        return [LAYERS[kind](units, return_sequences=True, dtype=dtype) for _ in range(layers)]

    return Stack(made(), made() if bidirectional else [], features, dtype)


class Transformer(keras.layers.Layer):  # type: ignore[misc]
    """A small causal decoder (Vaswani et al. 2017; layer norm before each part, as in GPT-2) over packed rows.

    A piece attends to itself and to what stands before it in its own sentence. Positions are sinusoids of the place in
    the sentence, or none. Width is the embedding's; `units` is the width of the feed-forward part.
    """

    def __init__(self, width: int, units: int, layers: int, positions: bool, dtype: str) -> None:
        super().__init__(name="transformer", dtype=dtype)
        self.width, self.positions = width, positions

        def dense(units: int, width: int, activation: str | None = None) -> Any:
            layer = keras.layers.Dense(units, activation=activation, dtype=dtype)
            layer.build((None, None, width))
            return layer

        def norm() -> Any:
            layer = keras.layers.LayerNormalization(epsilon=1e-5, dtype=dtype)
            layer.build((None, None, width))
            return layer

        self.norms = [[norm(), norm()] for _ in range(layers)]
        self.attention = [[dense(3 * width, width), dense(width, width)] for _ in range(layers)]
        self.forward = [[dense(units, width, "gelu"), dense(width, units)] for _ in range(layers)]
        self.last = norm()
        self.built = True

    def mask_widths(self) -> list[int]:
        """Widths of what dropout falls on: what attention and feed-forward parts add."""
        return [self.width] * (2 * len(self.norms))

    def empty_states(self, batch: int) -> list[Tensor]:
        """None: what a Transformer sees begins with its row."""
        return []

    def read(
        self, inputs: Tensor, keep: Tensor, states: list[Tensor], masks: list[Tensor], rate: float,
        learning: bool = True,
    ) -> tuple[Tensor, list[Tensor]]:  # fmt: skip
        inputs, keep = tf.transpose(inputs, (1, 0, 2)), tf.transpose(keep)
        masks = [tf.transpose(mask, (1, 0, 2)) for mask in masks]
        time = inputs.shape[1]
        sentence = tf.cumsum(1.0 - tf.cast(keep, tf.float32), 1)
        seen = tf.equal(sentence[:, :, None], sentence[:, None, :]) & (tf.range(time)[:, None] >= tf.range(time))[None]
        values = inputs * tf.cast(self.width**0.5, inputs.dtype)
        if self.positions:
            place = tf.reduce_sum(tf.cast(seen, tf.int32), 2) - 1
            values += tf.gather(tf.constant(sinusoids(time, self.width), values.dtype), place)
        for number, ((first, second), (into, out), (wide, narrow)) in enumerate(
            zip(self.norms, self.attention, self.forward, strict=True)
        ):
            pair = masks[2 * number : 2 * number + 2] if masks else [None, None]
            values += dropped(out(_attended(into(first(values)), seen)), pair[0], rate)
            values += dropped(narrow(wide(second(values))), pair[1], rate)
        return tf.transpose(self.last(values), (1, 0, 2)), []


def _attended(projected: Tensor, seen: Tensor) -> Tensor:
    """Scaled dot-product attention of HEADS heads; projected: [batch, time, 3 · width], seen: [batch, time, time]."""
    batch, time, width = projected.shape[0], projected.shape[1], projected.shape[2] // 3
    query, key, value = (
        tf.transpose(tf.reshape(part, (batch, time, HEADS, width // HEADS)), (0, 2, 1, 3))
        for part in tf.split(projected, 3, axis=-1)
    )
    scores = tf.matmul(query, key, transpose_b=True) * tf.cast((width // HEADS) ** -0.5, projected.dtype)
    scores = tf.where(seen[:, None], scores, tf.cast(-1e9, scores.dtype))
    return tf.reshape(tf.transpose(tf.nn.softmax(scores) @ value, (0, 2, 1, 3)), (batch, time, width))


def sinusoids(time: int, width: int) -> Any:
    """[time, width]: sin(t / 10000^(2i/width)) and its cosine, after Vaswani et al. 2017, section 3.5."""
    angle = np.arange(time)[:, None] / 10000.0 ** (np.arange(0, width, 2) / width)
    table = np.zeros((time, width))
    table[:, 0::2], table[:, 1::2] = np.sin(angle), np.cos(angle[:, : width // 2])
    return table


class ReadOut(keras.layers.Layer):  # type: ignore[misc]
    """From the states of a text's steps to one vector a text.

    last: the state after the last step (of a bidirectional stack, the backward half after the first); mean and max over
    the steps; attention: their mean weighted by softmax(v · tanh(W h + b)), after Yang et al. 2016.
    """

    def __init__(self, kind: str, width: int, bidirectional: bool, dtype: str) -> None:
        super().__init__(name="readout", dtype=dtype)
        self.kind, self.bidirectional = kind, bidirectional
        if kind == "attention":
            self.hidden = keras.layers.Dense(width, activation="tanh", dtype=dtype)
            self.hidden.build((None, width))
            self.score = keras.layers.Dense(1, use_bias=False, dtype=dtype)
            self.score.build((None, width))
        self.built = True

    def read(self, states: Tensor, inside: Tensor, first: Tensor, last: Tensor) -> Tensor:
        """[batch, slots, width] from states [batch, time, width].

        inside: [batch, time, slots], 1 where a step belongs to the text in a slot; first, last: [batch, slots], its
        ends.
        """
        if self.kind == "last":
            ends = tf.gather(states, last, axis=1, batch_dims=1)
            if not self.bidirectional:
                return ends
            half = states.shape[2] // 2
            return tf.concat([ends[..., :half], tf.gather(states, first, axis=1, batch_dims=1)[..., half:]], -1)
        if self.kind == "max":
            low = tf.cast(-1e9, states.dtype)
            slots = [tf.reduce_max(tf.where(inside[:, :, k, None] > 0, states, low), 1) for k in range(inside.shape[2])]
            held = tf.reduce_max(inside, 1)[:, :, None] > 0
            return tf.where(held, tf.stack(slots, 1), tf.zeros((), states.dtype))
        weight = inside
        if self.kind == "attention":
            score = self.score(self.hidden(states))
            low = tf.where(inside > 0, score, tf.cast(-1e9, states.dtype))
            weight = inside * tf.exp(low - tf.reduce_max(low, 1, keepdims=True))
        total = tf.maximum(tf.reduce_sum(weight, 1), tf.cast(1e-9, states.dtype))
        return tf.einsum("btk,btu->bku", weight, states) / total[:, :, None]
